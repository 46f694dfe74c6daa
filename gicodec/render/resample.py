"""Resample images: reduce them by Lanczos' kernel, enlarge them by a cubic.

Every sample of the output depends on its place alone, so that a crop is the same part of the whole.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.render.cpu import Array
from gicodec.render.view import View

LANCZOS_REACH = 3
CUBIC_REACH = 2
CUBIC_SHARPNESS = -0.5  # Keys, 1981; of Catmull and Rom


def resized(plane: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    """Return what a view shows of a plane of samples [H, W] of the coded picture."""
    if (view.width, view.height) == plane.shape[::-1] and (view.scale_x, view.scale_y) == (1, 1):
        return plane
    rows = resample(plane.astype(np.float32), 0, view.height, view.scale_y, view.y)
    levels = resample(rows, 1, view.width, view.scale_x, view.x)
    return (np.clip(levels, 0, 255) + np.float32(0.5)).astype(np.uint8)


def resample(image: Array, axis: int, n: int, scale: float, offset: float) -> Array:
    """Resample one axis of an image, float32 of any shape.

    Args:
        image: What to resample.
        axis: Which axis.
        n: How many samples to make.
        scale: Samples of the output per sample of the image.
        offset: Of the first one from the image's beginning, in samples of the output.
    """
    weights, index = _taps(image.shape[axis], n, scale, offset)
    moved = np.moveaxis(image, axis, 0)
    shape = (n, *(1,) * (image.ndim - 1))
    out = np.zeros((n, *moved.shape[1:]), np.float32)
    for weight, taken in zip(weights, index, strict=True):  # a fixed order of additions
        out += weight.reshape(shape) * moved[taken]
    return np.moveaxis(out, 0, axis)


def _taps(length: int, n: int, scale: float, offset: float) -> tuple[Array, IntArray]:
    """Return the weights and the indices [T, n] of what goes into each sample."""
    widening = max(1.0, 1 / scale)
    reach = (LANCZOS_REACH if scale < 1 else CUBIC_REACH) * widening
    centers = (offset + np.arange(n) + 0.5) / scale - 0.5
    index = np.ceil(centers - reach).astype(np.int64) + np.arange(2 * math.ceil(reach) + 1)[:, None]
    distance = np.abs(index - centers) / widening
    weights = _lanczos(distance) if scale < 1 else _cubic(distance)
    weights *= (index >= 0) & (index < length)
    weights /= weights.sum(axis=0)
    return weights.astype(np.float32), np.clip(index, 0, length - 1)


def _lanczos(distance: FloatArray) -> FloatArray:
    return np.where(distance < LANCZOS_REACH, np.sinc(distance) * np.sinc(distance / LANCZOS_REACH), 0)


def _cubic(distance: FloatArray) -> FloatArray:
    a = CUBIC_SHARPNESS
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    far = a * (((distance - 5) * distance + 8) * distance - 4)
    return np.where(distance <= 1, near, np.where(distance < CUBIC_REACH, far, 0))
