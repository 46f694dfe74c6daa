"""Section 6: the cells, and how many Gaussians are around each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil, comb

from spec_decoder.arithmetic import log2_by_spec
from spec_decoder.words import Words

Cells = Sequence[tuple[int, int, int, int]]


def blocks_by_spec(cells: Cells, width: int, height: int, n_each: int) -> tuple[int, list[tuple[int, int]]]:
    bits = 0
    while len(cells) * 4**bits < n_each * (width + 16) * (height + 16):
        bits += 1
    return bits, [((x + 8 + w // 2) // 2**bits, (y + 8 + h // 2) // 2**bits) for x, y, w, h in cells]


def around_by_spec(sums: Counter[tuple[int, int]], block: tuple[int, int]) -> int:
    sides = (-1, 0, 1)
    return sum(sums[block[0] + i, block[1] + j] * (2 - abs(i)) * (2 - abs(j)) for i in sides for j in sides)


def crowding_by_spec(cells: Cells, width: int, height: int) -> list[float]:
    bits, blocks = blocks_by_spec(cells, width, height, 2)
    counted = Counter(blocks)
    return [log2_by_spec(around_by_spec(counted, block)) - (4 + 2 * bits) for block in blocks]


def cells_by_spec(words: Words, n: int, width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Section 6."""
    few = {k: [1 + 24 * comb(k, i) // 2**k for i in range(k + 1)] for k in range(2, 17)}
    shares = (1, 1, 2, 3, 4, 6, 8, 9, 9, 8, 6, 4, 3, 2, 1, 1)
    many = {bits: [2 * share for share in shares] for bits in range(5, 24)}
    cells = []
    level = [(n, -8, -8, width + 16, height + 16)]
    while level:
        cells += [node[1:] for node in level if node[0] == 1 or node[3:] == (1, 1) for _ in range(node[0])]
        level = [node for node in level if node[0] > 1 and node[3:] != (1, 1)]
        firsts = [0] * len(level)
        large = [i for i, node in enumerate(level) if node[0] > 16]
        taken = [words.categorical(many[level[i][0].bit_length()]) for i in large]
        for i, share in zip(large, taken, strict=True):
            many[level[i][0].bit_length()][share] += 2
        low = [ceil(share * (level[i][0] + 1) / 16) for i, share in zip(large, taken, strict=True)]
        end = [ceil((share + 1) * (level[i][0] + 1) / 16) for i, share in zip(large, taken, strict=True)]
        offsets = words.uniform([b - a for a, b in zip(low, end, strict=True)])
        for i, first, offset in zip(large, low, offsets, strict=True):
            firsts[i] = first + offset
        small = [i for i, node in enumerate(level) if node[0] <= 16]
        for begin in range(0, len(small), 256):
            batch = small[begin : begin + 256]
            for i in sorted(batch, key=lambda i: level[i][0]):  # Python's sort is stable
                firsts[i] = words.categorical(few[level[i][0]])
            for i in batch:
                few[level[i][0]][firsts[i]] += 1
        halves = []
        for (count, x, y, w, h), first in zip(level, firsts, strict=True):
            if w >= h:
                halves += [(first, x, y, w // 2, h), (count - first, x + w // 2, y, w - w // 2, h)]
            else:
                halves += [(first, x, y, w, h // 2), (count - first, x, y + h // 2, w, h - h // 2)]
        level = [node for node in halves if node[0] > 0]
    return cells
