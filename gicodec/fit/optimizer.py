"""Adam (Kingma and Ba, arXiv:1412.6980), one rate per column, centers in units of their Gaussians."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gicodec.fit.parameters import COLOR, SIZE, limit_elongation, root_covariances

BETA1, BETA2 = 0.9, 0.99
CENTER_RATE = 0.1  # standard deviations
SHAPE_RATE = 0.03  # of m, u, v: 3 % of a size
COLOR_RATE = 0.006  # of the range of a sample


class Moments:
    """Adam's running mean and square of a gradient, row by row."""

    def __init__(self, like: Tensor) -> None:
        self._mean, self._square = torch.zeros_like(like), torch.zeros_like(like)
        self._n_steps = 0

    def direction(self, gradient: Tensor) -> Tensor:
        """Take in a gradient; return mean over root of square, before their correction."""
        self._n_steps += 1
        self._mean.lerp_(gradient, 1 - BETA1)
        self._square.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
        return self._mean / self._square.sqrt().add_(1e-12)

    def corrected(self, rate: float) -> float:
        """Return a rate times the correction for the moments' start at zero."""
        return rate * math.sqrt(1 - BETA2**self._n_steps) / (1 - BETA1**self._n_steps)

    def keep(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N]."""
        self._mean, self._square = self._mean[rows], self._square[rows]

    def add(self, rows: Tensor) -> None:
        """Append moments of zero for new rows [K, columns]."""
        fresh = torch.zeros_like(rows)
        self._mean = torch.cat([self._mean, fresh])
        self._square = torch.cat([self._square, fresh])


class Optimizer:
    """Parameters [N, 5 + C] and their moments; rows come and go.

    A center moves by Sigma^(1/2) z, and z is what Adam sees: the natural metric of DESIGN section 2, in which
    a small or thin Gaussian is as easy to move by its own width as a large one.
    """

    def __init__(self, parameters: Tensor) -> None:
        n_channels = parameters.shape[1] - COLOR
        self.parameters = parameters
        self._moments = Moments(parameters)
        self._rates = parameters.new_tensor([CENTER_RATE] * 2 + [SHAPE_RATE] * 3 + [COLOR_RATE] * n_channels)

    def step(self, gradient: Tensor, rate: float) -> None:
        """Take one step against the gradient [N, 5 + C], all rates times ``rate``."""
        roots = root_covariances(self.parameters)
        multiply_centers(gradient, roots)
        change = self._moments.direction(gradient)
        change.mul_(self._rates * self._moments.corrected(rate))
        multiply_centers(change, roots)
        self.parameters.sub_(change)
        limit_elongation(self.parameters)

    def keep(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N]."""
        self.parameters = self.parameters[rows]
        self._moments.keep(rows)

    def add(self, rows: Tensor) -> None:
        """Append rows [K, 5 + C]."""
        self.parameters = torch.cat([self.parameters, rows])
        self._moments.add(rows)


def multiply_centers(rows: Tensor, symmetric: tuple[Tensor, Tensor, Tensor]) -> None:
    """Multiply the center columns by symmetric matrices (xx, xy, yy), in place."""
    xx, xy, yy = symmetric
    x, y = rows[:, :SIZE].unbind(1)
    new_x, new_y = xx * x + xy * y, xy * x + yy * y
    rows[:, 0], rows[:, 1] = new_x, new_y
