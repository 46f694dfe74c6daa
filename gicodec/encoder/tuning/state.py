"""The Gaussians while they are tuned: energy-normalized colors, and the symbols that they are rounded to.

A state is an array [N, 12] with the columns of parameters.py, but with alpha = T c exp(m) in place of the
colors, and A and B times exp(m) / WAVE_SCALE: in steps of D the squares of all five are a Gaussian's energy.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gicodec.fit.parameters import (
    AMPLITUDES,
    COLOR,
    FREQUENCIES,
    SIZE,
    WAVE,
    Mask,
    U,
    V,
    Y,
    all_but,
    limit_length,
    to_gaussians,
)
from gicodec.format import GsiPayload, Header
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.gsi.cells import MARGIN, code_cells
from gicodec.format.gsi.head import nearest_step_code, step_of
from gicodec.format.gsi.lattice import Shapes, energy_classes
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.gaussians import Gaussians
from gicodec.quantize import (
    TRANSFORM,
    WAVE_SCALE,
    clip_coefficients,
    quantize,
    quantize_angles,
    quantize_sizes,
    wave_frequencies,
)
from gicodec.render.cpu import Array

_TRANSFORM = TRANSFORM.astype(np.float32)


def to_state(parameters: Array) -> Array:
    """Normalize the colors and the amplitudes of parameters [N, 12]."""
    values, gain = parameters.copy(), np.exp(parameters[:, SIZE : SIZE + 1])
    values[:, COLOR:] = parameters[:, COLOR:] @ _TRANSFORM.T * gain
    values[:, AMPLITUDES] *= gain / WAVE_SCALE
    return values


def to_parameters(values: Array) -> Array:
    """Give them back their size: the mirror of :func:`to_state`."""
    parameters, gain = values.copy(), np.exp(-values[:, SIZE : SIZE + 1])
    parameters[:, COLOR:] = values[:, COLOR:] @ _TRANSFORM * gain
    parameters[:, AMPLITUDES] *= gain * WAVE_SCALE
    return parameters


def to_state_gradient(values: Array, parameters: Array, gradient: Array) -> Array:
    """Turn a gradient by parameters into one by the state; the energy is held while m moves."""
    result, gain = gradient.copy(), np.exp(-values[:, SIZE : SIZE + 1])
    result[:, COLOR:] = gradient[:, COLOR:] @ _TRANSFORM.T * gain
    result[:, AMPLITUDES] *= gain * WAVE_SCALE
    for columns in (slice(COLOR, None), AMPLITUDES):
        result[:, SIZE] -= (gradient[:, columns] * parameters[:, columns]).sum(axis=1)
    return result


def limit_length_of(values: Array, longest: float) -> None:
    """Do what ``parameters.limit_length`` does to a state's values [N, 12]: the colors stay."""
    before = values[:, SIZE : SIZE + 1].copy()
    limit_length(values, longest)
    gain = np.exp(values[:, SIZE : SIZE + 1] - before)
    values[:, COLOR:] *= gain
    values[:, AMPLITUDES] *= gain


def coefficients_of(values: Array) -> Array:
    """Return the colors and the amplitudes [N, 5] of a state [N, 12], the squares of which are an energy."""
    return np.concatenate([values[:, COLOR:], values[:, AMPLITUDES]], axis=1)


