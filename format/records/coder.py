"""Records: N Gaussians of a few integers each, coded one by one under fixed tables. Spec section 9.

| first varint | depths of tables 4 bits each | tables 4 bits an entry | coded words |

Records are independent, so their order says nothing, and need not be coded: partial bits-back (GaussianImage,
arXiv:2403.08551, section 3.3 and appendix B). The stack of the coder begins with the first records as they
are; each next one is chosen among those left by popping its place from the stack. Whoever reads knows that
place, among those that were left when it was chosen, and pushes it again.

The paper pops a whole order at once, so that a sixth of the records must be on the stack before. Popping one
place at a time needs no more bits than one place has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sortedcontainers import SortedList

from gicodec.format.arrays import IntArray
from gicodec.format.entropy.ans import Stack, decoding, table_model, uniform_model
from gicodec.format.errors import CorruptFileError
from gicodec.format.payload import check_limit, max_gaussians_of
from gicodec.format.varint import ByteReader, write_varint

Key = tuple[int, ...]
"""A record [F]."""

MAX_TABLE_DEPTH = 6  # bits of a field that have a table; those below are even
LEVELS = np.array([0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181])  # of counts: half octaves
ENOUGH_BITS = 64  # on the stack, before records are chosen: more than any place has


class RecordCoder:
    """Pushes and pops records of F fields: the upper bits of each under a table, those below evenly."""

    def __init__(self, depths: Sequence[int], tables: Sequence[IntArray]) -> None:
        """Take the bits of the fields, and their tables: indices of LEVELS [2^bits], [1] for no table."""
        self._tables = tables
        self._shifts = np.array([d - _depth_of(table) for d, table in zip(depths, tables, strict=True)])
        self._masks = (1 << self._shifts) - 1
        columns = [i for i, table in enumerate(tables) if len(table) > 1]
        self._upper = [(i, int(self._shifts[i]), table_model(LEVELS[tables[i]])) for i in columns]
        self._lower = np.flatnonzero(self._shifts)
        self._sizes = (1 << self._shifts[self._lower]).astype(np.int32)

    @classmethod
    def of(cls, records: IntArray, depths: Sequence[int]) -> RecordCoder:
        """Count records [N, F], and choose the tables that cost least, themselves included."""
        return cls(depths, [_best_table(*pair) for pair in zip(records.T, depths, strict=True)])

    def to_bytes(self) -> bytes:
        """Write the tables."""
        nibbles = [_depth_of(table) for table in self._tables]
        nibbles += [int(entry) for table in self._tables if len(table) > 1 for entry in table]
        nibbles += [0] * (len(nibbles) % 2)
        return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))

    @classmethod
    def from_bytes(cls, reader: ByteReader, depths: Sequence[int]) -> RecordCoder:
        """Read the tables: the mirror of :meth:`to_bytes`."""
        nibbles = _read_nibbles(reader)
        table_depths = [next(nibbles) for _ in depths]
        if any(t > min(d, MAX_TABLE_DEPTH) for t, d in zip(table_depths, depths, strict=True)):
            raise CorruptFileError(f"records: tables of {table_depths} bits, fields of {list(depths)} bits")
        tables = [np.array([next(nibbles) for _ in range(1 << d)] if d else [0]) for d in table_depths]
        if any(len(table) > 1 and not table.any() for table in tables):
            raise CorruptFileError("records: a table has zeros only")
        n_entries = len(depths) + sum(len(table) for table in tables if len(table) > 1)
        if n_entries % 2 and next(nibbles):
            raise CorruptFileError("records: the padding half-byte is not 0")
        return cls(depths, tables)

    def bits(self, records: IntArray) -> NDArray[np.float64]:
        """Return the ideal code lengths of records [N, F], bits, field by field [F]."""
        columns = zip(self._tables, (records >> self._shifts).T, self._shifts, strict=True)
        return np.array([_bits_of(table, upper) + shift * len(upper) for table, upper, shift in columns])

    def push(self, stack: Stack, record: Key) -> None:
        """Push one record."""
        if len(self._lower):
            lower = np.array(record)[self._lower] & self._masks[self._lower]
            stack.push_uniform(lower.astype(np.int32), self._sizes)
        for i, shift, model in reversed(self._upper):
            stack.push(record[i] >> shift, model)

    def pop(self, stack: Stack) -> Key:
        """Pop one record: the mirror of :meth:`push`."""
        record = [0] * len(self._shifts)
        for i, shift, model in self._upper:
            record[i] = stack.pop(model) << shift
        if len(self._lower):
            for i, lower in zip(self._lower.tolist(), stack.pop_uniform(self._sizes).tolist(), strict=True):
                record[i] += lower
        return tuple(record)


def write_records(
    records: IntArray, depths: Sequence[int], *, any_order: bool
) -> tuple[bytes, NDArray[np.float64], float]:
    """Write records [N, F], 0 to 2^depth - 1, N > 0; with any_order theirs is lost.

    Returns:
        The bytes, the ideal code lengths of the fields [F], bits, and how many bits the order has saved.
    """
    coder, stack, saved = RecordCoder.of(records, depths), Stack(), 0.0
    keys: list[Key] = [tuple(record) for record in records.tolist()]
    if any_order:
        n_first, saved = _push_any_order(coder, stack, keys)
    else:
        n_first = len(keys)
        for key in reversed(keys):
            coder.push(stack, key)
    words = stack.to_bytes()
    check_limit(len(keys), max_gaussians_of(len(words)))
    return write_varint(n_first) + coder.to_bytes() + words, coder.bits(records), saved


def read_records(reader: ByteReader, n: int, depths: Sequence[int]) -> tuple[IntArray, bool]:
    """Read n > 0 records to the end: the mirror of :func:`write_records`.

    Returns:
        The records [n, F], in ascending order if their own is lost, and whether it is.
    """
    n_first = reader.varint()
    if not 0 < n_first <= n:
        raise CorruptFileError(f"records: number of first records must be 1 to {n}, not {n_first}")
    coder = RecordCoder.from_bytes(reader, depths)
    check_limit(n, max_gaussians_of(reader.left()))
    stack = Stack(reader.take(reader.left()))
    with decoding("records"):
        chosen = _pop_any_order(coder, stack, n - n_first)
        keys = [coder.pop(stack) for _ in range(n_first)]
    stack.close()
    records = sorted([*chosen, *keys]) if n_first < n else keys
    return np.array(records, np.int64), n_first < n


def _push_any_order(coder: RecordCoder, stack: Stack, keys: Sequence[Key]) -> tuple[int, float]:
    """Push all keys in the stack's order; return how many were not chosen, and the bits saved."""
    left, n_first, saved = SortedList(keys), 0, 0.0
    while len(left) and stack.n_bits() < ENOUGH_BITS:
        coder.push(stack, left.pop(0))
        n_first += 1
    while n := len(left):
        place = stack.pop(uniform_model(n)) if n > 1 else 0
        key = left[place]
        first = left.bisect_left(key)
        n_same = left.bisect_right(key) - first
        if n_same > 1:  # which of them it is nobody will know: these bits go back at once
            stack.push(place - first, uniform_model(n_same))
        coder.push(stack, left.pop(place))
        saved += np.log2(n / n_same)
    return n_first, saved


