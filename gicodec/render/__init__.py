"""Gaussians to pixels, at any size, on the CPU or a GPU."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Kernel
from gicodec.gaussians import Gaussians
from gicodec.render import cpu
from gicodec.render.view import FOOTPRINT_VARIANCE, View, covered_pixels, place

__all__ = ["FOOTPRINT_VARIANCE", "View", "covered_pixels", "place", "render"]


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
    with np.errstate(over="ignore"):
        narrow = [np.ascontiguousarray(a, dtype=np.float32) for a in place(gaussians, view)]
    centers, conics, colors, *waves = narrow
    if device != "cpu":
        from gicodec.render.on_device import render_there  # imports torch

        return render_there(narrow, view.height, view.width, kernel, device)
    return cpu.forward(
        centers,
        conics,
        colors,
        view.height,
        view.width,
        kernel,
        waves=waves[0] if waves else None,
        threads=threads,
    )
