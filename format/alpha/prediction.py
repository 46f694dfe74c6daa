"""What known samples of opacity tell of new ones between them. Spec section 10."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import IntArray
from gicodec.format.constants import OPAQUE

Plane = NDArray[np.uint8]
BAND = 2**18  # samples predicted at a time
SMOOTH = 32  # levels: a greater difference between neighbors is an edge, and no cubic goes across


def distances(height: int, width: int) -> Iterator[int]:
    """Yield the distances of new samples from known ones: powers of two, down to 1."""
    for exponent in reversed(range((max(height, width) - 1).bit_length())):
        yield 1 << exponent


class Group(NamedTuple):
    """New samples at a distance from known ones: all rows times all columns."""

    rows: IntArray
    columns: IntArray
    offsets: tuple[tuple[int, int], ...]  # (y, x) of four known samples, two opposite pairs

    def bands(self) -> Iterator[tuple[slice, Group]]:
        """Yield some of the rows at a time, and their place among all: so little memory is enough."""
        n_rows = max(1, BAND // max(1, len(self.columns)))
        for begin in range(0, len(self.rows), n_rows):
            part = slice(begin, begin + n_rows)
            yield part, self._replace(rows=self.rows[part])

    @property
    def pixels(self) -> tuple[IntArray, IntArray]:
        """Their index in the picture."""
        return self.rows[:, None], self.columns


def groups(height: int, width: int, d: int) -> Iterator[Group]:
    """Yield the centers of squares of known samples, then those beside known samples in rows and columns."""
    rows, columns = np.arange(0, height, 2 * d), np.arange(0, width, 2 * d)
    odd_rows, odd_columns = np.arange(d, height, 2 * d), np.arange(d, width, 2 * d)
    straight = (0, -d), (0, d), (-d, 0), (d, 0)
    yield Group(odd_rows, odd_columns, ((-d, -d), (d, d), (-d, d), (d, -d)))
    yield Group(rows, odd_columns, straight)
    yield Group(odd_rows, columns, straight)


class Neighbors(NamedTuple):
    """What four known samples around new ones tell, of any one shape."""

    predicted: IntArray
    spread: IntArray  # the bits of the largest difference between the four
    along: IntArray  # the bits of the smaller difference between opposite ones
    lean: IntArray  # 0, 1, 2: where their mean is against the prediction

    @classmethod
    def of(cls, known: Plane, group: Group) -> Neighbors:
        """Predict along the direction that changes less."""
        a, b, c, d = (_shifted(known, group, *offset) for offset in group.offsets)
        first, second = np.abs(a - b), np.abs(c - d)
        both = first + second
        e, f, g, h = (_shifted(known, group, 3 * y, 3 * x) for y, x in group.offsets)
        one, other = _between(a, b, e, f), _between(c, d, g, h)
        predicted = np.where(
            both > 0,
            (one * second + other * first + 8 * both) // np.maximum(16 * both, 1),
            (one + other + 16) >> 5,
        )
        predicted = np.clip(predicted, 0, OPAQUE)
        spread = np.maximum.reduce([a, b, c, d]) - np.minimum.reduce([a, b, c, d])
        lean = np.sign(a + b + c + d - 4 * predicted) + 1
        return cls(predicted, bits_of(spread), bits_of(np.minimum(first, second)), lean)

    @classmethod
    def joined(cls, parts: list[Neighbors]) -> Neighbors:
        """Return flat ones, [N], one after the other."""
        none = np.zeros(0, np.int64)
        return cls(*(np.concatenate([none, *arrays]) for arrays in zip(*parts, strict=True)))

    def take(self, chosen: NDArray[np.bool_]) -> Neighbors:
        """Return some of them, [N]."""
        return Neighbors(*(array[chosen] for array in self))


def _between(a: IntArray, b: IntArray, before: IntArray, after: IntArray) -> IntArray:
    """Return 16 times what is in the middle of a and b: on a cubic where all is smooth, else on a line."""
    smooth = np.maximum(np.abs(before - a), np.abs(after - b)) <= SMOOTH
    return np.where(smooth, 9 * (a + b) - before - after, 8 * (a + b))


def _shifted(known: Plane, group: Group, y: int, x: int) -> IntArray:
    """Return the known samples beside a group's; where there is none, those on the other side."""
    rows = _mirrored(group.rows, y, known.shape[0])
    columns = _mirrored(group.columns, x, known.shape[1])
    return known[np.ix_(rows, columns)].astype(np.int64)


def _mirrored(places: IntArray, offset: int, length: int) -> IntArray:
    moved = places + offset
    inside = (moved >= 0) & (moved < length)
    return np.clip(np.where(inside, moved, places - offset), 0, length - 1)


def bits_of(values: IntArray) -> IntArray:
    """Return how many bits whole numbers take, of any shape."""
    return np.frexp(values.astype(np.float64))[1].astype(np.int64)
