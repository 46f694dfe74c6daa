"""Adam (Kingma and Ba, arXiv:1412.6980), one rate per column, in units of the Gaussians."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gicodec.fit.parameters import (
    COLOR,
    KX,
    KY,
    SIZE,
    WAVE,
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
        self._mean, self._square = torch.zeros_like(like), torch.zeros_like(like)
        (self._beta1, self._beta2), self._epsilon = betas, epsilon
        self._n_steps = 0

    def direction(self, gradient: Tensor) -> Tensor:
        """Take in a gradient [N, K]; return mean over root of square [N, K], before their correction."""
        self._n_steps += 1
        self._mean.lerp_(gradient, 1 - self._beta1)
        self._square.mul_(self._beta2).addcmul_(gradient, gradient, value=1 - self._beta2)
        return self._mean / self._square.sqrt().add_(self._epsilon)

    def corrected(self, rate: float) -> float:
        """Return a rate times the correction for the moments' start at zero, after direction()."""
        return rate * math.sqrt(1 - self._beta2**self._n_steps) / (1 - self._beta1**self._n_steps)

    def move(self, gradient: Tensor, rate: float) -> Tensor:
        """Take in a gradient [N, K]; return the step [N, K] to subtract."""
        return self.direction(gradient) * self.corrected(rate)

    def keep_rows(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N], or indices, which also order them."""
        self._mean, self._square = self._mean[rows], self._square[rows]

    def to(self, device: torch.device) -> None:
        """Move to a device."""
        self._mean, self._square = self._mean.to(device), self._square.to(device)

    def forget_waves(self, rows: Tensor) -> None:
        """Begin anew with the waves of some rows: a mask [N]."""
        self._mean[rows, WAVE], self._square[rows, WAVE] = 0.0, 0.0

    def add_rows(self, rows: Tensor) -> None:
        """Append moments of zero, as many as in new rows [n, K]."""
        fresh = torch.zeros_like(rows)
        self._mean = torch.cat([self._mean, fresh])
        self._square = torch.cat([self._square, fresh])


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


def adam_step(
    values: Tensor,
    gradient: Tensor,
    moments: Moments,
    rates: Tensor,
    rate: float,
    *,
    waves: bool,
    frozen: Tensor | None = None,
) -> None:
    """Move values [N, 9 + C] against a gradient, in place, and bring their shapes and frequencies to limits.

    The colors and amplitudes of the values may be in any unit: nothing but the rates depends on it.

    Args:
        values: Columns as in parameters.py.
        gradient: [N, 9 + C] by the values; overwritten.
        moments: Of the preconditioned gradients so far.
        rates: Of z and what is not preconditioned, of each column [9 + C] or each value [N, 9 + C].
        rate: Times all rates.
        waves: Whether any value has a wave; without, the step is faster.
        frozen: Mask [N, 9 + C] of what stays.
    """
    metric = Preconditioner(values, waves=waves)
    metric.apply(gradient)
    change, rate = moments.direction(gradient), moments.corrected(rate)
    if rates.ndim == 1:
        change.mul_(rates * rate)
    else:  # the other way round: the order decides the last bits, and so the bytes of a file
        change.mul_(rate).mul_(rates)
    metric.apply(change)
    if frozen is not None:
        change.masked_fill_(frozen, 0)
    if waves:
        keep_phases(values, -change[:, :SIZE])
    values.sub_(change)
    limit_elongation(values)
    if waves:
        limit_frequency(values)


class Optimizer:
    """Parameters [N, 9 + C] and their moments; rows come and go."""

    def __init__(self, parameters: Tensor) -> None:
        n_channels = parameters.shape[1] - COLOR
        self.parameters = parameters
        self._moments = Moments(parameters)
        rates = [CENTER_RATE] * 2 + [SHAPE_RATE] * 3 + [COLOR_RATE] * 2 + [FREQUENCY_RATE] * 2
        self._rates = parameters.new_tensor(rates + [COLOR_RATE] * n_channels)

    def to(self, device: torch.device) -> None:
        """Move everything to a device."""
        self.parameters, self._rates = self.parameters.to(device), self._rates.to(device)
        self._moments.to(device)

    def step(self, gradient: Tensor, rate: float, *, waves: bool) -> None:
        """Take one step against the gradient [N, 9 + C], all rates times ``rate``; faster without waves."""
        adam_step(self.parameters, gradient, self._moments, self._rates, rate, waves=waves)

    def keep_rows(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N], or indices [K], which also order them."""
        self.parameters = self.parameters[rows]
        self._moments.keep_rows(rows)

    def add_rows(self, rows: Tensor) -> None:
        """Append rows [n, 9 + C]."""
        self.parameters = torch.cat([self.parameters, rows])
        self._moments.add_rows(rows)

    def set_waves(self, rows: Tensor, waves: Tensor) -> None:
        """Give some rows, a mask [N], waves [K, 4] or one [4]; of zeros to take theirs away."""
        self.parameters[rows, WAVE] = waves
        self._moments.forget_waves(rows)
