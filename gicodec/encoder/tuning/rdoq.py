"""The exact pass: every Gaussian moves to the lattice point nearby of least error plus lambda times bits.

Rounding one attribute after the other (freeze.py) does not choose: a point farther away may cost fewer bits,
or suit better what the neighbors were rounded to. Here a Gaussian's candidates are one step of one attribute
away, each with the colors that are best for it, and the errors compared are those of the very picture.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.tuning.code_length import CodeLength
from gicodec.encoder.tuning.rounded import Rounded, into_range
from gicodec.encoder.tuning.state import FrozenState
from gicodec.encoder.tuning.tuner import LAMBDA
from gicodec.fit.objective import Objective
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.gsi.cells import MARGIN
from gicodec.format.gsi.lattice import N_CLASSES, Shapes, angle_levels, energy_classes, shape_steps
from gicodec.quantize import TRANSFORM, WAVE_SCALE
from gicodec.render import Splats

REACH = 2.5  # standard deviations: what of a Gaussian no other of its batch touches
BLOCK = 4  # pixels: how finely that is told
ENOUGH = 0.02  # of the Gaussians: a sweep that changes fewer is the last
RIDGE = 1e-4  # of a Gram matrix: waves of long period are hardly another color
GRAY = 1.5  # steps: as much color may be left out
_CORNERS = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)])
_SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])

Mask = NDArray[np.bool_]


def refine(objective: Objective, state: FrozenState, n_sweeps: int) -> None:
    """Improve a state whose values are all rounded, in place, by so many sweeps; some Gaussians may go."""
    rounded, step = state.rounded(), state.step
    objective.clear()
    _add(objective, rounded, step)
    _, height, width = objective.residual.shape
    for _ in range(n_sweeps):
        code_length = CodeLength(rounded, width * height)
        kept, n_changed = np.ones(len(rounded), bool), 0
        for rows in _batches(rounded, width, height) if len(rounded) else []:
            old = rounded.take(rows)
            _add(objective, old, -step)
            best, kept[rows] = _choose(objective, old, step, code_length)
            _add(objective, best.take(kept[rows]), step)
            rounded.put(rows, best)
            n_changed += int((~kept[rows] | best.differs(old)).sum())
        rounded = rounded.take(kept)
        if n_changed < ENOUGH * len(kept):
            break
    state.assign(rounded)


def _add(objective: Objective, rounded: Rounded, step: float) -> None:
    """Add Gaussians to the residual; with -D for a step, take them away."""
    gain = step * np.exp(-rounded.log_sizes())[:, None]
    colors, waves = _narrow(rounded.colors @ TRANSFORM * gain), None
    if rounded.amplitudes.any():
        amplitudes = rounded.amplitudes * WAVE_SCALE * gain
        waves = _narrow(np.hstack([amplitudes, rounded.pixel_frequencies()]))
    objective.add(Splats(*_placed(rounded), colors, waves))


def _choose(objective: Objective, old: Rounded, step: float, code_length: CodeLength) -> tuple[Rounded, Mask]:
    """Return what is best for each of a batch that was taken away, and whether it is worth its bits."""
    best, costs = old.take(np.arange(len(old))), np.zeros(len(old))  # a copy: the caller compares
    has_wave = old.has_wave()
    for rows, candidates in ((~has_wave, _candidates), (has_wave, _waved_candidates)):
        some = old.take(rows)
        if len(some):
            found, costs[rows] = _cheapest(objective, candidates(some), len(some), step, code_length)
            best.put(np.flatnonzero(rows), found)
    return best, costs < 0


def _cheapest(
    objective: Objective, others: Rounded, n: int, step: float, code_length: CodeLength
) -> tuple[Rounded, FloatArray]:
    """Return the best of K candidates [K n] for each of n, with its best colors and wave, and its cost."""
    allowed = _codable(others, *objective.residual.shape[1:])
    error = _Error(objective, others, step)
    bits = code_length.shapes(others)
    costs, colors = np.full(len(others), np.inf), np.zeros_like(others.colors)
    waves, which = error.waves(), np.zeros(len(others), np.int64)
    for i, wave in enumerate(waves):
        silent = ~wave.has_wave()
        legal = allowed & (silent | (energy_classes(wave.amplitudes.T) == wave.wave_classes))
        bits_of_wave = bits + code_length.waves(wave)
        for option in error.colors(wave.amplitudes):
            coefficients = np.concatenate([option, wave.amplitudes], axis=1).T
            cost = error(option, wave.amplitudes)
            cost += LAMBDA * step**2 * (bits_of_wave + code_length.colors(others.classes, option))
            possible = legal & coefficients.any(axis=0) & (energy_classes(coefficients) == others.classes)
            better = possible & (cost < costs)
            costs[better], colors[better], which[better] = cost[better], option[better], i
    picked = costs.reshape(-1, n).argmin(axis=0) * n + np.arange(n)
    best = Rounded.joined(waves).take(which[picked] * len(others) + picked)
    return replace(best, colors=colors[picked]), costs[picked]


class _Error:
    """What Gaussians add to the squared error, by their colors c and amplitudes (p, q) in steps.

    With z = (c0, p, q) that is z^T G z + 2 h z + a (c1^2 + c2^2) + 2 (b1 c1 + b2 c2): wave and luminance
    overlap.
    """

    def __init__(self, objective: Objective, others: Rounded, step: float) -> None:
        self._others = others
        unit = step * np.exp(-others.log_sizes())
        if others.amplitudes.any():
            frequencies = _narrow(others.pixel_frequencies())
            grams, products, by_wave = objective.correlate_waves(*_placed(others), frequencies)
            scales = unit[:, None] * [1, math.sqrt(2), math.sqrt(2)]
            self._gram = grams * scales[:, :, None] * scales[:, None, :]
            self._by_wave = by_wave * (unit * WAVE_SCALE)[:, None]
        else:
            squares, products = objective.correlate(*_placed(others))
            self._gram = (squares * unit**2)[:, None, None] * np.eye(3)
            self._by_wave = np.zeros((len(others), 2))
        self._by_color = products.astype(np.float64) @ TRANSFORM.T * unit[:, None]

    def __call__(self, colors: IntArray, amplitudes: IntArray) -> FloatArray:
        """Return the error added, [N]."""
        a, (g0p, g0q), (gpp, gpq, gqq) = self._parts()
        plain: FloatArray = a * np.square(colors).sum(axis=1) + 2 * (colors * self._by_color).sum(axis=1)
        if not amplitudes.any():
            return plain
        p, q = amplitudes.T
        wave = gpp * p**2 + 2 * gpq * p * q + gqq * q**2 + 2 * (self._by_wave * amplitudes).sum(axis=1)
        both: FloatArray = plain + wave + 2 * colors[:, 0] * (g0p * p + g0q * q)
        return both

    def waves(self) -> list[Rounded]:
        """List waves of the candidates' frequencies, around the ideal one, the old one, and none."""
        old = self._others
        none = replace(
            old,
            amplitudes=np.zeros_like(old.amplitudes),
            wave_classes=np.zeros_like(old.wave_classes),
            frequencies=np.zeros_like(old.frequencies),
        )
        if not old.amplitudes.any():
            return [none]
        right = np.concatenate([self._by_color[:, :1], self._by_wave], axis=1)
        ridge = RIDGE * np.trace(self._gram, axis1=1, axis2=2)[:, None, None] * np.eye(3) + 1e-12 * np.eye(3)
        ideal = -np.linalg.solve(self._gram + ridge, right[:, :, None])[:, 1:, 0]
        low = np.floor(ideal).astype(np.int64)
        return [*(replace(old, amplitudes=low + corner) for corner in _SQUARE), old, none]

    def colors(self, amplitudes: IntArray) -> list[IntArray]:
        """List colors that go well with a wave."""
        a, (g0p, g0q), _ = self._parts()
        right = self._by_color.copy()
        right[:, 0] += g0p * amplitudes[:, 0] + g0q * amplitudes[:, 1]
        return _color_options(-right / np.maximum(a, 1e-12)[:, None], self._others.colors)

    def _parts(self) -> tuple[FloatArray, tuple[FloatArray, ...], tuple[FloatArray, ...]]:
        gram = self._gram
        return gram[:, 0, 0], (gram[:, 0, 1], gram[:, 0, 2]), (gram[:, 1, 1], gram[:, 1, 2], gram[:, 2, 2])


