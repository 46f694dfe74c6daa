"""Gaussians on the lattice: the symbols that a file holds and an encoder chooses. Spec section 5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.exact import PI
from gicodec.format.gsi.lattice import Shapes, angle_levels, shape_steps


@dataclass(frozen=True, eq=False)
class QuantizedGaussians:
    """N Gaussians of C channels as int64 symbols; lattice.py has the steps that they count."""

    classes: IntArray
    """[N] of energy, half an octave each: they give the steps of all but colors and amplitudes."""
    colors: IntArray
    """[N, C] in steps of D, luminance first."""
    sizes: IntArray
    """[N] m."""
    elongations: IntArray
    """[N] r >= 0."""
    angles: IntArray
    """[N] theta, from 0 to below the number of levels in half a turn."""
    columns: IntArray
    """[N] of the centers, in their rows."""
    rows: IntArray
    """[N] of the centers."""
    amplitudes: IntArray
    """[N, 2] of waves, in steps of sqrt(2) D; both 0 where there is none."""
    wave_classes: IntArray
    """[N] of the amplitudes' own energy, which give the steps of frequencies; 0 where there is no wave.

    In a file always those of the amplitudes; an encoder may try others.
    """
    frequencies: IntArray
    """[N, 2] along and across the Gaussian; across >= 0, and along too if across is 0."""

    def __len__(self) -> int:
        return len(self.classes)

    @classmethod
    def empty(cls, n_channels: int) -> QuantizedGaussians:
        """Return no Gaussians."""
        none, pairs = np.zeros(0, np.int64), np.zeros((0, 2), np.int64)
        colors = np.zeros((0, n_channels), np.int64)
        return cls(none, colors, none, none, none, none, none, pairs, none, pairs)

    @classmethod
    def joined(cls, parts: Sequence[QuantizedGaussians]) -> QuantizedGaussians:
        """Return them one after the other."""
        columns = ([getattr(part, field.name) for part in parts] for field in fields(cls))
        return cls(*(np.concatenate(column) for column in columns))

    def take(self, rows: NDArray[np.integer | np.bool_]) -> QuantizedGaussians:
        """Return a copy of some rows: indices [K], or a mask [N]."""
        return QuantizedGaussians(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: NDArray[np.integer], other: QuantizedGaussians) -> None:
        """Overwrite rows [K] with the K of another, in place."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)

    def differs(self, other: QuantizedGaussians) -> NDArray[np.bool_]:
        """Tell which of N differ from another N, [N]."""
        differs = np.zeros(len(self), bool)
        for field in fields(self):
            unequal = getattr(self, field.name) != getattr(other, field.name)
            differs |= unequal.reshape(len(self), -1).any(axis=1)
        return differs

    def has_wave(self) -> NDArray[np.bool_]:
        """Tell who has a wave, [N]."""
        return np.asarray(self.amplitudes.any(axis=1))

    def shapes(self) -> Shapes:
        """Return the shapes that the symbols stand for."""
        return Shapes.of(self.classes, self.sizes, self.elongations, self.angles)

    def log_sizes(self) -> FloatArray:
        """Return m, [N]."""
        sizes: FloatArray = self.sizes * shape_steps(self.classes)
        return sizes

    def log_elongations(self) -> FloatArray:
        """Return r, [N]."""
        elongations: FloatArray = self.elongations * shape_steps(self.classes)
        return elongations

    def turns(self) -> FloatArray:
        """Return twice the angles, [N], 0 to 2 pi."""
        turns: FloatArray = 2 * PI * self.angles / angle_levels(self.classes, self.elongations)
        return turns

    def centers(self) -> FloatArray:
        """Return the centers [N, 2], pixels."""
        return self.shapes().centers(self.columns, self.rows)
