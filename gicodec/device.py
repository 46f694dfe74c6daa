"""Find the device to compute on by its name: "auto", "cpu", "cuda", or "cuda:N".

torch, which takes seconds to import, is asked only where there is a driver that it could use.
"""

from __future__ import annotations

import ctypes
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from gicodec.errors import DeviceError

CPU = "cpu"
DRIVERS = {"linux": "libcuda.so.1", "win32": "nvcuda.dll"}  # of CUDA, by sys.platform


def find_device(name: str) -> str:
    """Return "cpu" or "cuda:N". "auto" is the first CUDA device if CUDA works, otherwise the CPU.

    Raises:
        DeviceError: The device does not exist or cannot be used. The text says why.
    """
    if name == "cpu":
        return CPU
    problem = cuda_problem()
    if name == "auto":
        return CPU if problem else "cuda:0"
    if problem:
        raise DeviceError(f"{name}: {problem}")
    import torch

    index, n_devices = torch.device(name).index or 0, torch.cuda.device_count()
    if index >= n_devices:
        raise DeviceError(f"{name}: no such device, the last one is cuda:{n_devices - 1}")
    return f"cuda:{index}"


def cuda_problem() -> str | None:
    """Return why CUDA cannot be used, or None if it can."""
    if not has_driver():
        return "there is no CUDA driver"
    import torch

    if torch.version.cuda is None:
        return "PyTorch was built without CUDA"
    return installation_problem() or (None if torch.cuda.is_available() else "PyTorch found no CUDA device")


def installation_problem() -> str | None:
    """Return what keeps an existing CUDA device from being used: an old driver, or no Triton."""
    if not has_driver():
        return None
    import torch

    with warnings.catch_warnings(record=True) as caught:  # torch warns of an old driver
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if caught and not available:
        return str(caught[0].message).splitlines()[0]
    if available and find_spec("triton") is None:
        return "Triton is not installed (pip install triton)"
    return None


def has_driver() -> bool:
    """Tell whether the driver of a CUDA device is installed."""
    try:
        ctypes.CDLL(DRIVERS[sys.platform])
    except (KeyError, OSError):
        return False
    return True


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn errors of the GPU into a DeviceError of one line."""
    try:
        yield
    except RuntimeError as error:  # those of torch are among them, and torch need not be there
        import torch

        if isinstance(error, torch.OutOfMemoryError):
            raise DeviceError("not enough GPU memory, use device cpu") from error
        if isinstance(error, torch.AcceleratorError):
            raise DeviceError(f"the GPU failed: {str(error).splitlines()[0]}") from error
        raise
