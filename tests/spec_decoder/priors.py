"""Section 3: the laws of sizes, colors and amplitudes, before anything is counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from math import floor
from typing import Any

from spec_decoder.arithmetic import exp_by_spec


def logistic_by_spec(firsts: Sequence[int], u: float, middle: float, spread: float) -> list[int]:
    below = [1 / (1 + exp_by_spec((middle - (first - 0.5) * u) / spread)) for first in firsts]
    below[0], below[-1] = 0.0, 1.0
    return [
        0 if a == b else floor(2**20 * (y - x)) + 256
        for a, b, x, y in zip(firsts, firsts[1:], below, below[1:], strict=False)
    ]


@cache
def color_laws_by_spec(s: int, q: int) -> tuple[Any, Any, Any]:
    root = math.sqrt(2.0**q)

    def cube(x: int) -> float:
        t = 1 + (10.0, 8.0, 6.0, 4.0, 3.5)[s] * (x / root)
        return t * t * t

    def joint(a: int, b: int, c: int) -> int:
        z = max(1, a * a + b * b + c * c).bit_length() - 1
        w = (5, 30, 160, 10, 1)[min(2, max(-2, z - q)) + 2]
        return floor(2**20 * w / ((1 + a / root) * (cube(b) * cube(c)))) + 1

    both = [abs(b - 16) for b in range(33)]
    third = [[[joint(a, b, c) for c in range(17)] for b in range(17)] for a in range(17)]
    second = [[row[0] + 2 * sum(row[1:]) for row in plane] for plane in third]
    first = [row[0] + 2 * sum(row[1:]) for row in second]
    return (
        [first[b] for b in both],
        [[row[b] for b in both] for row in second],
        [[[row[b] for b in both] for row in plane] for plane in third],
    )


@cache
def gray_law_by_spec(s: int, q: int) -> list[int]:
    first, w = color_laws_by_spec(s, q)[0], int(q in (6, 7))

    def likely(b: int) -> bool:
        return (b + w) * (b + w) >= 1 << q and (b - w) * (b - w) < 1 << q + 1

    return [(24 if likely(abs(b - 16)) else 1) * first[b] for b in range(33)]


@cache
def amplitude_laws_by_spec(q: int) -> tuple[list[int], list[list[int]]]:
    def joint(a: int, b: int) -> int:
        energy = max(1, a * a + b * b)
        z = energy.bit_length() - 1
        w = (16, 22, 32, 50, 160, 1, 1)[min(2, max(-4, z - q)) + 4]
        likely = floor(2**20 * w / (energy * (5 if energy < 4 else 1))) + 1
        return 0 if a == b == 0 else (2 if a else 1) * (2 if b else 1) * likely

    quadrature = [[joint(a, b) for b in range(17)] for a in range(17)]
    return [sum(row) for row in quadrature], quadrature