def _pop_any_order(coder: RecordCoder, stack: Stack, n: int) -> SortedList:
    """Pop n keys that were chosen: the mirror of :func:`_push_any_order`."""
    chosen = SortedList()
    for i in range(1, n + 1):
        key = coder.pop(stack)
        chosen.add(key)
        first = chosen.bisect_left(key)
        n_same = chosen.bisect_right(key) - first
        which = stack.pop(uniform_model(n_same)) if n_same > 1 else 0
        if i > 1:
            stack.push(first + which, uniform_model(i))
    return chosen


def _best_table(symbols: IntArray, depth: int) -> IntArray:
    """Return the table of a field's upper bits that makes its symbols [N] and itself shortest."""
    best, least = np.zeros(1, np.int64), float(depth * len(symbols))
    for table_depth in range(1, min(depth, MAX_TABLE_DEPTH) + 1):
        upper = symbols >> (depth - table_depth)
        counts = np.bincount(upper, minlength=1 << table_depth)
        table = np.searchsorted(_MIDDLES, counts * (LEVELS[-1] / counts.max()))
        table[counts > 0] = np.maximum(table[counts > 0], 1)
        cost = _bits_of(table, upper) + (depth - table_depth) * len(symbols) + 4 * len(table)
        if cost < least:
            best, least = table, cost
    return best


_MIDDLES = (LEVELS[1:] + LEVELS[:-1]) / 2


def _bits_of(table: IntArray, symbols: IntArray) -> float:
    """Return the ideal code length of symbols under a table, bits."""
    if len(table) == 1:
        return 0.0
    counts = LEVELS[table]
    return float(np.log2(counts.sum() / counts[symbols]).sum())


def _depth_of(table: IntArray) -> int:
    return len(table).bit_length() - 1


def _read_nibbles(reader: ByteReader) -> Iterator[int]:
    """Yield halves of bytes, the lower first, reading no byte before it is needed."""
    while True:
        byte = reader.byte()
        yield byte & 15
        yield byte >> 4
