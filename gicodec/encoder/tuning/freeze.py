"""The last stage of tuning: everything is rounded, one attribute after the other, a part at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.tuning.state import FrozenState, nearest_in_cells, values_of
from gicodec.encoder.tuning.tuner import Tuner
from gicodec.fit.parameters import COLOR, SHAPE, WAVE, A, Mask, U, V, Y, has_wave, keep_phases
from gicodec.format import Header
from gicodec.format.gsi.cells import MARGIN
from gicodec.format.gsi.lattice import angle_levels, shape_steps
from gicodec.options import ProgressCallback

Rows = NDArray[np.int64]
RATE = 0.5  # of the tuning's steps: what is still free makes up for what is not
N_PARTS, N_COLOR_PARTS = 2, 4


def freeze(tuner: Tuner, n_iterations: int, progress: ProgressCallback | None = None) -> FrozenState:
    """Round a tuner's state, with n_iterations between two parts; return it. Each part is reported."""
    tuner.prune()
    state = tuner.state = tuner.state.freeze_classes()
    frozen, waves = tuner.frozen, bool(has_wave(state.values).any())
    round_centers = partial(_round_centers, header=tuner.header)
    stages: list[tuple[Callable[[FrozenState, Rows], None], Mask, int]] = [
        (partial(_round_shapes, longest=tuner.objective.longest), frozen.shapes, N_PARTS),
        (_round_angles, frozen.angles, N_PARTS),
        (round_centers, frozen.centers, N_PARTS),
        *[(_round_waves, frozen.waves, N_PARTS)] * waves,
        (_round_colors, frozen.colors, N_COLOR_PARTS),
    ]
    n_rounded, n_all = 0, sum(n_parts for *_, n_parts in stages)
    for round_rows, mask, n_parts in stages:
        for rows in tuner.parts(n_parts):
            round_rows(state, rows)
            mask[rows] = True
            tuner.run(n_iterations, RATE, RATE)
            n_rounded += 1
            if progress is not None:
                progress(tuner.report("round", n_rounded, n_all))
    return state


def _round_shapes(state: FrozenState, rows: Rows, longest: float) -> None:
    classes = state.classes()
    steps, (sizes, elongations) = shape_steps(classes), state.shape_symbols(classes)
    turn, r = np.arctan2(state.values[:, V], state.values[:, U]), elongations * steps
    if not math.isinf(longest):
        sizes = np.minimum(sizes, np.floor((math.log(longest) - r) / steps).astype(np.int64))
    rounded = np.stack([sizes * steps, r * np.cos(turn), r * np.sin(turn)], axis=1)
    state.values[rows, SHAPE] = rounded[rows]


def _round_angles(state: FrozenState, rows: Rows) -> None:
    classes = state.classes()
    steps, (_, elongations) = shape_steps(classes), state.shape_symbols(classes)
    turn = 2 * np.pi * state.angle_symbols(classes, elongations) / angle_levels(classes, elongations)
    rounded = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (elongations * steps)[:, None]
    state.values[rows, U:A] = rounded[rows]


def _round_centers(state: FrozenState, rows: Rows, header: Header) -> None:
    shapes, *_ = state.shapes(state.classes())
    columns, lines = shapes.nearest_places(state.values[:, : Y + 1].astype(np.float64))
    # What is rounded to beyond the margin comes back: no cell could have it.
    area = np.array([[-MARGIN, -MARGIN, header.width + 2 * MARGIN, header.height + 2 * MARGIN]])
    cells = np.repeat(area, len(lines), axis=0)
    places = nearest_in_cells(shapes, cells, columns, lines)
    moved, centers = state.values[rows], shapes.centers(*places)[rows].astype(np.float32)
    keep_phases(moved, centers - moved[:, : Y + 1])
    moved[:, : Y + 1] = centers
    state.values[rows] = moved


def _round_waves(state: FrozenState, rows: Rows) -> None:
    state.values[rows, WAVE] = values_of(state.rounded(), state.step)[rows, WAVE]


def _round_colors(state: FrozenState, rows: Rows) -> None:
    colors, _ = state.coefficient_symbols(state.classes())
    state.values[rows, COLOR:] = (colors * state.step)[rows]
