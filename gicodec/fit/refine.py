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

from gicodec.fit.code_length import CodeLength
from gicodec.fit.objective import Objective
from gicodec.fit.rounded import Rounded, into_range
from gicodec.fit.state import State
from gicodec.fit.tune import LAMBDA
from gicodec.format.coder import Symbols
from gicodec.format.lattice import N_CLASSES, Shapes, angle_levels, energy_classes, shape_steps
from gicodec.format.tree import MARGIN
from gicodec.quantize import TRANSFORM

REACH = 2.5  # standard deviations: what of a Gaussian no other of its batch touches
BLOCK = 4  # pixels: how finely that is told
ENOUGH = 0.02  # of the Gaussians: a sweep that changes fewer is the last
GRAY = 1.5  # steps: as much color may be left out
_CORNERS = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)])

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def refine(objective: Objective, state: State, n_sweeps: int) -> None:
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
    state.settle(rounded)


def _add(objective: Objective, rounded: Rounded, step: float) -> None:
    """Add Gaussians to the residual; with -D for a step, take them away."""
    colors = step * rounded.colors @ TRANSFORM * np.exp(-rounded.log_sizes())[:, None]
    objective.add(*_placed(rounded), _narrow(colors))


def _choose(objective: Objective, old: Rounded, step: float, code_length: CodeLength) -> tuple[Rounded, Mask]:
    """Return what is best for each of a batch that was taken away, and whether it is worth its bits.

    With colors of c steps a Gaussian adds a |c|^2 + 2 b c to the squared error.
    """
    others = _candidates(old)
    allowed = _codable(others, *objective.residual.shape[1:])
    squares, products = objective.correlate(*_placed(others))
    unit = step * np.exp(-others.log_sizes())
    a, b = squares * unit**2, products.astype(np.float64) @ TRANSFORM.T * unit[:, None]
    bits = code_length.shapes(others)
    costs, colors = np.full(len(others), np.inf), np.zeros_like(others.colors)
    for option in _color_options(-b / np.maximum(a, 1e-12)[:, None], others.colors):
        error = a * np.square(option).sum(axis=1) + 2 * (option * b).sum(axis=1)
        cost = error + LAMBDA * step**2 * (bits + code_length.colors(others.classes, option))
        possible = allowed & option.any(axis=1) & (energy_classes(option.T) == others.classes)
        better = possible & (cost < costs)
        costs[better], colors[better] = cost[better], option[better]
    picked = costs.reshape(-1, len(old)).argmin(axis=0) * len(old) + np.arange(len(old))
    return replace(others, colors=colors).take(picked), costs[picked] < 0


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
    planes = (symbols.ravel() for symbols in (classes, sizes, elongations, angles, columns, rows))
    return Rounded(next(planes), np.tile(old.colors, (13, 1)), *planes)


def _codable(rounded: Rounded, height: int, width: int) -> Mask:
    """Tell which centers are not too far outside the picture to be in a cell."""
    centers = rounded.centers()
    inside = (centers >= -MARGIN) & (centers < [width + MARGIN, height + MARGIN])
    return inside[:, 0] & inside[:, 1]


def _color_options(ideal: Array, old: Symbols) -> list[Symbols]:
    """List colors [N, C] around the ideal ones: the corners of their cubes of steps, gray ones, the old."""
    low = np.floor(ideal).astype(np.int64)
    gray = np.rint(ideal).astype(np.int64)
    gray[:, 1:] *= np.abs(ideal[:, 1:]) >= GRAY
    return [*(low + corner for corner in _CORNERS), gray, old]


def _batches(rounded: Rounded, width: int, height: int) -> list[Symbols]:
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


def _narrow(array: Array) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)
