"""Adan (Xie et al., arXiv:2208.06677, algorithm 1), without weight decay: Adam with Nesterov's look ahead."""

from __future__ import annotations

import torch
from torch import Tensor

BETAS = 0.98, 0.92, 0.99  # what is kept of the means of gradient, of its change, and of their square
EPSILON = 1e-8


class Adan:
    """The running means of a gradient [N, K], row by row: as ``Adam``."""

    def __init__(self, like: Tensor) -> None:
        self._mean, self._change, self._square = (torch.zeros_like(like) for _ in range(3))
        self._last: Tensor | None = None
        self._n_steps = 0

    def move(self, gradient: Tensor, rate: float) -> Tensor:
        """Take in a gradient [N, K]; return the step [N, K] to subtract."""
        beta1, beta2, beta3 = BETAS
        change = torch.zeros_like(gradient) if self._last is None else gradient - self._last
        self._last = gradient
        self._n_steps += 1
        self._mean.lerp_(gradient, 1 - beta1)
        self._change.lerp_(change, 1 - beta2)
        ahead = gradient + beta2 * change
        self._square.mul_(beta3).addcmul_(ahead, ahead, value=1 - beta3)
        mean, change, square = (
            total / (1 - beta**self._n_steps)
            for total, beta in zip((self._mean, self._change, self._square), BETAS, strict=True)
        )
        return rate * (mean + beta2 * change) / (square.sqrt() + EPSILON)

    def keep_rows(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N]."""
        self._mean, self._change, self._square = (t[rows] for t in (self._mean, self._change, self._square))
        self._last = None if self._last is None else self._last[rows]

    def add_rows(self, rows: Tensor) -> None:
        """Append means of zero, as many as in new rows [n, K]."""
        fresh = torch.zeros_like(rows)
        self._mean, self._change, self._square = (
            torch.cat([t, fresh]) for t in (self._mean, self._change, self._square)
        )
        self._last = None if self._last is None else torch.cat([self._last, fresh])
