"""Adam (Kingma and Ba, arXiv:1412.6980), one rate per column, in units of the Gaussians."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gicodec.fit.frozen import Frozen
from gicodec.fit.parameters import (
    AMPLITUDES,
    COLOR,
    KX,
    KY,
    SIZE,
    WAVE,
    A,
    Mask,
    U,
    X,
    Y,
    inverse_roots,
    keep_phases,
    limit_elongation,
    limit_frequency,
    root_covariances,
)
from gicodec.render.cpu import Array

BETA1, BETA2, EPSILON = 0.9, 0.99, 1e-12
CENTER_RATE = 0.1  # standard deviations
SHAPE_RATE = 0.03  # of m, u, v: 3 % of a size
COLOR_RATE = 0.006  # of the range of a sample; waves' amplitudes too
FREQUENCY_RATE = 0.1  # radians per standard deviation


class Moments:
    """Adam's running mean and square of a gradient [N, K], row by row."""

    def __init__(self, like: Array) -> None:
        """Begin with zeros, as many as in ``like``."""
        self.mean, self.square = np.zeros_like(like), np.zeros_like(like)
        self.n_steps = 0

    def begin_step(self, rate: float) -> float:
        """Count a step; return a rate times the correction for the moments' start at zero."""
        self.n_steps += 1
        return rate * math.sqrt(1 - BETA2**self.n_steps) / (1 - BETA1**self.n_steps)

    def move(self, gradient: Array, rate: float) -> Array:
        """Take in a gradient [N, K]; return the step [N, K] to subtract."""
        rate = self.begin_step(rate)
        self.mean += (1 - BETA1) * (gradient - self.mean)
        self.square += (1 - BETA2) * (np.square(gradient) - self.square)
        return np.asarray(rate * self.mean / (np.sqrt(self.square) + EPSILON), gradient.dtype)

    def keep_rows(self, rows: NDArray[Any]) -> None:
        """Drop all rows but these: a mask [N], or indices, which also order them."""
        self.mean, self.square = self.mean[rows], self.square[rows]

    def forget_waves(self, rows: Mask) -> None:
        """Begin anew with the waves of some rows: a mask [N]."""
        self.mean[rows, WAVE], self.square[rows, WAVE] = 0.0, 0.0

    def add_rows(self, rows: Array) -> None:
        """Append moments of zero, as many as in new rows [n, K]."""
        fresh = np.zeros_like(rows)
        self.mean, self.square = np.concatenate([self.mean, fresh]), np.concatenate([self.square, fresh])


class Preconditioner:
    """Moves by which a Gaussian changes as much, whatever its shape: the natural metric of DESIGN section 2.

    A center moves by Sigma^(1/2) z, a frequency by Sigma^(-1/2) z, and z is what Adam sees: a small or thin
    Gaussian is as easy to move by its own width as a large one.
    """

    def __init__(self, parameters: Array, *, waves: bool) -> None:
        """Take the shapes of parameters [N, 9 + C]; without waves frequencies are left alone."""
        roots = root_covariances(parameters)
        self._roots = [((X, Y), roots)]
        if waves:
            self._roots.append(((KX, KY), inverse_roots(parameters, roots)))

    def apply(self, rows: Array) -> None:
        """Take gradients [N, 9 + C] to those by z, or changes of z to those they make, in place."""
        for (first, second), (xx, xy, yy) in self._roots:
            x, y = rows[:, first].copy(), rows[:, second].copy()
            rows[:, first], rows[:, second] = xx * x + xy * y, xy * x + yy * y


@dataclass(frozen=True)
class Motion:
    """How rows may move."""

    rates: Array
    """Of z and of what is not preconditioned, for each column [9 + C]."""
    largest_gain: float | None = None
    """Colors and amplitudes move exp(m) times as fast, up to so much; None: they do not."""
    limits: tuple[float, ...] | None = None
    """Lowest and highest m, x and y; None for none."""
    frozen: Frozen | None = None
    """What stays; None for nothing."""

    def rates_of(self, values: Array) -> Array:
        """Return the rates of values [N, 9 + C], for each column or each value."""
        if self.largest_gain is None:
            return self.rates
        rates = np.tile(self.rates, (len(values), 1))
        gain = np.minimum(np.exp(values[:, SIZE : SIZE + 1]), np.float32(self.largest_gain))
        rates[:, AMPLITUDES] *= gain
        rates[:, COLOR:] *= gain
        return rates


def adam_step(
    values: Array, gradient: Array, moments: Moments, motion: Motion, rate: float, *, waves: bool
) -> None:
    """Move values [N, 9 + C] against a gradient, in place, and bring them to their limits.

    The colors and amplitudes of the values may be in any unit: nothing but the rates depends on it.

    Args:
        values: Columns as in parameters.py.
        gradient: [N, 9 + C] by the values; overwritten.
        moments: Of the preconditioned gradients so far.
        motion: How they may move.
        rate: Times all rates.
        waves: Whether any value has a wave; without, the step is faster.
    """
    metric, before = Preconditioner(values, waves=waves), values[:, U:A].copy()
    metric.apply(gradient)
    change = moments.move(gradient, rate) * motion.rates_of(values)
    metric.apply(change)
    if motion.frozen is not None:
        held = motion.frozen.values_of(values)
        change[held] = 0
    if waves:
        keep_phases(values, -change[:, :SIZE])
    values -= change
    limit_elongation(values)
    if waves:
        limit_frequency(values)
    if motion.limits is not None:
        for column, low, high in zip((SIZE, X, Y), motion.limits[::2], motion.limits[1::2], strict=True):
            free = slice(None) if motion.frozen is None else ~held[:, column]  # rounding may be beyond
            values[free, column] = np.clip(values[free, column], np.float32(low), np.float32(high))
    if motion.frozen is not None:
        motion.frozen.hold_shapes(values, before)
