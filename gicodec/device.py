"""Find the device to compute on by its name: "auto", "cpu", "cuda", or "cuda:N"."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import torch

from gicodec.errors import DeviceError

CPU = torch.device("cpu")


def find_device(name: str) -> torch.device:
    """Return the device of this name. "auto" is the first CUDA device if CUDA works, otherwise the CPU.

    Raises:
        DeviceError: The device does not exist or cannot be used. The text says why.
    """
    if name == "cpu":
        return CPU
    problem = cuda_problem()
    if name == "auto":
        return CPU if problem else torch.device("cuda", 0)
    if problem:
        raise DeviceError(f"{name}: {problem}")
    device = torch.device(name)
    index, n_devices = device.index or 0, torch.cuda.device_count()
    if index >= n_devices:
        raise DeviceError(f"{name}: no such device, the last one is cuda:{n_devices - 1}")
    return torch.device("cuda", index)


def cuda_problem() -> str | None:
    """Return why CUDA cannot be used, or None if it can."""
    if torch.version.cuda is None:
        return "PyTorch was built without CUDA"
    return installation_problem() or (None if torch.cuda.is_available() else "PyTorch found no CUDA device")


def installation_problem() -> str | None:
    """Return what keeps an existing CUDA device from being used: an old driver, or no Triton."""
    with warnings.catch_warnings(record=True) as caught:  # torch warns of an old driver
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if caught and not available:
        return str(caught[0].message).splitlines()[0]
    if available and find_spec("triton") is None:
        return "Triton is not installed (pip install triton)"
    return None


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn errors of the GPU into a DeviceError of one line."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise DeviceError("not enough GPU memory, use device cpu") from error
    except torch.AcceleratorError as error:
        raise DeviceError(f"the GPU failed: {str(error).splitlines()[0]}") from error
