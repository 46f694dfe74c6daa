"""Local cosines: an orthonormal basis of smooth windows times cosines, and what it gives at any place.

Along an axis, block b has 8 cosines over 16 pixels, from 4 before its own 8 to 4 behind: the modified
discrete cosine transform with a sine window (Princen, Johnson and Bradley, 1987). At the picture's borders
windows end at once. Atoms of the picture are products of one along each axis, so a sample between the pixels
is as well defined as one of theirs, and a crop is the same part of the whole.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gicodec import _native
from gicodec.format.arrays import FloatArray
from gicodec.processor import instruction_set

SIDE = 8  # pixels from block to block, and cosines of each
OVERLAP = SIDE // 2  # pixels on either side that a block shares with its neighbor

Array = NDArray[np.float32]
Taps = tuple[Array, NDArray[np.int32]]
"""Weights and indices [K, N]: what of which row goes into each of N."""


def n_blocks(length: int) -> int:
    """Return how many blocks cover so many pixels."""
    return -(-length // SIDE)


def analyze(image: Array, threads: int = 0) -> Array:
    """Transform an image [C, H, W] to coefficients [C, rows, columns, 8, 8]; it is continued by mirroring."""
    lattice = to_lattice(image, threads)
    channels, height, width = lattice.shape
    blocks = lattice.reshape(channels, height // SIDE, SIDE, width // SIDE, SIDE)
    return np.ascontiguousarray(blocks.transpose(0, 1, 3, 2, 4))


def to_lattice(image: Array, threads: int = 0) -> Array:
    """Transform an image [C, H, W] to coefficients [C, 8 rows, 8 columns], in the place of their blocks."""
    channels, *sides = image.shape
    padding = [(0, -side % SIDE) for side in sides]
    if any(map(any, padding)):
        image = np.pad(image, [(0, 0), *padding], "symmetric")
    lattice = np.empty(
        (channels, *(side + extra for side, (_, extra) in zip(sides, padding, strict=True))), np.float32
    )
    down, across = (_analysis_taps(n_blocks(side)) for side in sides)
    for to, channel in zip(lattice, image, strict=True):
        _weigh(channel, down, across, to, threads)
    return lattice


def from_lattice(lattice: Array, height: int, width: int, threads: int = 0) -> Array:
    """Transform such coefficients back to an image [C, H, W]."""
    image = np.empty((len(lattice), height, width), np.float32)
    down, across = _synthesis_taps(height), _synthesis_taps(width)
    for to, channel in zip(image, lattice, strict=True):
        _weigh(channel, down, across, to, threads)
    return image


def places(n: int, scale: float = 1.0, offset: float = 0.0) -> FloatArray:
    """Return the centers of n pixels of an axis, from an offset on, in pixels of the picture.

    Args:
        n: How many.
        scale: Such pixels for each of the picture's.
        offset: Of the first one's edge from the picture's, in such pixels.
    """
    centers: FloatArray = (offset + np.arange(n, dtype=np.float64) + 0.5) / scale
    return centers


def synthesize(coefficients: NDArray[Any], rows: FloatArray, columns: FloatArray, threads: int = 0) -> Array:
    """Evaluate coefficients at the crossings of places, in pixels, [H] and [W]; return an image [C, H, W]."""
    channels, n_rows, n_columns, _, _ = coefficients.shape
    needed_rows, down = _taps(n_rows, rows)
    needed_columns, across = _taps(n_columns, columns)
    image = np.empty((channels, len(rows), len(columns)), np.float32)
    for channel, blocks in zip(image, coefficients[:, needed_rows, needed_columns], strict=True):
        ordered = blocks.transpose(0, 2, 1, 3).astype(np.float32, order="C")
        lattice = ordered.reshape(SIDE * blocks.shape[0], SIDE * blocks.shape[1])
        _weigh(lattice, down, across, channel, threads)
    return image


def mixed(image: Array, matrix: FloatArray, threads: int = 0) -> Array:
    """Multiply the colors of an image [C, H, W] by a matrix [K, C], in a fixed order of additions."""
    result = np.empty((len(matrix), *image.shape[1:]), np.float32)
    _native.mix(np.ascontiguousarray(image), matrix.astype(np.float32, order="C"), result, threads)
    return result


def _weigh(lattice: Array, down: Taps, across: Taps, out: Array, threads: int) -> None:
    """Weight rows, then columns: out [K, L], for taps [16, K] and [16, L]."""
    _native.weigh(np.ascontiguousarray(lattice), *down, *across, out, threads, instruction_set())


@lru_cache(maxsize=4)
def _synthesis_taps(length: int) -> Taps:
    """Return what of a lattice's rows goes into each of so many pixels."""
    return _taps(n_blocks(length), places(length))[1]


@lru_cache(maxsize=4)
def _analysis_taps(n: int) -> Taps:
    """Return weights and indices [16, 8 n] of the samples that go into each coefficient of n blocks."""
    u = places(2 * SIDE, offset=-OVERLAP)  # of a block's samples from its beginning
    blocks = np.arange(n)[:, None]
    window = _window(u, first=blocks == 0, last=blocks == n - 1)
    samples = np.clip(SIDE * blocks - OVERLAP + np.arange(2 * SIDE), 0, SIDE * n - 1)
    weights = _values(u, window).transpose(2, 1, 0).reshape(2 * SIDE, -1)
    return weights.astype(np.float32, order="C"), np.repeat(samples.T, SIDE, axis=1).astype(
        np.int32, order="C"
    )


def _taps(n: int, at: FloatArray) -> tuple[slice, Taps]:
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
    """Return the eight cosines [8, ..., K] at distances u [K] in windows [..., K]."""
    frequencies = np.pi / SIDE * (np.arange(SIDE) + 0.5)
    cosines = np.cos(frequencies[:, None] * u).reshape(SIDE, *(1,) * (window.ndim - 1), -1)
    values: FloatArray = np.sqrt(2 / SIDE) * window * cosines
    return values
