"""The Gaussians while they are tuned: energy-normalized colors, and the symbols that they are rounded to.

A state is a tensor [N, 12] with the columns of parameters.py, but with alpha = T c exp(m) in place of the
colors, and A and B times exp(m) / WAVE_SCALE: in steps of D the squares of all five are a Gaussian's energy.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.encoder.tuning.rounded import Rounded, into_range
from gicodec.fit.parameters import AMPLITUDES, COLOR, FREQUENCIES, SIZE, WAVE, U, V, Y, all_but
from gicodec.format import GsiPayload, Header
from gicodec.format.arrays import IntArray
from gicodec.format.gsi.cells import MARGIN, code_cells
from gicodec.format.gsi.colors import color_shifts
from gicodec.format.gsi.lattice import (
    Shapes,
    angle_levels,
    energy_classes,
    nearest_step_code,
    shape_steps,
    step_of,
)
from gicodec.format.gsi.priors import COLOR_REACH
from gicodec.quantize import TRANSFORM, WAVE_SCALE


@cache
def _transform(device: torch.device) -> Tensor:
    return torch.tensor(TRANSFORM, dtype=torch.float32, device=device)


def to_state(parameters: Tensor) -> Tensor:
    """Normalize the colors and the amplitudes of parameters [N, 12]."""
    values, gain = parameters.clone(), parameters[:, SIZE : SIZE + 1].exp()
    values[:, COLOR:] = parameters[:, COLOR:] @ _transform(values.device).T * gain
    values[:, AMPLITUDES] *= gain / WAVE_SCALE
    return values


def to_parameters(values: Tensor) -> Tensor:
    """Give them back their size: the mirror of :func:`to_state`."""
    parameters, gain = values.clone(), (-values[:, SIZE : SIZE + 1]).exp()
    parameters[:, COLOR:] = values[:, COLOR:] @ _transform(values.device) * gain
    parameters[:, AMPLITUDES] *= gain * WAVE_SCALE
    return parameters


def to_state_gradient(values: Tensor, parameters: Tensor, gradient: Tensor) -> Tensor:
    """Turn a gradient by parameters into one by the state; the energy is held while m moves."""
    result, gain = gradient.clone(), (-values[:, SIZE : SIZE + 1]).exp()
    result[:, COLOR:] = gradient[:, COLOR:] @ _transform(values.device).T * gain
    result[:, AMPLITUDES] *= gain * WAVE_SCALE
    for columns in (slice(COLOR, None), AMPLITUDES):
        result[:, SIZE] -= (gradient[:, columns] * parameters[:, columns]).sum(dim=1)
    return result


class State:
    """N Gaussians under way to a lattice of step D; their energy classes follow their coefficients."""

    def __init__(self, values: Tensor, step: float) -> None:
        self.values, self.step = values, step

    def classes(self) -> IntArray:
        """Return the energy classes [N]."""
        return energy_classes(_whole(self.rounded_coefficients()).T)

    def take(self, rows: Tensor) -> State:
        """Return a state of some rows, a mask [N]."""
        return State(self.values[rows], self.step)

    def without(self, rows: Tensor) -> State:
        """Return a state without some rows [K]; the cells of the others may grow."""
        return self.take(all_but(len(self.values), rows))

    def at_step(self, step: float) -> State:
        """Return the same values, nothing frozen, for another D."""
        return State(self.values.clone(), step)

    def freeze_classes(self) -> FrozenState:
        """Fix the energy classes, and D at one that a file can name."""
        nearest = State(self.values, step_of(nearest_step_code(self.step)))
        return FrozenState(nearest.values, nearest.step, nearest.classes())

    def coefficients(self) -> Tensor:
        """Return the colors and the amplitudes [N, 5], the squares of which are a Gaussian's energy."""
        return torch.cat([self.values[:, COLOR:], self.values[:, AMPLITUDES]], dim=1)

    def rounded_coefficients(self) -> Tensor:
        """Return them in whole steps."""
        return (self.coefficients() / self.step).round()

    def drop_waves(self, rows: Tensor) -> None:
        """Take the waves of some rows, a mask [N], away."""
        self.values[rows, WAVE] = 0.0

    def rounded(self) -> Rounded:
        """Round everything."""
        classes = self.classes()
        shapes, sizes, elongations, angles = self.shapes(classes)
        columns, rows = shapes.nearest_places(self.values[:, : Y + 1].double().numpy())
        colors, amplitudes = self.coefficient_symbols(classes)
        rounded = Rounded(
            classes,
            colors,
            sizes,
            elongations,
            angles,
            columns,
            rows,
            amplitudes,
            energy_classes(amplitudes.T),
            np.zeros_like(amplitudes),
        )
        return rounded.with_frequencies(self.values[:, FREQUENCIES].double().numpy())

    def payload(self, header: Header) -> GsiPayload:
        """Round everything, and put it in the order of the cells."""
        rounded = self.rounded()
        most = np.array([header.width, header.height]) + MARGIN - 1
        centers = rounded.shapes().centers(rounded.columns, rounded.rows)
        points = np.clip(np.floor(centers), -MARGIN, most).astype(np.int64)
        cells, order = code_cells(None, len(points), header.width, header.height, points)
        r = rounded.take(order)
        rows = _into_range(r.rows, *r.shapes().rows_in(cells))
        columns = _into_range(r.columns, *r.shapes().columns_in(cells, rows))
        step = nearest_step_code(self.step)
        shapes, waves = (r.sizes, r.elongations, r.angles), (r.amplitudes.T, r.frequencies.T)
        return GsiPayload(step, cells, r.classes, r.colors.T, *shapes, columns, rows, *waves)

    def shapes(self, classes: IntArray) -> tuple[Shapes, IntArray, IntArray, IntArray]:
        """Return the rounded shapes, and the symbols of m, r and the angle."""
        sizes, elongations = self.shape_symbols(classes)
        angles = self.angle_symbols(classes, elongations)
        return Shapes.of(classes, sizes, elongations, angles), sizes, elongations, angles

    def coefficient_symbols(self, classes: IntArray) -> tuple[IntArray, IntArray]:
        """Return the colors [N, 3] and amplitudes [N, 2] in steps, within what their class can have."""
        reach = COLOR_REACH << color_shifts(classes)[:, None]
        coefficients = np.clip(_whole(self.rounded_coefficients()), -reach, reach)
        return coefficients[:, :-2], coefficients[:, -2:]

    def shape_symbols(self, classes: IntArray) -> tuple[IntArray, IntArray]:
        """Return m and r in steps, [N]."""
        steps = shape_steps(classes)
        values = self.values.double().numpy()
        r = np.hypot(values[:, U], values[:, V])
        return into_range(classes, _round(values[:, SIZE] / steps), _round(r / steps))

    def angle_symbols(self, classes: IntArray, elongations: IntArray) -> IntArray:
        """Return the angles in steps, [N]."""
        levels = angle_levels(classes, elongations)
        values = self.values.double().numpy()
        return _round(np.arctan2(values[:, V], values[:, U]) / (2 * np.pi) * levels) % levels


class FrozenState(State):
    """N Gaussians whose D and energy classes are decided, while their attributes are rounded one by one."""

    def __init__(self, values: Tensor, step: float, classes: IntArray) -> None:
        super().__init__(values, step)
        self._classes = classes

    def classes(self) -> IntArray:
        """Return a copy of the energy classes [N]."""
        return self._classes.copy()

    def take(self, rows: Tensor) -> FrozenState:
        """Return a state of some rows, a mask [N]."""
        return FrozenState(self.values[rows], self.step, self._classes[rows.numpy()])

    def assign(self, rounded: Rounded) -> None:
        """Take other values and classes, all rounded, in place of these."""
        self.values, self._classes = rounded.values(self.step), rounded.classes


def _whole(values: Tensor) -> IntArray:
    return values.long().numpy()


def _into_range(values: IntArray, first: IntArray, count: IntArray) -> IntArray:
    """Move what rounding, or the edge of the picture, has put beside its cell into it."""
    return np.clip(values, first, first + count - 1)


def _round(values: NDArray[np.float64]) -> IntArray:
    return np.rint(values).astype(np.int64)
