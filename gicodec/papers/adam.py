"""Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1), for rows that come and go."""

from __future__ import annotations

import math

import torch
from torch import Tensor

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-15


class Adam:
    """The running mean and square of a gradient [N, K], row by row."""

    def __init__(self, like: Tensor) -> None:
        self._mean, self._square = torch.zeros_like(like), torch.zeros_like(like)
        self._n_steps = 0

    def move(self, gradient: Tensor, rate: float) -> Tensor:
        """Take in a gradient [N, K]; return the step [N, K] to subtract."""
        self._n_steps += 1
        rate *= math.sqrt(1 - BETA2**self._n_steps) / (1 - BETA1**self._n_steps)
        self._mean.lerp_(gradient, 1 - BETA1)
        self._square.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
        return self._mean / self._square.sqrt().add_(EPSILON) * rate

    def keep_rows(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N]."""
        self._mean, self._square = self._mean[rows], self._square[rows]

    def add_rows(self, rows: Tensor) -> None:
        """Append means of zero, as many as in new rows [n, K]."""
        fresh = torch.zeros_like(rows)
        self._mean, self._square = torch.cat([self._mean, fresh]), torch.cat([self._square, fresh])