def _candidates(old: Rounded) -> Rounded:
    """Return N Gaussians and 12 neighbors of each, [13 N], with the old colors."""
    n = len(old)
    classes, sizes, elongations = (
        np.tile(symbols, (13, 1)) for symbols in (old.classes, old.sizes, old.elongations)
    )
    sizes[1] -= 1
    sizes[2] += 1
    elongations[3] = np.maximum(elongations[3] - 1, 0)
    elongations[4] += 1
    classes[5] = np.maximum(classes[5] - 1, 0)
    classes[6] = np.minimum(classes[6] + 1, N_CLASSES - 1)
    finer = shape_steps(old.classes) / shape_steps(classes[5:7])
    sizes[5:7], elongations[5:7] = np.rint(old.sizes * finer), np.rint(old.elongations * finer)
    sizes, elongations = into_range(classes, sizes, elongations)
    levels = angle_levels(classes.ravel(), elongations.ravel()).reshape(classes.shape)
    angles = np.rint(old.turns() / (2 * math.pi) * levels).astype(np.int64)
    angles[7] -= 1
    angles[8] += 1
    angles %= levels
    shapes = Shapes.of(classes.ravel(), sizes.ravel(), elongations.ravel(), angles.ravel())
    centers = np.tile(old.centers(), (13, 1))
    columns, rows = (places.reshape(-1, n) for places in shapes.nearest_places(centers))
    columns[9] -= 1
    columns[10] += 1
    rows[11] -= 1
    rows[12] += 1
    planes = [symbols.ravel() for symbols in (classes, sizes, elongations, angles, columns, rows)]
    tiled = np.tile(np.arange(n), 13)
    neighbors = replace(
        old.take(tiled),
        **dict(zip(("classes", "sizes", "elongations", "angles", "columns", "rows"), planes, strict=True)),
    )
    return neighbors.with_frequencies(old.pixel_frequencies()[tiled])


