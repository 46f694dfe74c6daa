"""The Gaussians while they are tuned: energy-normalized colors, and the symbols that they are rounded to.

A state is a tensor [N, 8] with the columns x, y, m, u, v of parameters.py, and then alpha = T c exp(m).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.fit.parameters import COLOR, SIZE, U, V, Y
from gicodec.format import Header, Payload
from gicodec.format.coder import Symbols, SymbolWriter
from gicodec.format.lattice import (
    MAX_ELONGATION,
    MAX_LOG_SIZE,
    MIN_LOG_SIZE,
    N_CLASSES,
    Shapes,
    angle_levels,
    energy_classes,
    nearest_step_code,
    shape_steps,
    step_of,
)
from gicodec.format.payload import COLOR_REACH, color_shifts
from gicodec.format.tree import MARGIN, code_cells
from gicodec.quantize import TRANSFORM

_TRANSFORM = torch.tensor(TRANSFORM, dtype=torch.float32)
_AMPLITUDES = torch.tensor(1 / shape_steps(np.arange(N_CLASSES)), dtype=torch.float32)


def to_state(parameters: Tensor) -> Tensor:
    """Normalize the colors of parameters [N, 8]."""
    values = parameters.clone()
    values[:, COLOR:] = parameters[:, COLOR:] @ _TRANSFORM.T * parameters[:, SIZE : SIZE + 1].exp()
    return values


def to_parameters(values: Tensor) -> Tensor:
    """Give the colors back their amplitude: the mirror of :func:`to_state`."""
    parameters = values.clone()
    parameters[:, COLOR:] = values[:, COLOR:] @ _TRANSFORM * (-values[:, SIZE : SIZE + 1]).exp()
    return parameters


def to_state_gradient(values: Tensor, parameters: Tensor, gradient: Tensor) -> Tensor:
    """Turn a gradient by parameters into one by the state; the energy is held while m moves."""
    result = gradient.clone()
    by_color = gradient[:, COLOR:]
    result[:, COLOR:] = by_color @ _TRANSFORM.T * (-values[:, SIZE : SIZE + 1]).exp()
    result[:, SIZE] -= (by_color * parameters[:, COLOR:]).sum(dim=1)
    return result


class State:
    """N Gaussians under way to a lattice of step D."""

    def __init__(self, values: Tensor, step: float) -> None:
        self.values, self.step = values, step
        self.classes: Tensor | None = None  # once they are settled

    def keep(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N]; nothing may be settled yet."""
        assert self.classes is None
        self.values = self.values[rows]

    def at_step(self, step: float) -> State:
        """Return the same values, nothing settled, for another D."""
        return State(self.values.clone(), step)

    def without(self, rows: Tensor) -> State:
        """Return a state without some rows [K]; the cells of the others may grow."""
        kept = torch.ones(len(self.values), dtype=torch.bool)
        kept[rows] = False
        fewer = State(self.values[kept], self.step)
        fewer.classes = None if self.classes is None else self.classes[kept]
        return fewer

    def rounded_colors(self) -> Tensor:
        """Return the colors [N, 3] in whole steps."""
        return (self.values[:, COLOR:] / self.step).round()

    def amplitudes(self) -> Tensor:
        """Return |alpha| / D as the lattice takes it, [N]."""
        if self.classes is not None:
            return _AMPLITUDES[self.classes]
        squares = self.rounded_colors().square().sum(dim=1)
        classes = (torch.frexp(squares).exponent - 1).clamp(0, N_CLASSES - 1)
        return _AMPLITUDES[classes.long()]

    def settle_classes(self) -> None:
        """Fix the energy classes, and D at one that a file can name."""
        self.step = step_of(nearest_step_code(self.step))
        self.classes = torch.from_numpy(energy_classes(_whole(self.rounded_colors()).T))

    def payload(self, header: Header) -> Payload:
        """Round everything, and put it in the order of the cells."""
        classes = (
            energy_classes(_whole(self.rounded_colors()).T) if self.classes is None else self.classes.numpy()
        )
        colors = self.color_symbols(classes)
        shapes, sizes, elongations, angles = self.shapes(classes)
        columns, rows = shapes.nearest_places(self.values[:, : Y + 1].double().numpy())
        most = np.array([header.width, header.height]) + MARGIN - 1
        points = np.clip(np.floor(shapes.centers(columns, rows)), -MARGIN, most).astype(np.int64)
        cells, order = code_cells(SymbolWriter(), len(points), header.width, header.height, points)
        shapes = Shapes.of(classes[order], sizes[order], elongations[order], angles[order])
        rows = _into_range(rows[order], *shapes.rows_in(cells))
        columns = _into_range(columns[order], *shapes.columns_in(cells, rows))
        planes = (sizes[order], elongations[order], angles[order], columns, rows)
        return Payload(nearest_step_code(self.step), cells, classes[order], colors.T[:, order], *planes)

    def shapes(self, classes: Symbols) -> tuple[Shapes, Symbols, Symbols, Symbols]:
        """Return the rounded shapes, and the symbols of m, r and the angle."""
        sizes, elongations = self.shape_symbols(classes)
        angles = self.angle_symbols(classes, elongations)
        return Shapes.of(classes, sizes, elongations, angles), sizes, elongations, angles

    def color_symbols(self, classes: Symbols) -> Symbols:
        """Return the colors [N, 3] in steps, within what their class can have."""
        reach = COLOR_REACH << color_shifts(classes)[:, None]
        return np.clip(_whole(self.rounded_colors()), -reach, reach)

    def shape_symbols(self, classes: Symbols) -> tuple[Symbols, Symbols]:
        """Return m and r in steps, [N]."""
        steps = shape_steps(classes)
        values = self.values.double().numpy()
        sizes = _round(values[:, SIZE] / steps)
        sizes = np.clip(sizes, _first_from(MIN_LOG_SIZE / steps), _first_from(MAX_LOG_SIZE / steps) - 1)
        elongations = _round(np.hypot(values[:, U], values[:, V]) / steps)
        return sizes, np.minimum(elongations, _first_from(MAX_ELONGATION / steps) - 1)

    def angle_symbols(self, classes: Symbols, elongations: Symbols) -> Symbols:
        """Return the angles in steps, [N]."""
        levels = angle_levels(classes, elongations)
        values = self.values.double().numpy()
        return _round(np.arctan2(values[:, V], values[:, U]) / (2 * np.pi) * levels) % levels


def _whole(values: Tensor) -> Symbols:
    return values.long().numpy()


def _into_range(values: Symbols, first: Symbols, count: Symbols) -> Symbols:
    """Move what rounding, or the edge of the picture, has put beside its cell into it."""
    return np.clip(values, first, first + count - 1)


def _first_from(values: NDArray[np.float64]) -> Symbols:
    return np.ceil(values).astype(np.int64)


def _round(values: NDArray[np.float64]) -> Symbols:
    return np.rint(values).astype(np.int64)
