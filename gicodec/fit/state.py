"""The Gaussians while they are tuned: energy-normalized colors, and the symbols that they are rounded to.

A state is a tensor [N, 8] with the columns x, y, m, u, v of parameters.py, and then alpha = T c exp(m).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.fit.parameters import COLOR, SIZE, U, V, Y
from gicodec.fit.rounded import Rounded, into_range
from gicodec.format import Header, Payload
from gicodec.format.coder import Symbols, SymbolWriter
from gicodec.format.color_codes import color_shifts
from gicodec.format.lattice import (
    Shapes,
    angle_levels,
    energy_classes,
    nearest_step_code,
    shape_steps,
    step_of,
)
from gicodec.format.laws import COLOR_REACH
from gicodec.format.tree import MARGIN, code_cells
from gicodec.quantize import TRANSFORM

_TRANSFORM = torch.tensor(TRANSFORM, dtype=torch.float32)


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

    def settle_classes(self) -> None:
        """Fix the energy classes, and D at one that a file can name."""
        self.step = step_of(nearest_step_code(self.step))
        self.classes = torch.from_numpy(energy_classes(_whole(self.rounded_colors()).T))

    def rounded(self) -> Rounded:
        """Round everything."""
        if self.classes is None:
            classes = energy_classes(_whole(self.rounded_colors()).T)
        else:
            classes = self.classes.numpy().copy()
        shapes, sizes, elongations, angles = self.shapes(classes)
        columns, rows = shapes.nearest_places(self.values[:, : Y + 1].double().numpy())
        return Rounded(classes, self.color_symbols(classes), sizes, elongations, angles, columns, rows)

    def settle(self, rounded: Rounded) -> None:
        """Take what is rounded for the values, and its classes for good."""
        self.values, self.classes = rounded.values(self.step), torch.from_numpy(rounded.classes)

    def payload(self, header: Header) -> Payload:
        """Round everything, and put it in the order of the cells."""
        rounded = self.rounded()
        most = np.array([header.width, header.height]) + MARGIN - 1
        centers = rounded.shapes().centers(rounded.columns, rounded.rows)
        points = np.clip(np.floor(centers), -MARGIN, most).astype(np.int64)
        cells, order = code_cells(SymbolWriter(), len(points), header.width, header.height, points)
        r = rounded.take(order)
        rows = _into_range(r.rows, *r.shapes().rows_in(cells))
        columns = _into_range(r.columns, *r.shapes().columns_in(cells, rows))
        step = nearest_step_code(self.step)
        none = np.zeros((2, len(r)), np.int64)
        places = columns, rows
        return Payload(
            step, cells, r.classes, r.colors.T, r.sizes, r.elongations, r.angles, *places, none, none
        )

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
        r = np.hypot(values[:, U], values[:, V])
        return into_range(classes, _round(values[:, SIZE] / steps), _round(r / steps))

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


def _round(values: NDArray[np.float64]) -> Symbols:
    return np.rint(values).astype(np.int64)
