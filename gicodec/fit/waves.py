"""Who gets a wave: those of whose error an oscillation takes more than the Gaussians that it costs would.

New Gaussians get one, and a size, by the spectrum of the residual around them; those that are there already,
with their shapes, by trial of a few frequencies.
"""

from __future__ import annotations

import math

import numpy as np

from gicodec.fit.canvas import Canvas
from gicodec.fit.optimizer import Optimizer
from gicodec.fit.parameters import (
    AMPLITUDES,
    COLOR,
    MAX_FREQUENCY,
    SHAPE,
    SIZE,
    WAVE,
    Y,
    conics,
    has_wave,
    inverse_roots,
    root_covariances,
)
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.render.cpu import Array

COST = 0.9  # of a Gaussian's bits
WORTH, NEW_WORTH = 0.4, 0.7  # times the mean error of a Gaussian: what a wave must take at once ...
FAINT = 0.4  # ... and hold later
START, NEW_START = 0.5, 0.8  # of the amplitudes that are best for each alone: neighbors bring the rest
HIGHEST = 0.9 * MAX_FREQUENCY
SPACING, LOWEST, REACH = 1.7, 4.0, 8.0  # radians per standard deviation: the frequencies that are tried
NEW_LOWEST = 3.0  # likewise, of new Gaussians
NEW_SIZES = 3.0, 7.0  # pixels
WINDOW = 2.7  # standard deviations on every side that a spectrum sees
APART = 2.0  # standard deviations of the larger: nearer to each other, new ones would find the same
MAX_SPECTRA = 512  # at a time: memory
RIDGE = 1e-3  # of a Gram matrix: a wave of long period is hardly another color


def tried_frequencies() -> FloatArray:
    """Return frequencies [F, 2], radians per standard deviation: a hexagonal lattice, half of it."""
    steps = np.arange(-8, 9)
    i, j = np.meshgrid(steps, steps)
    x, y = SPACING * (i + 0.5 * j).ravel(), SPACING * math.sqrt(0.75) * j.ravel()
    distance = np.hypot(x, y)
    tried = (distance >= LOWEST) & (distance <= REACH) & ((y > 1e-9) | ((abs(y) <= 1e-9) & (x > 1e-9)))
    return np.asarray(np.stack([x, y], axis=1)[tried])


def renew_waves(optimizer: Optimizer, canvas: Canvas) -> None:
    """Take away the waves that are faint, and give new ones to those Gaussians that are worth it."""
    parameters = optimizer.parameters
    mean_error = canvas.error() / len(parameters)
    optimizer.set_waves(
        has_wave(parameters) & (energies(parameters) < FAINT * mean_error), np.zeros(4, np.float32)
    )
    plain = np.flatnonzero(~has_wave(parameters))
    gains, colors, waves = propose(canvas, parameters[plain])
    worth = gains > WORTH * mean_error
    chosen = np.zeros(len(parameters), bool)
    chosen[plain[worth]] = True
    optimizer.set_waves(chosen, waves[worth])
    optimizer.parameters[chosen, COLOR:] += colors[worth, None]


def with_waves(rows: Array, residual: Array, mean_error: float) -> Array:
    """Return new rows [n, 9 + C], some as larger, round Gaussians with waves: the best, if far apart."""
    gains, best = np.zeros(len(rows), np.float32), rows.copy()
    starts = range(0, len(rows), MAX_SPECTRA)
    for size in NEW_SIZES:
        parts = [_spectral_rows(rows[start : start + MAX_SPECTRA], residual, size) for start in starts]
        gain, found = (np.concatenate(column) for column in zip(*parts, strict=True))
        better = gain > gains
        gains[better], best[better] = gain[better], found[better]
    result, chosen = rows.copy(), np.empty(0, np.int64)
    for row in np.argsort(-gains, kind="stable"):
        if gains[row] <= NEW_WORTH * mean_error:
            break
        distance = np.hypot(*(best[chosen, : Y + 1] - best[row, : Y + 1]).T)
        larger = np.exp(np.maximum(best[chosen, SIZE], best[row, SIZE]))
        if (distance >= APART * larger).all():
            chosen = np.append(chosen, row)
    result[chosen] = best[chosen]
    return result


