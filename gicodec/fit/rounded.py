"""Gaussians on the lattice: the symbols that a State's values round to, and back."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.format.coder import Symbols
from gicodec.format.exact import PI
from gicodec.format.lattice import (
    MAX_ELONGATION,
    MAX_LOG_SIZE,
    MIN_LOG_SIZE,
    Shapes,
    angle_levels,
    shape_steps,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rounded:
    """N Gaussians as int64 symbols [N], colors [N, C]; see format/lattice.py."""

    classes: Symbols
    colors: Symbols
    sizes: Symbols
    elongations: Symbols
    angles: Symbols
    columns: Symbols
    rows: Symbols

    def __len__(self) -> int:
        return len(self.classes)

    def take(self, rows: NDArray[np.integer | np.bool_]) -> Rounded:
        """Return some rows: indices [K], or a mask [N]."""
        return Rounded(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: NDArray[np.integer], other: Rounded) -> None:
        """Overwrite rows [K] with the K of another."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)

    def shapes(self) -> Shapes:
        """Return the shapes that the symbols stand for."""
        return Shapes.of(self.classes, self.sizes, self.elongations, self.angles)

    def log_sizes(self) -> Array:
        """Return m, [N]."""
        sizes: Array = self.sizes * shape_steps(self.classes)
        return sizes

    def log_elongations(self) -> Array:
        """Return r, [N]."""
        elongations: Array = self.elongations * shape_steps(self.classes)
        return elongations

    def turns(self) -> Array:
        """Return twice the angles, [N], 0 to 2 pi."""
        turns: Array = 2 * PI * self.angles / angle_levels(self.classes, self.elongations)
        return turns

    def centers(self) -> Array:
        """Return the centers [N, 2], pixels."""
        return self.shapes().centers(self.columns, self.rows)

    def differs(self, other: Rounded) -> NDArray[np.bool_]:
        """Tell which of N differ from another N, [N]."""
        differs = np.zeros(len(self), bool)
        for field in fields(self):
            unequal = getattr(self, field.name) != getattr(other, field.name)
            differs |= unequal.reshape(len(self), -1).any(axis=1)
        return differs

    def values(self, step: float) -> Tensor:
        """Return what a State of step D holds where nothing is left to round: [N, 5 + C]."""
        r, turns = self.log_elongations(), self.turns()
        shapes = self.log_sizes(), r * np.cos(turns), r * np.sin(turns)
        return torch.from_numpy(np.column_stack([self.centers(), *shapes, self.colors * step])).float()


def into_range(classes: Symbols, sizes: Symbols, elongations: Symbols) -> tuple[Symbols, Symbols]:
    """Bring sizes and elongations, of any one shape, back to what the lattice has for their classes."""
    steps = shape_steps(classes)
    sizes = np.clip(sizes, _first_from(MIN_LOG_SIZE / steps), _first_from(MAX_LOG_SIZE / steps) - 1)
    return sizes, np.clip(elongations, 0, _first_from(MAX_ELONGATION / steps) - 1)


def _first_from(values: Array) -> Symbols:
    return np.ceil(values).astype(np.int64)
