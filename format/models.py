"""Probability models of one plane of symbols, and their bytes. Spec section 5.

| kind 1 | low zigzag varint | ... |

A model covers ``levels`` values from ``low`` on. Everything here is an integer: what a symbol
costs follows exactly from the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from gicodec.format.bits import (
    BitReader,
    BitWriter,
    ByteReader,
    exp_golomb_bits,
    unzigzag,
    write_varint,
    zigzag,
)
from gicodec.format.constants import MAX_ALPHABET, MAX_COUNT, MAX_LEVELS
from gicodec.format.errors import CorruptFileError

MAX_SYMBOL = 2**31 - 1  # symbols are int32
ORDERS = range(8)  # of the exp-Golomb codes of counts
MAX_SHIFT = 15


@dataclass(frozen=True)
class Constant:
    """Every symbol is ``low``; costs nothing."""

    KIND: ClassVar = 0
    low: int
    levels: ClassVar = 1

    def to_bytes(self) -> bytes:
        """Write kind and value."""
        return bytes([self.KIND]) + write_varint(zigzag(self.low))

    @classmethod
    def read(cls, reader: ByteReader, low: int) -> Constant:
        """Read what follows ``low``: the mirror of :meth:`to_bytes`."""
        return cls(low)

    def bits_per_symbol(self) -> float:
        """Return the mean cost of a symbol."""
        return 0.0


@dataclass(frozen=True)
class Uniform:
    """``levels`` equally likely values, at least 2."""

    KIND: ClassVar = 1
    low: int
    levels: int

    def to_bytes(self) -> bytes:
        """Write kind, low and levels - 1."""
        return bytes([self.KIND]) + write_varint(zigzag(self.low)) + write_varint(self.levels - 1)

    @classmethod
    def read(cls, reader: ByteReader, low: int) -> Uniform:
        """Read what follows ``low``: the mirror of :meth:`to_bytes`."""
        return cls(low, _checked_levels(reader, reader.varint() + 1, low, MAX_LEVELS))

    def bits_per_symbol(self) -> float:
        """Return the mean cost of a symbol."""
        return float(np.log2(self.levels))


@dataclass(frozen=True)
class Counts:
    """A histogram: ``counts[i]`` is the weight of each of the 2**shift values of bin i."""

    KIND: ClassVar = 2
    low: int
    shift: int
    counts: tuple[int, ...]  # 0 to MAX_COUNT; the first and the last are not 0; at least 2

    @property
    def levels(self) -> int:
        """How many values it covers."""
        return len(self.counts) << self.shift

    def weights(self) -> NDArray[np.float64]:
        """Return one weight a value, integers in float64, as the coder wants them."""
        return np.repeat(np.array(self.counts, dtype=np.float64), 1 << self.shift)

    def to_bytes(self) -> bytes:
        """Write kind, low, shift and order, number of bins, then the counts in bits.

        A count is an exp-Golomb code; after a count of 0 follows how many more zeros come.
        """
        tokens = list(_runs(self.counts))
        order = min(ORDERS, key=lambda k: sum(exp_golomb_bits(c, k) for c, _ in tokens))
        bits = BitWriter()
        for count, run in tokens:
            bits.exp_golomb(count, order)
            if count == 0:
                bits.exp_golomb(run - 1, 0)
        head = bytes([self.KIND]) + write_varint(zigzag(self.low))
        head += bytes([order << 4 | self.shift]) + write_varint(len(self.counts))
        return head + bits.to_bytes()

    @classmethod
    def read(cls, reader: ByteReader, low: int) -> Counts:
        """Read what follows ``low``: the mirror of :meth:`to_bytes`."""
        packed = reader.byte()
        order, shift = packed >> 4, packed & MAX_SHIFT
        if order not in ORDERS:
            raise CorruptFileError(f"{reader.field}: order {order} of counts")
        n_bins = reader.varint()
        if n_bins < 2:
            raise CorruptFileError(f"{reader.field}: a histogram of {n_bins} bins")
        _checked_levels(reader, n_bins << shift, low, MAX_ALPHABET)
        counts: list[int] = []
        bits = BitReader(reader)
        while len(counts) < n_bins:
            count = bits.exp_golomb(order)
            run = bits.exp_golomb(0) + 1 if count == 0 else 1
            if count > MAX_COUNT or len(counts) + run > n_bins:
                raise CorruptFileError(f"{reader.field}: count {count} times {run}")
            counts += [count] * run
        bits.close()
        if not (counts[0] and counts[-1]):
            raise CorruptFileError(f"{reader.field}: a histogram with an empty end")
        return cls(low, shift, tuple(counts))

    def bits_per_symbol(self) -> float:
        """Return the mean cost of a symbol whose frequencies are the counts."""
        counts = np.array([c for c in self.counts if c], dtype=np.float64)
        p = counts / counts.sum()
        return float(self.shift - (p * np.log2(p)).sum())


Model = Constant | Uniform | Counts
_KINDS: dict[int, type[Constant] | type[Uniform] | type[Counts]] = {
    model.KIND: model for model in (Constant, Uniform, Counts)
}


def read_model(reader: ByteReader) -> Model:
    """Read any model: the mirror of the models' ``to_bytes``."""
    kind = reader.byte()
    if kind not in _KINDS:
        raise CorruptFileError(f"{reader.field}: unknown model {kind}")
    return _KINDS[kind].read(reader, unzigzag(reader.varint()))


def _checked_levels(reader: ByteReader, levels: int, low: int, limit: int) -> int:
    if not 2 <= levels <= limit or low + levels - 1 > MAX_SYMBOL:
        raise CorruptFileError(f"{reader.field}: {levels} levels from {low} on")
    return levels


def _runs(counts: tuple[int, ...]) -> list[tuple[int, int]]:
    """Group zeros: (count, 1) for every other count, (0, length) for every run of zeros."""
    tokens: list[tuple[int, int]] = []
    for count in counts:
        if count == 0 and tokens and tokens[-1][0] == 0:
            tokens[-1] = (0, tokens[-1][1] + 1)
        else:
            tokens.append((count, 1))
    return tokens