def _spectral_rows(rows: Array, residual: Array, size: float) -> tuple[Array, Array]:
    """Find the strongest wave of the residual [C, H, W] in a round window of this size around each row.

    Returns:
        How much of the squared error it takes [n], and the rows [n, 9 + C] with it; NEW_START of it.
    """
    n_channels, height, width = residual.shape
    reach = math.ceil(WINDOW * size)
    offsets = np.arange(-reach, reach + 1)
    columns = np.clip(np.floor(rows[:, 0]).astype(np.int64), 0, width - 1)[:, None] + offsets
    lines = np.clip(np.floor(rows[:, 1]).astype(np.int64), 0, height - 1)[:, None] + offsets
    light = np.pad(residual.sum(axis=0), reach)
    dx, dy = _offsets_to(columns, rows[:, 0]), _offsets_to(lines, rows[:, 1])
    weight = np.exp(-(np.square(dx)[:, None, :] + np.square(dy)[:, :, None]) / (2 * size**2))
    seen = light[(lines + reach)[:, :, None], (columns + reach)[:, None, :]] * weight
    k = _strongest(seen, NEW_LOWEST / size)
    phase = k[:, 0, None, None] * dx[:, None, :] + k[:, 1, None, None] * dy[:, :, None]
    energy = n_channels * np.square(weight).sum(axis=(1, 2)) / 2
    a, b, brightness = (
        (seen * basis).sum(axis=(1, 2)) / -energy for basis in (np.cos(phase), np.sin(phase), np.float32(0.5))
    )
    found = rows.copy()
    found[:, SHAPE] = math.log(size), 0.0, 0.0
    found[:, COLOR:] = START * NEW_START * brightness[:, None]
    found[:, WAVE] = np.column_stack([NEW_START * a, NEW_START * b, k])
    return (np.square(a) + np.square(b)) * energy, found


def _offsets_to(pixels: IntArray, centers: Array) -> Array:
    """Return how far the centers of pixels [n, K] are from centers [n]: [n, K]."""
    return (pixels + 0.5 - centers[:, None]).astype(np.float32)


def _strongest(seen: Array, lowest: float) -> Array:
    """Return the strongest frequency, at least the lowest, of each of n pictures [n, K, K]: [n, 2]."""
    n = 2 ** math.ceil(math.log2(seen.shape[1]))
    ky, kx = 2 * math.pi * np.fft.fftfreq(n), 2 * math.pi * np.fft.rfftfreq(n)
    magnitude = np.hypot(ky[:, None], kx)
    power = np.abs(np.fft.rfft2(seen, s=(n, n))) * ((magnitude >= lowest) & (magnitude < HIGHEST))
    best = power.reshape(len(seen), -1).argmax(axis=1)
    return np.stack([kx[best % len(kx)], ky[best // len(kx)]], axis=1, dtype=np.float32)


def cost_of_waves(parameters: Array) -> float:
    """Return for how many Gaussians' bits the waves of parameters [N, 9 + C] stand."""
    return COST * int(has_wave(parameters).sum())


def energies(parameters: Array) -> Array:
    """Return what of the squared picture is in the waves [N] of parameters [N, 9 + C]."""
    n_channels = parameters.shape[1] - COLOR
    squares = np.square(parameters[:, AMPLITUDES]).sum(axis=1)
    return np.asarray(0.5 * math.pi * n_channels * squares * np.exp(2 * parameters[:, SIZE]))


def propose(canvas: Canvas, parameters: Array) -> tuple[FloatArray, Array, Array]:
    """Find the best of the frequencies tried for every Gaussian by itself, given the residual.

    Returns:
        How much of the squared error a wave of this frequency takes beyond what another color does [N], how
        much brighter [N] the Gaussian is with it, and the wave [N, 4]; START of each.
    """
    n = len(parameters)
    gains, solutions = np.zeros(n), np.zeros((n, 3))
    frequencies = np.zeros((n, 2), np.float32)
    xx, xy, yy = inverse_roots(parameters, root_covariances(parameters))
    placed = np.ascontiguousarray(parameters[:, : Y + 1]), conics(parameters)
    for x, y in tried_frequencies():
        k = np.stack([xx * x + xy * y, xy * x + yy * y], axis=1)
        gain, solution = best_coefficients(
            *canvas.correlate_waves(*placed, np.ascontiguousarray(k, np.float32))
        )
        better = (gain > gains) & (np.hypot(*k.T) < HIGHEST)
        gains[better], solutions[better], frequencies[better] = gain[better], solution[better], k[better]
    solutions *= START
    waves = np.concatenate([solutions[:, 1:], frequencies], axis=1, dtype=np.float32)
    return gains, solutions[:, 0].astype(np.float32), waves


def best_coefficients(grams: Array, products: Array, wave_products: Array) -> tuple[FloatArray, FloatArray]:
    """Find the best (brightness, A, B) of each of N, by what correlate_waves() returns.

    Args:
        grams: [N, 3, 3].
        products: [N, C].
        wave_products: [N, 2].

    Returns:
        What they take from the squared error beyond the best brightness alone [N], and they [N, 3].
    """
    n_channels = products.shape[1]
    target = -np.concatenate([products.sum(axis=1, keepdims=True), wave_products], axis=1, dtype=np.float64)
    matrices = n_channels * grams.astype(np.float64)
    scale = np.maximum(matrices[:, 0, 0], 1e-12)
    matrices += (RIDGE * scale)[:, None, None] * np.eye(3) + 1e-12 * np.eye(3)
    solutions = np.linalg.solve(matrices, target[:, :, None])[:, :, 0]
    return (solutions * target).sum(axis=1) - target[:, 0] ** 2 / scale, solutions
