"""Which attributes of which rows do not move any more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec.fit.parameters import COLOR, SIZE, WAVE, A, Mask, U
from gicodec.render.cpu import Array


@dataclass
class Frozen:
    """Which rows' attributes are rounded already: masks [N]."""

    shapes: Mask
    angles: Mask
    centers: Mask
    waves: Mask
    colors: Mask

    @classmethod
    def none(cls, n: int) -> Frozen:
        """Freeze nothing of n rows."""
        return cls(*(np.zeros(n, bool) for _ in range(5)))

    def any(self) -> bool:
        """Tell whether anything is frozen."""
        return any(bool(mask.any()) for mask in vars(self).values())

    def bits(self) -> NDArray[np.uint8]:
        """Return a bit for each mask [N], the first lowest: as the C++ engine takes them."""
        bits = np.zeros(len(self.shapes), np.uint8)
        for i, mask in enumerate(vars(self).values()):
            bits |= mask.astype(np.uint8) << i
        return bits

    def values_of(self, values: Array) -> Mask:
        """Return a mask [N, 9 + C] of the values that stay; u and v are held together, by hold_shapes()."""
        mask = np.zeros(values.shape, bool)
        mask[:, :SIZE], mask[:, SIZE] = self.centers[:, None], self.shapes
        mask[:, WAVE], mask[:, COLOR:] = self.waves[:, None], self.colors[:, None]
        return mask

    def hold_shapes(self, moved: Array, before: Array) -> None:
        """Bring moved values back to what is frozen of their u and v [N, 2] before, in place."""
        turned = self.shapes & ~self.angles  # r stays, the angle may follow
        r_before, r_moved = np.hypot(*before.T), np.hypot(*moved[:, U:A].T)
        moved[turned, U:A] *= (r_before / np.maximum(r_moved, np.float32(1e-9)))[turned, None]
        moved[self.angles, U:A] = before[self.angles]
