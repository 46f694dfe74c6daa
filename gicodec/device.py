"""Which device to work on: "cpu", "cuda", "cuda:1", or the best for the work at hand."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import torch

from gicodec.errors import DeviceError

CPU = torch.device("cpu")


def find_device(name: str) -> torch.device:
    """Return a device by its name; "auto" is the first CUDA device that can be used, or else the CPU.

    Raises:
        DeviceError: There is no such device, or it cannot be used; the text says why.
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
        raise DeviceError(f"{name}: the last CUDA device is cuda:{n_devices - 1}")
    return torch.device("cuda", index)


def cuda_problem() -> str | None:
    """Say why CUDA cannot be used; None where it can."""
    if torch.version.cuda is None:
        return "this torch is built without CUDA"
    return cuda_complaint() or (None if torch.cuda.is_available() else "torch sees no CUDA device")


def cuda_complaint() -> str | None:
    """Say what a CUDA device that is there lacks; None also where there is none."""
    with warnings.catch_warnings(record=True) as complaints:  # an old driver is told by a warning
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    if complaints and not available:
        return str(complaints[0].message).splitlines()[0]
    if available and find_spec("triton") is None:
        return "there is a CUDA device, but no Triton (pip install triton)"
    return None


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a GPU's driver raises into a DeviceError of one line."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise DeviceError("the GPU's memory does not suffice; --device cpu needs none of it") from error
    except torch.AcceleratorError as error:
        raise DeviceError(f"the GPU failed: {str(error).splitlines()[0]}") from error
