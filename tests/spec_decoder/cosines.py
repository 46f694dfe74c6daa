"""Section 12: what the amplitudes of TEXTURE draw."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spec_decoder.texture import Amplitudes

Plane = list[list[float]]
M = [
    [1 / math.sqrt(3), 1 / math.sqrt(3), 1 / math.sqrt(3)],
    [1 / math.sqrt(2), 0, -1 / math.sqrt(2)],
    [-1 / math.sqrt(6), 2 / math.sqrt(6), -1 / math.sqrt(6)],
]


def cosine_by_spec(b: int, n: int, k: int, x: float) -> float:
    """Cosine k of block b of n, x pixels from the border."""
    u = x - 8 * b
    left = 1 if b == 0 else min(1, max(-1, u / 4))
    right = 1 if b == n - 1 else min(1, max(-1, (8 - u) / 4))
    window = math.sin(math.pi / 4 * (1 + left)) * math.sin(math.pi / 4 * (1 + right))
    return window * math.cos(math.pi / 8 * (k + 1 / 2) * u) / 2


def draw_texture_by_spec(
    step: float, amplitudes: Amplitudes, xs: Sequence[float], ys: Sequence[float]
) -> list[Plane]:
    """What a layer adds at the crossings of places, [color][y][x]."""
    planes = [plane_by_spec(step, channel, xs, ys) for channel in amplitudes]
    n = len(planes)
    places = [(b, a) for b in range(len(ys)) for a in range(len(xs))]
    colors = [[[0.0] * len(xs) for _ in ys] for _ in planes]
    for s in range(n):
        for b, a in places:
            colors[s][b][a] = sum(planes[c][b][a] * M[c][s] for c in range(n))
    return colors


def plane_by_spec(
    step: float, channel: Sequence[Sequence[list[list[int]]]], xs: Sequence[float], ys: Sequence[float]
) -> Plane:
    n_rows, n_columns = len(channel), len(channel[0])
    down = [[[cosine_by_spec(a, n_rows, i, y) for i in range(8)] for a in range(n_rows)] for y in ys]
    across = [[[cosine_by_spec(b, n_columns, j, x) for j in range(8)] for b in range(n_columns)] for x in xs]
    plane = [[0.0] * len(xs) for _ in ys]
    for a, row in enumerate(channel):
        for b, block in enumerate(row):
            for i, amplitudes in enumerate(block):
                for j, amplitude in enumerate(amplitudes):
                    if amplitude == 0:
                        continue
                    for y, at_y in enumerate(down):
                        for x, at_x in enumerate(across):
                            plane[y][x] += step * amplitude * at_y[a][i] * at_x[b][j]
    return plane
