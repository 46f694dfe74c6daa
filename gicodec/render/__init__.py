"""Gaussians to pixels, at any size, on the CPU or a GPU."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Kernel
from gicodec.format.arrays import FloatArray
from gicodec.gaussians import Gaussians
from gicodec.render import cpu
from gicodec.render.splats import Splats
from gicodec.render.view import FOOTPRINT_VARIANCE, View, covered_pixels, place

__all__ = ["FOOTPRINT_VARIANCE", "Splats", "View", "covered_pixels", "place", "render"]


def render(
    gaussians: Gaussians,
    view: View,
    kernel: Kernel = Kernel.COMPACT,
    *,
    threads: int = 0,
    device: str = "cpu",
) -> NDArray[np.float32]:
    """Render a view: [C, height, width], not clamped.

    Raises:
        DeviceError: There is no such device, or it failed.
    """
    splats = place(gaussians, view).map(_single)
    if device != "cpu":
        from gicodec.render.on_device import render_there  # imports torch

        return render_there(splats, view.height, view.width, kernel, device)
    return cpu.forward(splats, view.height, view.width, kernel, threads=threads)


def _single(array: FloatArray) -> NDArray[np.float32]:
    """Round to float32; what is too large becomes infinite, and is not drawn."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, dtype=np.float32)
