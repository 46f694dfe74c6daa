"""Where new Gaussians go, and with what size, orientation and color."""

from __future__ import annotations

import math

import numpy as np

from gicodec import _native
from gicodec.fit.parameters import COLOR, A
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.render.cpu import Array

UNIFORM_SHARE = 0.1  # of the first Gaussians: flat regions need some too
MIN_SIZE, MAX_FIRST_SIZE, MAX_SIZE = 0.7, 55.0, 12.0  # pixels
COLOR_SHARE = 0.5  # of what is missing at its center: neighbors bring the rest
MAX_TOGETHER = 2.0  # times what is missing: a crowd on one spot would overshoot, more with each growth
ORIENTATION_REACH = 4  # pixels on every side
MIN_ELONGATION, EDGE_ELONGATION = 0.1, 1.0  # of r: anywhere, and more on a perfect edge


def initial_rows(target: Array, weights: Array | None, n: int, generator: np.random.Generator) -> Array:
    """Return n rows [n, 9 + C] for an empty picture: dense where the target [C, H, W] changes and counts."""
    magnitude = _gradient_magnitude(target.mean(axis=0))
    evenly = np.ones_like(magnitude) if weights is None or not weights.any() else weights
    if weights is not None:
        magnitude = magnitude * weights
    total = float(magnitude.sum())
    share, whole = UNIFORM_SHARE if total > 0 else 1.0, float(evenly.sum(dtype=np.float64))
    density = share / whole * evenly + (1 - share) / max(total, 1e-12) * magnitude.astype(np.float64)
    return _place(target, density, n, n, MAX_FIRST_SIZE, generator)


def rows_at_errors(
    residual: Array, n: int, n_after: int, generator: np.random.Generator, threads: int = 0
) -> Array:
    """Return n more rows [n, 9 + C] where the squared error is, of n_after that there will be.

    The residual [C, H, W] is rendered minus target. The density is the square of the mean squared error in
    3x3 pixels: few go where the error is small.
    """
    density = np.empty(residual.shape[1:], np.float64)
    _native.error_density(residual, density, threads)
    rows = _place(residual, density, n, n_after, MAX_SIZE, generator)
    rows[:, COLOR:] *= -1
    return rows


def _place(
    missing: Array,
    density: FloatArray,
    n: int,
    n_total: int,
    max_size: float,
    generator: np.random.Generator,
) -> Array:
    """Return n rows [n, 9 + C] at pixels drawn from a density [H, W].

    Each is as large as the share of the density that one of n_total Gaussians should cover, and has the
    color of what is missing [C, H, W] there.
    """
    width = missing.shape[2]
    index, drawn = _draw(density, n, generator)
    centers = np.stack([index % width, index // width], axis=1) + generator.random((n, 2))
    area = 1 / np.maximum(drawn * n_total, 1e-9)
    size = np.clip(np.sqrt(area / (2 * math.pi)), MIN_SIZE, max_size)
    u, v = _edge_shapes(missing, index)
    crowd = n * drawn * 2 * math.pi * np.square(size)  # of those drawn, on the area of one
    share = MAX_TOGETHER / np.maximum(crowd, MAX_TOGETHER / COLOR_SHARE)
    colors = missing.reshape(len(missing), -1)[:, index].T * share[:, None]
    rows = np.column_stack([centers, np.log(size), u, v, np.zeros((n, COLOR - A)), colors])
    return rows.astype(np.float32)


def _draw(density: FloatArray, n: int, generator: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Draw n pixels with replacement: a row each, then a column; return their indices and densities [n].

    The densities are parts of 1.
    """
    height, width = density.shape
    of_rows = np.cumsum(density.sum(axis=1))
    drawn = np.searchsorted(of_rows, generator.random(n) * of_rows[-1], side="right")
    rows, place = np.unique(np.minimum(drawn, height - 1), return_inverse=True)
    cumulative = np.cumsum(density[rows])
    end = cumulative[width - 1 :: width]
    begin = np.concatenate([[0.0], end[:-1]])
    value = begin[place] + generator.random(n) * (end - begin)[place]
    index = np.clip(
        np.searchsorted(cumulative, value, side="right"), width * place, width * place + width - 1
    )
    index += width * (rows[place] - place)
    return index, np.ravel(density)[index] / max(float(of_rows[-1]), 1e-300)


def _edge_shapes(picture: Array, index: IntArray) -> tuple[Array, Array]:
    """Return (u, v) at pixels of a picture [C, H, W]: along edges, by the structure tensor around them."""
    _, height, width = picture.shape
    reach = np.arange(-ORIENTATION_REACH, ORIENTATION_REACH + 1)
    rows = np.clip(index[:, None] // width + reach, 0, height - 1)  # [n, window]
    columns = np.clip(index[:, None] % width + reach, 0, width - 1)
    patches = picture[:, rows[:, :, None], columns[:, None, :]]  # [C, n, window, window]
    horizontal = patches[:, :, 1:-1, 2:] - patches[:, :, 1:-1, :-2]
    vertical = patches[:, :, 2:, 1:-1] - patches[:, :, :-2, 1:-1]
    xx, xy, yy = (t.sum(axis=(0, 2, 3)) for t in (horizontal**2, horizontal * vertical, vertical**2))
    across_x, across_xy = xx - yy, 2 * xy  # of twice the angle across the edge; along it is the opposite
    strength = np.hypot(across_x, across_xy)
    coherence = strength / (xx + yy + 1e-9)
    r = (MIN_ELONGATION + EDGE_ELONGATION * coherence) / np.maximum(strength, 1e-12)
    return -r * across_x, -r * across_xy


def _gradient_magnitude(gray: Array) -> Array:
    """Central differences of a picture [H, W]; zero at its borders."""
    horizontal, vertical = np.zeros_like(gray), np.zeros_like(gray)
    horizontal[:, 1:-1] = gray[:, 2:] - gray[:, :-2]
    vertical[1:-1, :] = gray[2:, :] - gray[:-2, :]
    return np.hypot(horizontal, vertical)
