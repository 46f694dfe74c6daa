"""How the papers store centers and covariances: as numbers that may take any value, or nearly any.

GaussianImage (arXiv:2403.08551, section 3.1) squashes centers into the picture, and has two kinds of
covariances; GaussianImage++ takes both as they are.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor

from gicodec.format.records.gaussianimage import BOUND

EDGE = 1e-4  # of the picture: nearer to it the inverse of tanh is not to be trusted


class Parametrization(ABC):
    """Two numbers for a center, three for a covariance; all may be differentiated."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height

    @abstractmethod
    def centers(self, places: Tensor) -> Tensor:
        """Return centers [N, 2], pixels."""

    @abstractmethod
    def places(self, centers: Tensor) -> Tensor:
        """Return the numbers [N, 2]: the mirror of :meth:`centers`."""

    @abstractmethod
    def covariances(self, shapes: Tensor) -> Tensor:
        """Return (xx, xy, yy) [N, 3], pixels^2."""

    @abstractmethod
    def shapes(self, covariances: Tensor) -> Tensor:
        """Return the numbers [N, 3]: the mirror of :meth:`covariances`."""

    def first_shapes(self, n: int, generator: torch.Generator) -> Tensor:
        """Draw the numbers of new Gaussians [n, 3]."""
        return torch.rand(n, 3, generator=generator)


class _Squashed(Parametrization):
    """Centers in the picture, by tanh."""

    def centers(self, places: Tensor) -> Tensor:
        """Return centers [N, 2], pixels."""
        x, y = ((torch.tanh(places) + 1) / 2).unbind(1)
        return torch.stack([x * self._width, y * self._height], dim=1)

    def places(self, centers: Tensor) -> Tensor:
        """Return the numbers [N, 2]."""
        x, y = centers.unbind(1)
        within = torch.stack([2 * x / self._width - 1, 2 * y / self._height - 1], dim=1)
        return torch.atanh(within.clamp(EDGE - 1, 1 - EDGE))


class Cholesky(_Squashed):
    """Sigma = L L^T, with BOUND added to the diagonal of L."""

    def covariances(self, shapes: Tensor) -> Tensor:
        """Return (xx, xy, yy) [N, 3]."""
        l1, l2, l3 = shapes[:, 0] + BOUND, shapes[:, 1], shapes[:, 2] + BOUND
        return torch.stack([l1 * l1, l1 * l2, l2 * l2 + l3 * l3], dim=1)

    def shapes(self, covariances: Tensor) -> Tensor:
        """Return the numbers [N, 3]."""
        xx, xy, yy = covariances.unbind(1)
        l1 = xx.sqrt()
        l2 = xy / l1
        return torch.stack([l1 - BOUND, l2, (yy - l2 * l2).clamp(min=0).sqrt() - BOUND], dim=1)


class RotationScaling(_Squashed):
    """Sigma = R diag(s^2) R^T, ``s = |raw + BOUND|``, R a turn by 2 pi sigmoid(raw)."""

    def covariances(self, shapes: Tensor) -> Tensor:
        """Return (xx, xy, yy) [N, 3]."""
        a, b = (shapes[:, :2] + BOUND).square().unbind(1)
        angles = 2 * math.pi * torch.sigmoid(shapes[:, 2])
        cos, sin = angles.cos(), angles.sin()
        return torch.stack(
            [cos * cos * a + sin * sin * b, cos * sin * (a - b), sin * sin * a + cos * cos * b], dim=1
        )

    def shapes(self, covariances: Tensor) -> Tensor:
        """Return the numbers [N, 3]."""
        xx, xy, yy = covariances.unbind(1)
        half, across = (xx + yy) / 2, torch.hypot((xx - yy) / 2, xy)
        angles = torch.atan2(xy, (xx - yy) / 2) / 2
        angles = torch.where(angles <= 0, angles + math.pi, angles)
        scales = [(half + sign * across).clamp(min=0).sqrt() - BOUND for sign in (1, -1)]
        return torch.stack([*scales, torch.logit(angles / (2 * math.pi))], dim=1)


class Direct(Parametrization):
    """Centers in pixels and covariances as they are, so that some may become none; BOUND only at first."""

    def centers(self, places: Tensor) -> Tensor:
        """Return centers [N, 2], pixels."""
        return places

    def places(self, centers: Tensor) -> Tensor:
        """Return the numbers [N, 2]."""
        return centers

    def covariances(self, shapes: Tensor) -> Tensor:
        """Return (xx, xy, yy) [N, 3]."""
        return shapes

    def shapes(self, covariances: Tensor) -> Tensor:
        """Return the numbers [N, 3]."""
        return covariances

    def first_shapes(self, n: int, generator: torch.Generator) -> Tensor:
        """Draw the numbers of new Gaussians [n, 3]."""
        return torch.rand(n, 3, generator=generator) + torch.tensor([BOUND, 0.0, BOUND])
