"""Which attributes of which rows do not move any more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.fit.parameters import COLOR, SIZE, WAVE, A, U, V


@dataclass
class Frozen:
    """Which rows' attributes are rounded already: masks [N]."""

    shapes: Tensor
    angles: Tensor
    centers: Tensor
    waves: Tensor
    colors: Tensor

    @classmethod
    def none(cls, n: int) -> Frozen:
        """Freeze nothing of n rows."""
        return cls(*(torch.zeros(n, dtype=torch.bool) for _ in range(5)))

    def any(self) -> bool:
        """Tell whether anything is frozen."""
        return any(bool(mask.any()) for mask in vars(self).values())

    def to(self, device: torch.device) -> Frozen:
        """Return the same on a device."""
        return Frozen(*(mask.to(device) for mask in vars(self).values()))

    def bits(self) -> NDArray[np.uint8]:
        """Return a bit for each mask [N], the first lowest: as the C++ engine takes them."""
        bits = torch.zeros(len(self.shapes), dtype=torch.uint8)
        for i, mask in enumerate(vars(self).values()):
            bits |= mask.to(torch.uint8) << i
        return np.asarray(bits.numpy())

    def values_of(self, values: Tensor) -> Tensor:
        """Return a mask [N, 9 + C] of the values that stay; u and v are held together, by hold_shapes()."""
        mask = torch.zeros_like(values, dtype=torch.bool)
        mask[:, :SIZE], mask[:, SIZE] = self.centers[:, None], self.shapes
        mask[:, WAVE], mask[:, COLOR:] = self.waves[:, None], self.colors[:, None]
        return mask

    def hold_shapes(self, moved: Tensor, before: Tensor) -> None:
        """Bring moved values back to what is frozen of their u and v [N, 2] before, in place."""
        turned = self.shapes & ~self.angles  # r stays, the angle may follow
        r_before, r_moved = torch.hypot(before[:, 0], before[:, 1]), torch.hypot(moved[:, U], moved[:, V])
        moved[:, U:A] *= torch.where(turned, r_before / r_moved.clamp(min=1e-9), 1.0)[:, None]
        moved[:, U:A] = torch.where(self.angles[:, None], before, moved[:, U:A])
