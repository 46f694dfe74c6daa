"""Section 3: levels in their bins, and the angles' bins."""

from __future__ import annotations

import math
from collections import Counter
from math import floor

from spec_decoder.arithmetic import cos_sin_by_spec, exp_by_spec
from spec_decoder.cells import around_by_spec
from spec_decoder.words import Adaptive, Words


def angle_bins_by_spec(
    words: Words, laws: list[list[int]], turns: list[int], rs: list[float], blocks: list[tuple[int, int]]
) -> list[int]:
    """Section 3: every eighth Gaussian first, and what the directions around say."""
    n = len(turns)
    order = [i for start in range(8) for i in range(start, n, 8)]
    known: list[Counter[tuple[int, int]]] = [Counter(), Counter()]
    pi = float.fromhex("0x1.921fb54442d18p+1")
    n_known = 0

    def factors(symbols: list[int], place: int) -> list[float]:
        nonlocal n_known
        for i, bin_ in zip(order[n_known : len(symbols)], symbols[n_known:], strict=True):
            for sums, part in zip(known, cos_sin_by_spec(2 * pi * (bin_ / min(16, turns[i]))), strict=True):
                sums[blocks[i]] += floor(4096 * (min(2.0, rs[i]) * part) + 0.5)
        n_known = len(symbols)
        i = order[place]
        x, y = (around_by_spec(sums, blocks[i]) / 16384 for sums in known)
        pull = 0.8 * min(2.0, rs[i]) / math.sqrt(x * x + y * y + 1)
        parts = min(16, turns[i])
        both = [cos_sin_by_spec(2 * pi * (b / parts)) for b in range(parts)]
        return [exp_by_spec(pull * (x * cos + y * sin)) for cos, sin in both]

    contexts = [
        turn if turn < 16 else 16 + sum(r >= edge for edge in (0.3, 0.6, 0.9, 1.2, 1.5))
        for turn, r in zip(turns, rs, strict=True)
    ]
    decoded = Adaptive(16, 40).decode(
        words, [laws[i] for i in order], [contexts[i] for i in order], factors=factors
    )
    placed = dict(zip(order, decoded, strict=True))
    return [placed[i] for i in range(n)]


def levels_by_spec(words: Words, bins: list[int], firsts: list[list[int]]) -> list[int]:
    """Section 3: the first level of each bin, plus which of its levels."""
    begin = [first[b] for first, b in zip(firsts, bins, strict=True)]
    end = [first[b + 1] for first, b in zip(firsts, bins, strict=True)]
    assert all(a < b for a, b in zip(begin, end, strict=True))
    offsets = words.uniform([b - a for a, b in zip(begin, end, strict=True)])
    return [a + offset for a, offset in zip(begin, offsets, strict=True)]
