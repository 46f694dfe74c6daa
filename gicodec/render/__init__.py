"""Gaussians to pixels, at any size: the only place that chooses a backend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Kernel
from gicodec.gaussians import Array, Gaussians
from gicodec.render import cpu

FOOTPRINT_VARIANCE = 0.25
"""Variance of the prefilter's Gaussian where the scale is small, rendered pixels^2: between the sharpness
of a Lanczos reduction and its freedom from aliasing (benchmarks/resize.py)."""


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
    with np.errstate(over="ignore"):
        narrow = [np.ascontiguousarray(a, dtype=np.float32) for a in (centers, conics, colors)]
    centers32, conics32, colors32 = narrow
    return cpu.forward(centers32, conics32, colors32, view.height, view.width, kernel, threads=threads)


def place(gaussians: Gaussians, view: View) -> tuple[Array, Array, Array]:
    """Move and scale Gaussians into a view: centers [K, 2], conics [K, 3], colors [K, C].

    Means scale by z, covariances by z^2. At full size and above that is all, and K = N. Below, the
    picture is prefiltered in closed form: convolved with 2 g - g * g, g the Gaussian footprint that a
    larger pixel has in excess. (One g alone blurs before it stops aliasing; the difference, Tukey's
    twicing, leaves low frequencies alone to fourth order.) Each convolution adds to the covariances and,
    integrals kept, lowers the colors; K = 2N.
    """
    scale = np.array([view.scale_x, view.scale_y])
    centers = gaussians.centers * scale - (view.x, view.y)
    zx, zy = scale
    with np.errstate(all="ignore"):
        scaled = gaussians.covariances() * (zx * zx, zx * zy, zy * zy)
    footprint = FOOTPRINT_VARIANCE * np.maximum(0, 1 - scale**2)
    if not footprint.any():
        return centers, *_blurred(scaled, gaussians.colors, footprint)
    once = _blurred(scaled, 2 * gaussians.colors, footprint)
    twice = _blurred(scaled, -gaussians.colors, 2 * footprint)
    conics, colors = (np.concatenate(pair) for pair in zip(once, twice, strict=True))
    return np.concatenate([centers, centers]), conics, colors


def _blurred(covariances: Array, colors: Array, variances: Array) -> tuple[Array, Array]:
    """Convolve with an axis-aligned Gaussian of variances [2] (x, y): conics [N, 3], colors [N, C]."""
    with np.errstate(all="ignore"):  # what cannot be drawn is dropped by the engine
        wider = covariances + np.array([variances[0], 0, variances[1]])
        determinants = _determinants(wider)
        fade = np.sqrt(_determinants(covariances) / determinants)
        conics = wider[:, [2, 1, 0]] * (1, -1, 1) / determinants[:, None]
        conics[~np.isfinite(fade)] = np.nan  # all digits lost: not to be drawn
        return conics, colors * fade[:, None]


def covered_pixels(gaussians: Gaussians, view: View) -> float:
    """Estimate the Gaussian-pixels of a view, which is what rendering costs; never too few by much."""
    _, conics, _ = place(gaussians, view)
    with np.errstate(all="ignore"):
        a, b, c = conics.T.astype(np.float32).astype(np.float64)  # as the engine sees them
        determinant = a * c - b * b
        width = np.minimum(view.width, 6 * np.sqrt(c / determinant))
        height = np.minimum(view.height, 6 * np.sqrt(a / determinant))
    return float(np.nansum(width * height))


def _determinants(symmetric: Array) -> Array:
    determinants: Array = symmetric[:, 0] * symmetric[:, 2] - symmetric[:, 1] ** 2
    return determinants
