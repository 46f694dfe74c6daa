"""The definition of correct: every Gaussian at every pixel, NumPy float64, dense.

Pixel (row i, column j) is sampled at (x, y) = (j + 1/2, i + 1/2). A Gaussian's exponent there is
``s = a dx^2 / 2 + b dx dy + c dy^2 / 2`` with (a, b, c) its conic, the inverse covariance; its weight is

    compact   w(s) = max(0, (exp(-s) - t) / (1 - t)),  t = exp(-4.5): zero, without a jump, at 3 sigma
    cut       w(s) = exp(-s) where exp(-s) >= 1/255, else 0            (GaussianImage, arXiv:2403.08551)

and the image is the sum of color times weight. A Gaussian with a number that is not finite or a conic
that is not positive definite draws nothing and has zero gradients.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Kernel

Array = NDArray[np.float64]

COMPACT_THRESHOLD = np.exp(-4.5)
CUT_THRESHOLD = 1 / 255


def forward(centers: Array, conics: Array, colors: Array, height: int, width: int, kernel: Kernel) -> Array:
    """Render.

    Args:
        centers: [N, 2] (x, y), pixels.
        conics: [N, 3] (a, b, c), pixels^-2.
        colors: [N, C], unbounded.
        height: Rows of the image.
        width: Columns of the image.
        kernel: Which weight.

    Returns:
        The image, [C, height, width], not clamped.
    """
    shown = drawable(centers, conics)
    _, _, falloff = _falloff(centers[shown], conics[shown], height, width)
    weight, _ = _weight(falloff, kernel)  # [N, H, W]
    image: Array = np.einsum("nhw,nc->chw", weight, colors[shown])
    return image


def backward(
    centers: Array, conics: Array, colors: Array, grad_image: Array, kernel: Kernel
) -> tuple[Array, Array, Array]:
    """Differentiate ``sum(grad_image * forward(...))``.

    Args:
        centers: [N, 2].
        conics: [N, 3].
        colors: [N, C].
        grad_image: [C, height, width].
        kernel: Which weight.

    Returns:
        The gradients by centers [N, 2], conics [N, 3] and colors [N, C].
    """
    grads = np.zeros_like(centers), np.zeros_like(conics), np.zeros_like(colors)
    shown = drawable(centers, conics)
    dx, dy, falloff = _falloff(centers[shown], conics[shown], *grad_image.shape[1:])
    weight, slope = _weight(falloff, kernel)  # [N, H, W], slope = -dw/ds
    grads[2][shown] = np.einsum("nhw,chw->nc", weight, grad_image)
    pull = np.einsum("nc,chw->nhw", colors[shown], grad_image) * slope  # -dL/ds
    a, b, c = conics[shown].T
    x = np.einsum("nhw,nw->n", pull, dx)
    y = np.einsum("nhw,nh->n", pull, dy)
    grads[0][shown] = np.stack([a * x + b * y, b * x + c * y], axis=1)
    grads[1][shown, 0] = -np.einsum("nhw,nw,nw->n", pull, dx, dx) / 2
    grads[1][shown, 1] = -np.einsum("nhw,nw,nh->n", pull, dx, dy)
    grads[1][shown, 2] = -np.einsum("nhw,nh,nh->n", pull, dy, dy) / 2
    return grads


def correlate(centers: Array, conics: Array, image: Array, kernel: Kernel) -> tuple[Array, Array]:
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


def drawable(centers: Array, conics: Array) -> NDArray[np.bool_]:
    """Tell which Gaussians draw anything: [N]."""
    a, b, c = conics.T
    with np.errstate(invalid="ignore", over="ignore"):
        positive = (a > 0) & (c > 0) & (a * c - b * b > 0)
    shown: NDArray[np.bool_] = positive & np.isfinite(centers).all(axis=1) & np.isfinite(conics).all(axis=1)
    return shown


def _falloff(centers: Array, conics: Array, height: int, width: int) -> tuple[Array, Array, Array]:
    """Offsets dx [N, W] and dy [N, H] from the centers, and exp(-s) [N, H, W]."""
    dx = np.arange(width) + 0.5 - centers[:, 0, None]
    dy = np.arange(height) + 0.5 - centers[:, 1, None]
    a, b, c = conics[:, :, None, None].transpose(1, 0, 2, 3)  # [N, 1, 1] each
    x, y = dx[:, None, :], dy[:, :, None]
    s = 0.5 * (a * x * x + c * y * y) + b * x * y
    return dx, dy, np.exp(-s)


def _weight(falloff: Array, kernel: Kernel) -> tuple[Array, Array]:
    """The weight w, and -dw/ds, of exp(-s)."""
    if kernel is Kernel.COMPACT:
        inside, gain = falloff > COMPACT_THRESHOLD, 1 / (1 - COMPACT_THRESHOLD)
        return np.where(inside, (falloff - COMPACT_THRESHOLD) * gain, 0), inside * falloff * gain
    shown = np.where(falloff >= CUT_THRESHOLD, falloff, 0)
    return shown, shown