class State:
    """N Gaussians under way to a lattice of step D; their energy classes follow their coefficients."""

    def __init__(self, values: Array, step: float) -> None:
        self.values, self.step = values, step

    def classes(self) -> IntArray:
        """Return the energy classes [N]."""
        return energy_classes(_whole(self.rounded_coefficients()).T)

    def gaussians(self) -> Gaussians:
        """Return the Gaussians that the values stand for, not rounded."""
        return to_gaussians(to_parameters(self.values))

    def take(self, rows: Mask) -> State:
        """Return a state of some rows."""
        return State(self.values[rows], self.step)

    def without(self, rows: NDArray[np.intp]) -> State:
        """Return a state without some rows [K]; the cells of the others may grow."""
        return self.take(all_but(len(self.values), rows))

    def at_step(self, step: float) -> State:
        """Return the same values, nothing frozen, for another D."""
        return State(self.values.copy(), step)

    def freeze_classes(self) -> FrozenState:
        """Fix the energy classes, and D at one that a file can name."""
        nearest = State(self.values, step_of(nearest_step_code(self.step)))
        return FrozenState(nearest.values, nearest.step, nearest.classes())

    def coefficients(self) -> Array:
        """Return the colors and the amplitudes [N, 5], the squares of which are a Gaussian's energy."""
        return coefficients_of(self.values)

    def rounded_coefficients(self) -> Array:
        """Return them in whole steps."""
        return np.asarray(np.rint(self.coefficients() / np.float32(self.step)))

    def drop_waves(self, rows: Mask) -> None:
        """Take the waves of some rows, a mask [N], away."""
        self.values[rows, WAVE] = 0.0

    def rounded(self) -> QuantizedGaussians:
        """Round everything."""
        values = self.values.astype(np.float64)
        coefficients, shapes = _whole(self.rounded_coefficients()), self._shapes()
        return quantize(self.classes(), coefficients, values[:, : Y + 1], shapes, values[:, FREQUENCIES])

    def payload(self, header: Header) -> GsiPayload:
        """Round everything, and put it in the order of the cells."""
        rounded = self.rounded()
        most = np.array([header.width, header.height]) + MARGIN - 1
        points = np.clip(np.floor(rounded.centers()), -MARGIN, most).astype(np.int64)
        cells, order = code_cells(None, len(points), header.width, header.height, points)
        ordered = rounded.take(order)
        shapes = ordered.shapes()
        columns, rows = nearest_in_cells(shapes, cells, ordered.columns, ordered.rows)
        colors = ordered.colors[:, : header.channels]  # gray ones have luminance only
        placed = replace(ordered, colors=colors, columns=columns, rows=rows)
        return GsiPayload(nearest_step_code(self.step), cells, placed)

    def shapes(self, classes: IntArray) -> tuple[Shapes, IntArray, IntArray, IntArray]:
        """Return the rounded shapes, and the symbols of m, r and the angle."""
        sizes, elongations = self.shape_symbols(classes)
        angles = self.angle_symbols(classes, elongations)
        return Shapes.of(classes, sizes, elongations, angles), sizes, elongations, angles

    def coefficient_symbols(self, classes: IntArray) -> tuple[IntArray, IntArray]:
        """Return the colors [N, 3] and amplitudes [N, 2] in steps, within what their class can have."""
        return clip_coefficients(classes, _whole(self.rounded_coefficients()))

    def shape_symbols(self, classes: IntArray) -> tuple[IntArray, IntArray]:
        """Return m and r in steps, [N]."""
        log_sizes, log_elongations, _ = self._shapes()
        return quantize_sizes(classes, log_sizes, log_elongations)

    def angle_symbols(self, classes: IntArray, elongations: IntArray) -> IntArray:
        """Return the angles in steps, [N]."""
        return quantize_angles(classes, elongations, self._shapes()[2])

    def _shapes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return m, r and twice the angles, radians, [N] each."""
        values = self.values.astype(np.float64)
        u, v = values[:, U], values[:, V]
        return values[:, SIZE], np.hypot(u, v), np.arctan2(v, u)


def values_of(rounded: QuantizedGaussians, step: float) -> Array:
    """Return what a State of step D holds where nothing is left to round: [N, 9 + C]."""
    r, turns = rounded.log_elongations(), rounded.turns()
    shapes = rounded.log_sizes(), r * np.cos(turns), r * np.sin(turns)
    waves = rounded.amplitudes * step, wave_frequencies(rounded)
    columns = rounded.centers(), *shapes, *waves, rounded.colors * step
    return np.column_stack(columns).astype(np.float32)


class FrozenState(State):
    """N Gaussians whose D and energy classes are decided, while their attributes are rounded one by one."""

    def __init__(self, values: Array, step: float, classes: IntArray) -> None:
        super().__init__(values, step)
        self._classes = classes

    def classes(self) -> IntArray:
        """Return a copy of the energy classes [N]."""
        return self._classes.copy()

    def take(self, rows: Mask) -> FrozenState:
        """Return a state of some rows."""
        return FrozenState(self.values[rows], self.step, self._classes[rows])

    def assign(self, rounded: QuantizedGaussians) -> None:
        """Take other values and classes, all rounded, in place of these."""
        self.values, self._classes = values_of(rounded, self.step), rounded.classes


def _whole(values: Array) -> IntArray:
    return values.astype(np.int64)


def nearest_in_cells(
    shapes: Shapes, cells: IntArray, columns: IntArray, rows: IntArray
) -> tuple[IntArray, IntArray]:
    """Move places [N] that rounding, or the picture's edge, has put beside their cells [N, 4] into them."""
    first, count = shapes.rows_in(cells)
    rows = np.clip(rows, first, first + count - 1)
    first, count = shapes.columns_in(cells, rows)
    return np.clip(columns, first, first + count - 1), rows
