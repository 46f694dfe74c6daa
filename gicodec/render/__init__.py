"""Gaussians to pixels, at any size: the only place that chooses a backend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Kernel
from gicodec.gaussians import Array, Gaussians
from gicodec.render import cpu

PIXEL_VARIANCE = 0.08
"""Variance of a pixel's footprint, pixels^2: 1/12 for a box; a little less keeps the sharpness of a
Lanczos reduction (benchmarks/resize.py)."""


@dataclass(frozen=True)
class View:
    """Which part of the picture to render, and how large."""

    width: int
    """Columns rendered."""
    height: int
    """Rows rendered."""
    scale_x: float = 1.0
    """Rendered pixels per pixel of the picture."""
    scale_y: float = 1.0
    x: float = 0.0
    """Offset of the rendered part from the picture's left edge, rendered pixels."""
    y: float = 0.0


def render(
    gaussians: Gaussians, view: View, kernel: Kernel = Kernel.COMPACT, *, threads: int = 0
) -> NDArray[np.float32]:
    """Render a view: [C, height, width], not clamped."""
    centers, conics, colors = place(gaussians, view)
    narrow = [np.ascontiguousarray(a, dtype=np.float32) for a in (centers, conics, colors)]
    centers32, conics32, colors32 = narrow
    return cpu.forward(centers32, conics32, colors32, view.height, view.width, kernel, threads=threads)


def place(gaussians: Gaussians, view: View) -> tuple[Array, Array, Array]:
    """Move and scale Gaussians into a view: centers [N, 2], conics [N, 3], colors [N, C].

    Means scale by z, covariances by z^2. Below full size the picture is prefiltered in closed form:
    a Gaussian of the footprint that a larger pixel has in excess is convolved with every Gaussian,
    which adds to its covariance and, its integral kept, lowers its color. At full size and above
    nothing is filtered.
    """
    scale = np.array([view.scale_x, view.scale_y])
    centers = gaussians.centers * scale - (view.x, view.y)
    zx, zy = scale
    scaled = gaussians.covariances() * (zx * zx, zx * zy, zy * zy)
    footprint = PIXEL_VARIANCE * np.maximum(0, 1 - scale**2)
    filtered = scaled + np.array([footprint[0], 0, footprint[1]])
    with np.errstate(all="ignore"):  # what cannot be drawn is dropped by the engine
        fade = np.sqrt(_determinants(scaled) / _determinants(filtered))
        conics = filtered[:, [2, 1, 0]] * (1, -1, 1) / _determinants(filtered)[:, None]
    return centers, conics, gaussians.colors * fade[:, None]


def covered_pixels(gaussians: Gaussians, view: View) -> float:
    """Estimate the Gaussian-pixels of a view, which is what rendering costs; never too few by much."""
    _, conics, _ = place(gaussians, view)
    a, b, c = conics.T
    with np.errstate(all="ignore"):
        determinant = a * c - b * b
        width = np.minimum(view.width, 6 * np.sqrt(c / determinant))
        height = np.minimum(view.height, 6 * np.sqrt(a / determinant))
    return float(np.nansum(width * height))


def _determinants(symmetric: Array) -> Array:
    determinants: Array = symmetric[:, 0] * symmetric[:, 2] - symmetric[:, 1] ** 2
    return determinants
