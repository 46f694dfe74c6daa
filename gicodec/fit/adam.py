"""Adam (Kingma and Ba, arXiv:1412.6980), one rate per column, in units of the Gaussians."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gicodec.fit.frozen import Frozen
from gicodec.fit.parameters import (
    AMPLITUDES,
    COLOR,
    KX,
    KY,
    SIZE,
    WAVE,
    A,
    U,
    X,
    Y,
    inverse_roots,
    keep_phases,
    limit_elongation,
    limit_frequency,
    root_covariances,
)

BETA1, BETA2 = 0.9, 0.99
CENTER_RATE = 0.1  # standard deviations
SHAPE_RATE = 0.03  # of m, u, v: 3 % of a size
COLOR_RATE = 0.006  # of the range of a sample; waves' amplitudes too
FREQUENCY_RATE = 0.1  # radians per standard deviation


class Moments:
    """Adam's running mean and square of a gradient [N, K], row by row."""

    def __init__(
        self, like: Tensor, betas: tuple[float, float] = (BETA1, BETA2), epsilon: float = 1e-12
    ) -> None:
        """Begin with zeros, as many as in ``like``."""
        self.mean, self.square = torch.zeros_like(like), torch.zeros_like(like)
        self.betas, self.epsilon = betas, epsilon
        self.n_steps = 0

    def begin_step(self, rate: float) -> float:
        """Count a step; return a rate times the correction for the moments' start at zero."""
        self.n_steps += 1
        return rate * math.sqrt(1 - self.betas[1] ** self.n_steps) / (1 - self.betas[0] ** self.n_steps)

    def move(self, gradient: Tensor, rate: float) -> Tensor:
        """Take in a gradient [N, K]; return the step [N, K] to subtract."""
        rate, (beta1, beta2) = self.begin_step(rate), self.betas
        self.mean.lerp_(gradient, 1 - beta1)
        self.square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        return self.mean / self.square.sqrt().add_(self.epsilon) * rate

    def keep_rows(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N], or indices, which also order them."""
        self.mean, self.square = self.mean[rows], self.square[rows]

    def to(self, device: torch.device) -> None:
        """Move to a device."""
        self.mean, self.square = self.mean.to(device), self.square.to(device)

    def forget_waves(self, rows: Tensor) -> None:
        """Begin anew with the waves of some rows: a mask [N]."""
        self.mean[rows, WAVE], self.square[rows, WAVE] = 0.0, 0.0

    def add_rows(self, rows: Tensor) -> None:
        """Append moments of zero, as many as in new rows [n, K]."""
        fresh = torch.zeros_like(rows)
        self.mean = torch.cat([self.mean, fresh])
        self.square = torch.cat([self.square, fresh])


class Preconditioner:
    """Moves by which a Gaussian changes as much, whatever its shape: the natural metric of DESIGN section 2.

    A center moves by Sigma^(1/2) z, a frequency by Sigma^(-1/2) z, and z is what Adam sees: a small or thin
    Gaussian is as easy to move by its own width as a large one.
    """

    def __init__(self, parameters: Tensor, *, waves: bool) -> None:
        """Take the shapes of parameters [N, 9 + C]; without waves frequencies are left alone."""
        roots = root_covariances(parameters)
        self._roots = [((X, Y), roots)]
        if waves:
            self._roots.append(((KX, KY), inverse_roots(parameters, roots)))

    def apply(self, rows: Tensor) -> None:
        """Take gradients [N, 9 + C] to those by z, or changes of z to those they make, in place."""
        for (first, second), (xx, xy, yy) in self._roots:
            x, y = rows[:, first], rows[:, second]
            rows[:, first], rows[:, second] = xx * x + xy * y, xy * x + yy * y


@dataclass(frozen=True)
class Motion:
    """How rows may move."""

    rates: Tensor
    """Of z and of what is not preconditioned, for each column [9 + C]."""
    largest_gain: float | None = None
    """Colors and amplitudes move exp(m) times as fast, up to so much; None: they do not."""
    limits: tuple[float, ...] | None = None
    """Lowest and highest m, x and y; None for none."""
    frozen: Frozen | None = None
    """What stays; None for nothing."""

    def rates_of(self, values: Tensor) -> Tensor:
        """Return the rates of values [N, 9 + C], for each column or each value."""
        if self.largest_gain is None:
            return self.rates
        rates = self.rates.expand_as(values).clone()
        gain = values[:, SIZE : SIZE + 1].exp().clamp(max=self.largest_gain)
        rates[:, AMPLITUDES] *= gain
        rates[:, COLOR:] *= gain
        return rates


def adam_step(
    values: Tensor, gradient: Tensor, moments: Moments, motion: Motion, rate: float, *, waves: bool
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
    metric, before = Preconditioner(values, waves=waves), values[:, U:A].clone()
    metric.apply(gradient)
    change = moments.move(gradient, rate).mul_(motion.rates_of(values))
    metric.apply(change)
    if motion.frozen is not None:
        change.masked_fill_(motion.frozen.values_of(values), 0)
    if waves:
        keep_phases(values, -change[:, :SIZE])
    values.sub_(change)
    limit_elongation(values)
    if waves:
        limit_frequency(values)
    if motion.limits is not None:
        for column, low, high in zip((SIZE, X, Y), motion.limits[::2], motion.limits[1::2], strict=True):
            values[:, column].clamp_(low, high)
    if motion.frozen is not None:
        motion.frozen.hold_shapes(values, before)
