"""What there is to work with: engines, libraries, devices; and what is missing, in sentences."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import torch

from gicodec.device import cuda_problem
from gicodec.render import cpu

LIBRARIES = "torch", "triton", "gsplat", "vector-quantize-pytorch", "constriction", "numpy", "pillow"


def diagnostics() -> dict[str, str]:
    """Return what was found, by name, in the order to print.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
    """
    found = {
        "gicodec": version("gicodec"),
        "Python": f"{platform.python_version()}, {platform.system()} {platform.machine()}",
        "engine cpu": f"C++, {cpu.instruction_set()} of {', '.join(cpu.instruction_sets())}",
        "threads": f"{cpu.hardware_threads()} of {os.cpu_count()} cores",
        "engine cuda": cuda_problem() or "Triton",
    }
    if torch.cuda.is_available():
        for i in range(torch.cuda.device_count()):
            device = torch.cuda.get_device_properties(i)
            found[f"cuda:{i}"] = f"{device.name}, {device.total_memory / 2**30:.1f} GiB"
    found |= {library: _version_of(library) for library in LIBRARIES}
    found["CUDA of torch"] = torch.version.cuda or "none"
    return found


def missing() -> list[str]:
    """Return what is missing, and what for, a sentence each."""
    problem = cuda_problem()
    sentences = [f"No GPU is used: {problem}."] if problem else []
    if _version_of("gsplat") == "none":
        sentences.append("No gsplat: pip install 'gicodec[cuda]' brings it.")
    return sentences


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
