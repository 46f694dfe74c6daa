"""Growth where the error is, and filters that widen what is new (GaussianImage++, AAAI 2026, section 3)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

FIRST_SHARE = 0.5  # of the Gaussians are there from the start
GROWTH_EVERY, GROWTH_SHARE = 0.1, 0.2  # of the schedule; of all Gaussians, as many as are added then
REST_AT = 0.9  # of the schedule all that are missing come, or at the end of a warm-up
MAX_FILTER = 300.0  # pixels^2


class Densification:
    """When how many of n Gaussians come, over a schedule of so many iterations."""

    def __init__(self, n: int, n_iterations: int) -> None:
        self._n = n
        self._period = max(1, round(GROWTH_EVERY * n_iterations))
        self.rest_at = round(REST_AT * n_iterations)
        """The iteration before which all that are missing come."""

    def n_first(self) -> int:
        """Return how many there are from the start."""
        return math.ceil(FIRST_SHARE * self._n)

    def n_new(self, iteration: int, n_present: int) -> int:
        """Return how many come before an iteration."""
        n_missing = max(0, self._n - n_present)
        if iteration == self.rest_at:
            return n_missing
        comes = iteration > 0 and iteration % self._period == 0
        return min(n_missing, math.ceil(GROWTH_SHARE * self._n)) if comes else 0


def worst_pixels(residual: Tensor, n: int) -> Tensor:
    """Return the centers [n, 2] of the pixels where a residual [C, H, W] is largest, in absolute value."""
    width = residual.shape[2]
    index = residual.abs().sum(dim=0).flatten().topk(n).indices
    return torch.stack([index % width, index // width], dim=1) + 0.5


def filter_variance(n_pixels: int, n_present: int) -> float:
    """Return what is added to the variances of a new Gaussian, pixels^2: 3 of its sigmas cover its share."""
    return min(n_pixels / (9 * math.pi * n_present), MAX_FILTER)
