"""What to render: a part of the picture, at any scale, and the Gaussians moved into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gicodec.format.arrays import FloatArray
from gicodec.gaussians import Gaussians
from gicodec.render.splats import Splats

FOOTPRINT_VARIANCE = 0.17
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


def place(gaussians: Gaussians, view: View) -> Splats[FloatArray]:
    """Move and scale N Gaussians into a view, where there are K.

    Means scale by z, covariances by z^2, frequencies by 1/z. At full size and above that is all, and K = N.
    Below, the picture is prefiltered in closed form: convolved with 2 g - g * g, g the Gaussian footprint
    that a larger pixel has in excess. (One g alone blurs before it stops aliasing; the difference, Tukey's
    twicing, leaves low frequencies alone to fourth order.) Each convolution adds to the covariances, lowers
    the colors, as integrals are kept, and damps and slows the waves; K = 2N.
    """
    scale = np.array([view.scale_x, view.scale_y])
    centers = gaussians.centers * scale - (view.x, view.y)
    waves = None if gaussians.waves is None else gaussians.waves / (1, 1, *scale)
    zx, zy = scale
    with np.errstate(all="ignore"):
        scaled = gaussians.covariances() * (zx * zx, zx * zy, zy * zy)
    footprint = FOOTPRINT_VARIANCE * np.maximum(0, 1 - scale**2)
    if not footprint.any():
        return Splats(centers, *_blurred(scaled, gaussians.colors, waves, footprint))
    once = _blurred(scaled, gaussians.colors, waves, footprint, 2)
    twice = _blurred(scaled, gaussians.colors, waves, 2 * footprint, -1)
    both = (np.concatenate(pair) for pair in zip(once, twice, strict=True))
    return Splats(np.concatenate([centers, centers]), *both)


def _blurred(
    covariances: FloatArray,
    colors: FloatArray,
    waves: FloatArray | None,
    variances: FloatArray,
    gain: float = 1,
) -> tuple[FloatArray, ...]:
    """Convolve with an axis-aligned Gaussian of integral gain and variances [2] (x, y).

    Returns:
        Conics [N, 3], colors [N, C] and any waves [N, 4].
    """
    with np.errstate(all="ignore"):  # what cannot be drawn is dropped by the engine
        wider = covariances + np.array([variances[0], 0, variances[1]])
        determinants = _determinants(wider)
        fade = gain * np.sqrt(_determinants(covariances) / determinants)[:, None]
        conics = wider[:, [2, 1, 0]] * (1, -1, 1) / determinants[:, None]
        conics[~np.isfinite(fade[:, 0])] = np.nan  # all digits lost: not to be drawn
        if waves is None:
            return conics, colors * fade
        frequencies, damping = _blurred_frequencies(waves[:, 2:], conics, variances)
        return conics, colors * fade, np.hstack([waves[:, :2] * fade * damping, frequencies])


def _blurred_frequencies(
    frequencies: FloatArray, conics: FloatArray, variances: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What is left of cos and sin in a Gaussian that was blurred: frequencies [N, 2], amplitudes [N, 1].

    With V the variances, S the covariance before and Q = (S + V)^-1 the conic: k' = Q S k = k - Q V k, and
    the amplitude falls by exp(-k^T (S^-1 + V^-1)^-1 k / 2) = exp(-k^T V k' / 2).
    """
    a, b, c = conics.T
    x, y = (variances * frequencies).T
    slower = frequencies - np.stack([a * x + b * y, b * x + c * y], axis=1)
    exponents = (variances * frequencies * slower).sum(axis=1, keepdims=True)
    return slower, np.exp(-exponents / 2)


def covered_pixels(gaussians: Gaussians, view: View) -> float:
    """Estimate the Gaussian-pixels of a view, which is what rendering costs; never too few by much."""
    conics = place(gaussians, view).conics
    with np.errstate(all="ignore"):
        a, b, c = conics.T.astype(np.float32).astype(np.float64)  # as the engine sees them
        determinant = a * c - b * b
        width = np.minimum(view.width, 6 * np.sqrt(c / determinant))
        height = np.minimum(view.height, 6 * np.sqrt(a / determinant))
    return float(np.nansum(width * height))


def _determinants(symmetric: FloatArray) -> FloatArray:
    determinants: FloatArray = symmetric[:, 0] * symmetric[:, 2] - symmetric[:, 1] ** 2
    return determinants
