"""The definition of correct: every Gaussian at every pixel, NumPy float64, dense.

Pixel (row i, column j) is sampled at (x, y) = (j + 1/2, i + 1/2). A Gaussian's exponent there is
``s = a dx^2 / 2 + b dx dy + c dy^2 / 2`` with (a, b, c) its conic, the inverse covariance; its weight is

    compact   w(s) = max(0, (exp(-s) - t) / (1 - t)),  t = exp(-4.5): zero, without a jump, at 3 sigma
    cut       w(s) = exp(-s) where exp(-s) >= 1/255, else 0            (GaussianImage, arXiv:2403.08551)

and the image is the sum of color times weight; ``kernel`` chooses the weight function. A Gaussian's wave
``A cos(k . d) + B sin(k . d)``, with d = (dx, dy), is added to its color, the same to every channel;
A = B = 0 is no wave, and has no gradient.

A Gaussian with a number that is not finite or a conic that is not positive definite draws nothing and
has zero gradients.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Kernel
from gicodec.format.arrays import FloatArray
from gicodec.render.splats import Splats

CUTOFFS = {Kernel.COMPACT: 4.5, Kernel.CUT: math.log(255)}
"""The exponents s beyond which weights are zero."""
COMPACT_THRESHOLD, CUT_THRESHOLD = math.exp(-CUTOFFS[Kernel.COMPACT]), 1 / 255
"""exp(-s) there: t, and 1/255."""


def forward(splats: Splats[FloatArray], height: int, width: int, kernel: Kernel) -> FloatArray:
    """Render.

    Args:
        splats: N Gaussians.
        height: Rows of the image.
        width: Columns of the image.
        kernel: Which weight function.

    Returns:
        The image, [C, height, width], not clamped.
    """
    colors, waves = splats.colors, splats.waves
    shown = drawable(splats.centers, splats.conics, waves)
    dx, dy, falloff = _falloff(splats.centers[shown], splats.conics[shown], height, width)
    weight, _ = _weight(falloff, kernel)  # [N, H, W]
    image: FloatArray = np.einsum("nhw,nc->chw", weight, colors[shown])
    if waves is not None:
        cos, sin = _oscillation(waves[shown, 2:], dx, dy)
        a, b = waves[shown, :2].T[:, :, None, None]
        image += (weight * (a * cos + b * sin)).sum(axis=0)
    return image


def backward(splats: Splats[FloatArray], grad_image: FloatArray, kernel: Kernel) -> Splats[FloatArray]:
    """Differentiate ``sum(grad_image * forward(...))``.

    Args:
        splats: N Gaussians.
        grad_image: [C, height, width].
        kernel: Which weight function.

    Returns:
        The gradients by all numbers of the Gaussians.
    """
    centers, conics, colors, waves = splats.centers, splats.conics, splats.colors, splats.waves
    by_centers, by_conics, by_colors = map(np.zeros_like, (centers, conics, colors))
    by_waves = None if waves is None else np.zeros_like(waves)
    shown = drawable(centers, conics, waves)
    dx, dy, falloff = _falloff(centers[shown], conics[shown], *grad_image.shape[1:])
    weight, slope = _weight(falloff, kernel)  # [N, H, W], slope = -dw/ds
    by_colors[shown] = np.einsum("nhw,chw->nc", weight, grad_image)
    pull = np.einsum("nc,chw->nhw", colors[shown], grad_image)  # dL/dw
    if waves is not None and by_waves is not None:
        cos, sin = _oscillation(waves[shown, 2:], dx, dy)
        a, b = waves[shown, :2].T[:, :, None, None]
        total = grad_image.sum(axis=0)
        pull += (a * cos + b * sin) * total
        turn = weight * (b * cos - a * sin) * total  # dL/dphase
        by_waves[shown, 0] = np.einsum("nhw,nhw,hw->n", weight, cos, total)
        by_waves[shown, 1] = np.einsum("nhw,nhw,hw->n", weight, sin, total)
        by_waves[shown, 2] = np.einsum("nhw,nw->n", turn, dx)
        by_waves[shown, 3] = np.einsum("nhw,nh->n", turn, dy)
        by_waves[(waves[:, :2] == 0).all(axis=1)] = 0
        by_centers[shown] = -waves[shown, 2:] * turn.sum(axis=(1, 2))[:, None]
    pull *= slope  # -dL/ds
    a, b, c = conics[shown].T
    x = np.einsum("nhw,nw->n", pull, dx)
    y = np.einsum("nhw,nh->n", pull, dy)
    by_centers[shown] += np.stack([a * x + b * y, b * x + c * y], axis=1)
    by_conics[shown, 0] = -np.einsum("nhw,nw,nw->n", pull, dx, dx) / 2
    by_conics[shown, 1] = -np.einsum("nhw,nw,nh->n", pull, dx, dy)
    by_conics[shown, 2] = -np.einsum("nhw,nh,nh->n", pull, dy, dy) / 2
    return Splats(by_centers, by_conics, by_colors, by_waves)


def correlate(
    centers: FloatArray, conics: FloatArray, image: FloatArray, kernel: Kernel
) -> tuple[FloatArray, FloatArray]:
    """Multiply every Gaussian's weight with itself and with an image [C, height, width], and sum.

    Returns:
        The sums over all pixels of the weight's square [N], and of weight times image [N, C].
    """
    squares, products = np.zeros(len(centers)), np.zeros((len(centers), len(image)))
    shown = drawable(centers, conics)
    _, _, falloff = _falloff(centers[shown], conics[shown], *image.shape[1:])
    weight, _ = _weight(falloff, kernel)
    squares[shown] = np.square(weight).sum(axis=(1, 2))
    products[shown] = np.einsum("nhw,chw->nc", weight, image)
    return squares, products


def correlate_waves(
    centers: FloatArray, conics: FloatArray, frequencies: FloatArray, image: FloatArray, kernel: Kernel
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Multiply (w, w cos, w sin) of every Gaussian with one another and with an image, and sum.

    They are what the best colors and the best A and B of a wave of these frequencies follow from.

    Args:
        centers: [N, 2].
        conics: [N, 3].
        frequencies: [N, 2] (kx, ky), radians a pixel; w is the weight, cos and sin are those of k . d.
        image: [C, height, width].
        kernel: Which weight function.

    Returns:
        The sums over all pixels of the three with one another [N, 3, 3], of w with every channel [N, C],
        and of w cos and w sin with the sum of the channels [N, 2].
    """
    n = len(centers)
    grams, products, wave_products = np.zeros((n, 3, 3)), np.zeros((n, len(image))), np.zeros((n, 2))
    shown = drawable(centers, conics, frequencies)
    dx, dy, falloff = _falloff(centers[shown], conics[shown], *image.shape[1:])
    weight, _ = _weight(falloff, kernel)
    cos, sin = _oscillation(frequencies[shown], dx, dy)
    basis = weight[:, None] * np.stack([np.ones_like(cos), cos, sin], axis=1)  # [N, 3, H, W]
    grams[shown] = np.einsum("nihw,njhw->nij", basis, basis)
    products[shown] = np.einsum("nhw,chw->nc", weight, image)
    wave_products[shown] = np.einsum("nihw,hw->ni", basis[:, 1:], image.sum(axis=0))
    return grams, products, wave_products