def _waved_candidates(old: Rounded) -> Rounded:
    """Return N Gaussians with waves and 18 neighbors of each, [19 N]: also of their frequencies."""
    frequencies = old.pixel_frequencies()
    around = [_candidates(old)]
    for step in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        moved = replace(old, frequencies=old.frequencies + np.array(step))
        around.append(moved.with_frequencies(moved.pixel_frequencies()))
    for change in (-1, 1):
        classes = np.clip(old.wave_classes + change, 0, N_CLASSES - 1)
        around.append(replace(old, wave_classes=classes).with_frequencies(frequencies))
    return Rounded.joined(around)


def _codable(rounded: Rounded, height: int, width: int) -> Mask:
    """Tell which centers are not too far outside the picture to be in a cell."""
    centers = rounded.centers()
    inside = (centers >= -MARGIN) & (centers < [width + MARGIN, height + MARGIN])
    return inside[:, 0] & inside[:, 1]


def _color_options(ideal: FloatArray, old: IntArray) -> list[IntArray]:
    """List colors [N, C] around the ideal ones: the corners of their cubes of steps, gray ones, the old."""
    low = np.floor(ideal).astype(np.int64)
    gray = np.rint(ideal).astype(np.int64)
    gray[:, 1:] *= np.abs(ideal[:, 1:]) >= GRAY
    return [*(low + corner for corner in _CORNERS), gray, old]


def _batches(rounded: Rounded, width: int, height: int) -> list[IntArray]:
    """Split the rows into batches of Gaussians that hardly overlap, the largest first."""
    shapes = rounded.shapes()
    centers, reach = rounded.centers(), REACH * np.sqrt(np.stack([shapes.xx, shapes.yy], axis=1))
    last = np.array([width, height]) // BLOCK
    first = np.clip((centers - reach) // BLOCK, 0, last).astype(np.int64)
    end = np.clip((centers + reach) // BLOCK, 0, last).astype(np.int64) + 1
    present = np.zeros((last[1] + 1, last[0] + 1), dtype=object)  # bit i: batch i has a Gaussian in the block
    batch = np.zeros(len(rounded), np.int64)
    for i in np.argsort(-np.prod(end - first, axis=1), kind="stable"):
        blocks = present[first[i, 1] : end[i, 1], first[i, 0] : end[i, 0]]
        taken = int(np.bitwise_or.reduce(blocks, axis=None))
        batch[i] = (~taken & (taken + 1)).bit_length() - 1  # the lowest bit that is not set
        blocks |= 1 << int(batch[i])
    order = np.argsort(batch, kind="stable")
    return np.split(order, np.nonzero(np.diff(batch[order]))[0] + 1)


def _placed(rounded: Rounded) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return centers [N, 2] and conics [N, 3], as the engine takes them."""
    shapes = rounded.shapes()
    conics = np.stack([shapes.yy, -shapes.xy, shapes.xx], axis=1) / shapes.determinant[:, None]
    return _narrow(rounded.centers()), _narrow(conics)


def _narrow(array: FloatArray) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)
