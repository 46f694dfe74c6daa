"""Local cosines: an orthonormal basis of smooth windows times cosines, and what it gives at any place.

Along an axis, block b has 8 cosines over 16 pixels, from 4 before its own 8 to 4 behind: the modified
discrete cosine transform with a sine window (Princen, Johnson and Bradley, 1987). At the picture's borders
windows end at once. Atoms of the picture are products of one along each axis, so a sample between the pixels
is as well defined as one of theirs, and a crop is the same part of the whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gicodec import _native
from gicodec.format.arrays import FloatArray

SIDE = 8  # pixels from block to block, and cosines of each
OVERLAP = SIDE // 2  # pixels on either side that a block shares with its neighbor

Array = NDArray[np.float32]


def n_blocks(length: int) -> int:
    """Return how many blocks cover so many pixels."""
    return -(-length // SIDE)


def analyze(image: Array) -> Array:
    """Transform an image [C, H, W] to coefficients [C, rows, columns, 8, 8]; it is continued by mirroring."""
    _, height, width = image.shape
    padding = (0, 0), (0, -height % SIDE), (0, -width % SIDE)
    along_rows = _analyze_last_axis(np.pad(image, padding, "symmetric"))
    both = _analyze_last_axis(along_rows.transpose(0, 2, 3, 1))  # [C, columns, 8, rows, 8]
    return np.ascontiguousarray(both.transpose(0, 3, 1, 4, 2))


def places(n: int, scale: float = 1.0, offset: float = 0.0) -> FloatArray:
    """Return the centers of n pixels of an axis, from an offset on, in pixels of the picture.

    Args:
        n: How many.
        scale: Such pixels for each of the picture's.
        offset: Of the first one's edge from the picture's, in such pixels.
    """
    centers: FloatArray = (offset + np.arange(n, dtype=np.float64) + 0.5) / scale
    return centers


def synthesize(coefficients: NDArray[Any], rows: FloatArray, columns: FloatArray) -> Array:
    """Evaluate coefficients at the crossings of places, in pixels, [H] and [W]; return an image [C, H, W]."""
    channels, n_rows, n_columns, _, _ = coefficients.shape
    needed_rows, down = _taps(n_rows, rows)
    needed_columns, across = _taps(n_columns, columns)
    image = np.empty((channels, len(rows), len(columns)), np.float32)
    for channel, blocks in zip(image, coefficients[:, needed_rows, needed_columns], strict=True):
        ordered = blocks.transpose(0, 2, 1, 3).astype(np.float32, order="C")
        lattice = ordered.reshape(SIDE * blocks.shape[0], SIDE * blocks.shape[1])
        drawn = np.zeros((len(rows), lattice.shape[1]), np.float32)
        _native.add_rows(lattice, *down, drawn)
        turned = np.zeros((len(columns), len(rows)), np.float32)
        _native.add_rows(np.ascontiguousarray(drawn.T), *across, turned)
        channel[:] = turned.T
    return image


def _analyze_last_axis(image: Array) -> Array:
    """Transform [..., 8 n] to [..., n, 8]."""
    n = image.shape[-1] // SIDE
    padded = np.pad(image, (*((0, 0),) * (image.ndim - 1), (OVERLAP, OVERLAP)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * SIDE, axis=-1)[..., ::SIDE, :]
    coefficients: Array = windows @ _atoms(first=False, last=False)
    for block in {0, n - 1}:
        coefficients[..., block, :] = windows[..., block, :] @ _atoms(first=block == 0, last=block == n - 1)
    return coefficients


def _atoms(*, first: bool, last: bool) -> Array:
    """Return a block's cosines [16, 8] at the pixels from 4 before its own on."""
    u = places(2 * SIDE, offset=-OVERLAP)
    return _values(u, _window(u, first=first, last=last)).T.astype(np.float32)


def _taps(n: int, at: FloatArray) -> tuple[slice, tuple[Array, NDArray[np.int32]]]:
    """Return which of n blocks are needed, and weights and indices [16, K] of what goes into each place."""
    blocks = np.clip(np.floor(at / SIDE).astype(np.int64), 0, n - 1)
    u = at - SIDE * blocks
    side = np.where(u < OVERLAP, -1, 1)
    others = blocks + side
    there = (others >= 0) & (others < n)
    v = u - SIDE * side  # from the beginning of the other block
    own = _values(u, _window(u, first=blocks == 0, last=blocks == n - 1))
    other = _values(v, _window(v, first=False, last=False) * there)
    both = np.stack([blocks, np.clip(others, 0, n - 1)])
    needed = slice(int(both.min()), int(both.max()) + 1)
    index = SIDE * (both - needed.start)[:, None] + np.arange(SIDE)[:, None]
    weights = np.concatenate([own, other]).astype(np.float32)
    return needed, (weights, index.reshape(2 * SIDE, -1).astype(np.int32))


def _window(u: FloatArray, *, first: Any, last: Any) -> FloatArray:
    """Return the window of a block at distances u from its beginning, pixels; at borders it ends at once."""
    left, right = u / OVERLAP, (SIDE - u) / OVERLAP  # -1 to 1 where two windows overlap
    left = np.where(first, np.where(left > 0, 1, -1), np.clip(left, -1, 1))
    right = np.where(last, np.where(right > 0, 1, -1), np.clip(right, -1, 1))
    window: FloatArray = np.sin(np.pi / 4 * (1 + left)) * np.sin(np.pi / 4 * (1 + right))
    return window


def _values(u: FloatArray, window: FloatArray) -> FloatArray:
    """Return the eight cosines [8, K] at distances u [K]."""
    frequencies = np.pi / SIDE * (np.arange(SIDE) + 0.5)
    values: FloatArray = np.sqrt(2 / SIDE) * window * np.cos(frequencies[:, None] * u)
    return values
