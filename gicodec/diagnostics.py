"""What this installation has (engines, threads, GPUs, libraries), and what it lacks."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import torch

from gicodec import processor
from gicodec.device import cuda_problem

LIBRARIES = "torch", "triton", "gsplat", "vector-quantize-pytorch", "constriction", "numpy", "pillow"
ABSENT = "not installed"


def diagnostics() -> dict[str, str]:
    """Return a description of each part, by name, in the order to print.

    Raises:
        OptionError: GSI_ISA names an instruction set that this machine lacks.
    """
    chosen = processor.instruction_set()
    others = [isa for isa in processor.instruction_sets() if isa != chosen]
    parts = {
        "gicodec": version("gicodec"),
        "Python": f"{platform.python_version()}, {platform.system()} {platform.machine()}",
        "CPU engine": f"C++, {chosen}" + (f" (also {', '.join(others)})" if others else ""),
        "threads": f"{processor.hardware_threads()} of {os.cpu_count()} cores",
        "CUDA engine": "Triton" if cuda_problem() is None else "not available",
    }
    if torch.cuda.is_available():
        for i in range(torch.cuda.device_count()):
            device = torch.cuda.get_device_properties(i)
            parts[f"cuda:{i}"] = f"{device.name}, {device.total_memory / 2**30:.1f} GiB"
    parts |= {library: _version_of(library) for library in LIBRARIES}
    parts["CUDA of torch"] = torch.version.cuda or "none"
    return parts


def missing() -> list[str]:
    """Return what is missing and why, one line each."""
    problem = cuda_problem()
    lines = [f"GPU not used: {problem}"] if problem else []
    if _version_of("gsplat") == ABSENT:
        lines.append("gsplat not installed: only benchmarks need it (pip install 'gicodec[cuda]')")
    return lines


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ABSENT
