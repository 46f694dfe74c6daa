"""A sorted list that is fast to change: place by key and key by place, in O(log N), by blocks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator

Key = tuple[int, ...]

BLOCK = 512  # keys; a block is split at twice as many


class Ordered:
    """Keys in ascending order; equal ones may be there many times."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        """Sort the keys."""
        ordered = sorted(keys)
        self._blocks = [ordered[i : i + BLOCK] for i in range(0, len(ordered), BLOCK)]  # none is empty
        self._renew()

    def __len__(self) -> int:
        return self._n

    def __iter__(self) -> Iterator[Key]:
        for block in self._blocks:
            yield from block

    def places(self, key: Key) -> range:
        """Return the places at which a key is."""
        first, last = bisect_left(self._lasts, key), bisect_right(self._lasts, key)
        begin = self._before(first) + (
            bisect_left(self._blocks[first], key) if first < len(self._lasts) else 0
        )
        end = self._before(last) + (bisect_right(self._blocks[last], key) if last < len(self._lasts) else 0)
        return range(begin, end)

    def insert(self, key: Key) -> None:
        """Add a key."""
        if not self._blocks:
            self._blocks.append([key])
            self._renew()
            return
        i = min(bisect_left(self._lasts, key), len(self._blocks) - 1)
        block = self._blocks[i]
        insort(block, key)
        self._lasts[i] = block[-1]
        self._add(i, 1)
        if len(block) == 2 * BLOCK:
            self._blocks[i : i + 1] = [block[:BLOCK], block[BLOCK:]]
            self._renew()

    def __getitem__(self, place: int) -> Key:
        i, place = self._find(place)
        return self._blocks[i][place]

    def pop(self, place: int) -> Key:
        """Take away, and return, the key at a place."""
        i, place = self._find(place)
        block = self._blocks[i]
        key = block.pop(place)
        self._add(i, -1)
        if block:
            self._lasts[i] = block[-1]
        else:
            del self._blocks[i]
            self._renew()
        return key

    def _renew(self) -> None:
        """Note the last keys of all blocks, and their lengths as a Fenwick tree."""
        self._n = sum(map(len, self._blocks))
        self._lasts = [block[-1] for block in self._blocks]
        self._tree = [0] * (len(self._blocks) + 1)
        for i, block in enumerate(self._blocks, 1):
            self._tree[i] += len(block)
            if i + (i & -i) < len(self._tree):
                self._tree[i + (i & -i)] += self._tree[i]

    def _add(self, i: int, n: int) -> None:
        self._n += n
        i += 1
        while i < len(self._tree):
            self._tree[i] += n
            i += i & -i

    def _find(self, place: int) -> tuple[int, int]:
        """Return which block a place is in, and where in it."""
        i = 0
        for power in reversed(range(len(self._tree).bit_length())):
            j = i + (1 << power)
            if j < len(self._tree) and self._tree[j] <= place:
                i, place = j, place - self._tree[j]
        return i, place

    def _before(self, i: int) -> int:
        """Return how many keys are in the first i blocks."""
        n = 0
        while i:
            n += self._tree[i]
            i -= i & -i
        return n
