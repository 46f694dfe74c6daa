"""Gaussians on the lattice: the symbols that a State's values round to, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.exact import PI
from gicodec.format.gsi.lattice import (
    MAX_ELONGATION,
    MAX_LOG_SIZE,
    MIN_LOG_SIZE,
    Shapes,
    angle_levels,
    shape_steps,
    wave_steps,
)
from gicodec.quantize import nearest_frequencies, pixel_frequencies


@dataclass(frozen=True, eq=False)
class Rounded:
    """N Gaussians as int64 symbols [N], colors [N, C], those of waves [N, 2]; see format/lattice.py."""

    classes: IntArray
    colors: IntArray
    sizes: IntArray
    elongations: IntArray
    angles: IntArray
    columns: IntArray
    rows: IntArray
    amplitudes: IntArray
    wave_classes: IntArray  # of the amplitudes: what frequencies are in steps of; 0 without a wave
    frequencies: IntArray

    def __len__(self) -> int:
        return len(self.classes)

    @classmethod
    def joined(cls, parts: Sequence[Rounded]) -> Rounded:
        """Return them one after the other."""
        columns = ([getattr(part, field.name) for part in parts] for field in fields(cls))
        return cls(*(np.concatenate(column) for column in columns))

    def take(self, rows: NDArray[np.integer | np.bool_]) -> Rounded:
        """Return some rows: indices [K], or a mask [N]."""
        return Rounded(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: NDArray[np.integer], other: Rounded) -> None:
        """Overwrite rows [K] with the K of another."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)

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

    def pixel_frequencies(self) -> FloatArray:
        """Return (kx, ky) of the waves [N, 2], radians a pixel; 0 where there is none."""
        return pixel_frequencies(self.frequencies.T, *self._axes()).T

    def with_frequencies(self, frequencies: FloatArray) -> Rounded:
        """Return the same with the nearest to other frequencies [N, 2], radians a pixel.

        Of the two that are the same wave, the one with signs that a file has.
        """
        if not self.amplitudes.any():  # most pictures: twice as fast
            return replace(self, frequencies=np.zeros_like(self.frequencies))
        along, across = nearest_frequencies(frequencies.T, *self._axes())
        sign = np.where((across < 0) | ((across == 0) & (along < 0)), -1, 1)
        symbols = np.stack([along, across], axis=1) * (sign * self.has_wave())[:, None]
        amplitudes = self.amplitudes * np.stack([np.ones_like(sign), sign], axis=1)
        return replace(self, amplitudes=amplitudes, frequencies=symbols)

    def _axes(self) -> tuple[FloatArray, ...]:
        steps = wave_steps(self.wave_classes)
        return steps, self.log_sizes(), self.log_elongations(), self.turns() / 2

    def differs(self, other: Rounded) -> NDArray[np.bool_]:
        """Tell which of N differ from another N, [N]."""
        differs = np.zeros(len(self), bool)
        for field in fields(self):
            unequal = getattr(self, field.name) != getattr(other, field.name)
            differs |= unequal.reshape(len(self), -1).any(axis=1)
        return differs

    def values(self, step: float) -> Tensor:
        """Return what a State of step D holds where nothing is left to round: [N, 9 + C]."""
        r, turns = self.log_elongations(), self.turns()
        shapes = self.log_sizes(), r * np.cos(turns), r * np.sin(turns)
        waves = self.amplitudes * step, self.pixel_frequencies()
        return torch.from_numpy(
            np.column_stack([self.centers(), *shapes, *waves, self.colors * step])
        ).float()


def into_range(classes: IntArray, sizes: IntArray, elongations: IntArray) -> tuple[IntArray, IntArray]:
    """Bring sizes and elongations, of any one shape, back to what the lattice has for their classes."""
    steps = shape_steps(classes)
    sizes = np.clip(sizes, _first_from(MIN_LOG_SIZE / steps), _first_from(MAX_LOG_SIZE / steps) - 1)
    return sizes, np.clip(elongations, 0, _first_from(MAX_ELONGATION / steps) - 1)


def _first_from(values: FloatArray) -> IntArray:
    return np.ceil(values).astype(np.int64)