def drawable(centers: FloatArray, conics: FloatArray, waves: FloatArray | None = None) -> NDArray[np.bool_]:
    """Tell which Gaussians draw anything: [N]."""
    a, b, c = conics.T
    with np.errstate(invalid="ignore", over="ignore"):
        shown: NDArray[np.bool_] = (a > 0) & (c > 0) & (a * c - b * b > 0)
    for numbers in (centers, conics) if waves is None else (centers, conics, waves):
        shown &= np.isfinite(numbers).all(axis=1)
    return shown


def _falloff(
    centers: FloatArray, conics: FloatArray, height: int, width: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Offsets dx [N, W] and dy [N, H] from the centers, and exp(-s) [N, H, W]."""
    dx = np.arange(width) + 0.5 - centers[:, 0, None]
    dy = np.arange(height) + 0.5 - centers[:, 1, None]
    a, b, c = conics[:, :, None, None].transpose(1, 0, 2, 3)  # [N, 1, 1] each
    x, y = dx[:, None, :], dy[:, :, None]
    s = 0.5 * (a * x * x + c * y * y) + b * x * y
    return dx, dy, np.exp(-s)


def _weight(falloff: FloatArray, kernel: Kernel) -> tuple[FloatArray, FloatArray]:
    """Return the weight w and -dw/ds, [N, H, W] both, of exp(-s)."""
    if kernel is Kernel.COMPACT:
        inside, gain = falloff > COMPACT_THRESHOLD, 1 / (1 - COMPACT_THRESHOLD)
        return np.where(inside, (falloff - COMPACT_THRESHOLD) * gain, 0), inside * falloff * gain
    shown = np.where(falloff >= CUT_THRESHOLD, falloff, 0)
    return shown, shown


def _oscillation(frequencies: FloatArray, dx: FloatArray, dy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The cosine and the sine of the phase k . d, [N, H, W]."""
    kx, ky = frequencies.T[:, :, None, None]
    phase = kx * dx[:, None, :] + ky * dy[:, :, None]
    return np.cos(phase), np.sin(phase)
