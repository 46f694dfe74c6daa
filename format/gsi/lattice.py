"""What the integers mean: the steps of every attribute, derived from those decoded before. Spec section 5.

One step D serves everything. A Gaussian's energy-normalized color alpha = T c sqrt(s1 s2) is a multiple
of D; its length, in classes of half an octave, says how finely the rest must be known for an equal error:
1/|alpha| for the logs of size and elongation, 1/(|alpha| sinh 2r) for the angle, sqrt(2) s/|alpha| for
the center. A wave has amplitudes in steps of sqrt(2) D, for half of its energy, which count for the class as
colors do; their own length b, in such steps, asks for frequencies as fine as sqrt(2)/b in its Gaussian's
axes. All is computed by exact.py: the numbers of levels are the same everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.exact import PI, cos_sin, exp
from gicodec.format.gsi.cells import HEIGHT, WIDTH, X, Y

EXACT = 2.0**53  # whole numbers below are exact as float64
N_CLASSES = 32  # of energy, half an octave each: |alpha| up to 2^16 D
MAX_ELONGATION = 3.5  # of r: an axis ratio of 1100; a float32 conic is no longer definite somewhere beyond
MIN_LOG_SIZE, MAX_LOG_SIZE = -2.1, 7.0  # of m: 0.12 to 1100 pixels
MAX_FREQUENCY = 128.0  # of a wave, radians per standard deviation: 120 periods in a Gaussian

# 2^(1/4), 2^(3/4): the middle of a class, |alpha| / D of its typical Gaussian, is 2^((2 k + 1) / 4).
_MIDDLES = (float.fromhex("0x1.306fe0a31b715p+0"), float.fromhex("0x1.ae89f995ad3adp+0"))
_AMPLITUDES = np.array([math.ldexp(_MIDDLES[k % 2], k // 2) for k in range(N_CLASSES)])


def energy_classes(amplitudes: IntArray) -> IntArray:
    """Return the classes [N] of colors, amplitudes of waves, or both [K, N] in steps."""
    return classes_of(np.square(amplitudes).sum(axis=0))


def classes_of(squares: IntArray) -> IntArray:
    """Return the classes of energies, in squared steps, of any one shape."""
    bits = np.frexp(squares.astype(np.float64))[1] - 1
    classes: IntArray = np.clip(bits, 0, N_CLASSES - 1).astype(np.int64)
    return classes


def color_classes(classes: IntArray, amplitudes: IntArray) -> IntArray:
    """Return the classes [N] of the energy that waves of amplitudes [2, N] leave to the colors.

    A wave that has all that its class asks for goes with colors near 0.
    """
    wave, least = np.square(amplitudes).sum(axis=0), 1 << classes
    return np.where(wave < least, classes - (2 * wave > least), 1)


def shape_steps(classes: IntArray) -> FloatArray:
    """Return the steps [N] of m and r."""
    steps: FloatArray = 1 / _AMPLITUDES[classes]
    return steps


def wave_steps(wave_classes: IntArray) -> FloatArray:
    """Return the steps [N] of frequencies, given the classes of their amplitudes."""
    steps: FloatArray = np.sqrt(2.0) / _AMPLITUDES[wave_classes]
    return steps


def angle_levels(classes: IntArray, elongations: IntArray) -> IntArray:
    """Return how many angles there are in half a turn, [N]; 1 for circles."""
    growth = exp(2 * elongations * shape_steps(classes))
    levels = np.ceil(PI * _AMPLITUDES[classes] * (growth - 1 / growth) / 2)
    return np.maximum(levels, 1).astype(np.int64)


@dataclass(frozen=True)
class Shapes:
    """Covariances, [N] each, pixels^2, and what they make of the classes' steps."""

    xx: FloatArray
    xy: FloatArray
    yy: FloatArray
    determinant: FloatArray
    amplitudes: FloatArray  # |alpha| / D

    @classmethod
    def of(cls, classes: IntArray, sizes: IntArray, elongations: IntArray, angles: IntArray) -> Shapes:
        """Compute the shapes that symbols [N] stand for."""
        steps = shape_steps(classes)
        area, growth = exp(2 * sizes * steps), exp(2 * elongations * steps)
        round_part, long_part = area * ((growth + 1 / growth) / 2), area * ((growth - 1 / growth) / 2)
        cos, sin = cos_sin(2 * PI * angles / angle_levels(classes, elongations))
        return cls(
            round_part + long_part * cos,
            long_part * sin,
            round_part - long_part * cos,
            area * area,
            _AMPLITUDES[classes],
        )

    @property
    def row_steps(self) -> FloatArray:
        """Heights of the rows of the lattice of centers, [N]: steps of the vertical standard deviation."""
        steps: FloatArray = np.sqrt(2 * self.yy) / self.amplitudes
        return steps

    @property
    def column_steps(self) -> FloatArray:
        """Distances of centers in a row, [N]: steps of the horizontal standard deviation in a row.

        A cell of this lattice, which follows the ellipse, is as large as one along its axes would be.
        """
        steps: FloatArray = np.sqrt(2 * self.determinant / self.yy) / self.amplitudes
        return steps

    def nearest_places(self, centers: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the columns and rows nearest to centers [N, 2]: the mirror of :meth:`centers`."""
        rows = np.rint(centers[:, 1] / self.row_steps - 0.5)
        moved = self.xy / self.yy * (centers[:, 1] - (rows + 0.5) * self.row_steps)  # along the slope
        columns = np.rint((centers[:, 0] - moved - self._row_starts(rows)) / self.column_steps - 0.5)
        return columns.astype(np.int64), rows.astype(np.int64)

    def centers(self, columns: IntArray, rows: IntArray) -> FloatArray:
        """Return the centers [N, 2] at places of the lattice."""
        x = self._row_starts(rows) + (columns + 0.5) * self.column_steps
        return np.stack([x, (rows + 0.5) * self.row_steps], axis=1)

    def rows_in(self, cells: IntArray) -> tuple[IntArray, IntArray]:
        """Return the first row that crosses each cell [N, 4], and how many do, at least 1."""
        return _whole_range(cells[:, Y], cells[:, HEIGHT], self.row_steps, np.zeros(len(cells)))

    def columns_in(self, cells: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
        """Return the first column of a row that is in each cell, and how many are, at least 1."""
        return _whole_range(cells[:, X], cells[:, WIDTH], self.column_steps, self._row_starts(rows))

    def _row_starts(self, rows: IntArray | FloatArray) -> FloatArray:
        """Where column 0 begins: each row is moved along the ellipse's own slope."""
        starts: FloatArray = self.xy / self.yy * ((rows + 0.5) * self.row_steps)
        return starts


def _whole_range(
    begin: IntArray, length: IntArray, steps: FloatArray, origins: FloatArray
) -> tuple[IntArray, IntArray]:
    """Return the first i, and the number of i, with begin <= origin + (i + 1/2) step < begin + length."""
    first = np.ceil((begin - origins) / steps - 0.5)
    end = np.ceil((begin + length - origins) / steps - 0.5)
    assert not len(first) or max(abs(first).max(), abs(end).max()) < EXACT  # 2^49 at the extremes
    return first.astype(np.int64), np.maximum(end - first, 1).astype(np.int64)
