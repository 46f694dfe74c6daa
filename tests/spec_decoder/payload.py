"""Sections 3 and 5: all symbols of our method, in their order, and the numbers that they stand for."""

from __future__ import annotations

import math
from math import ceil, floor
from typing import Any

import numpy as np

from gicodec.format import Header
from spec_decoder.arithmetic import amplitude_by_spec, cos_sin_by_spec, exp_by_spec, log2_by_spec
from spec_decoder.cells import blocks_by_spec, cells_by_spec, crowding_by_spec
from spec_decoder.priors import color_laws_by_spec, gray_law_by_spec, logistic_by_spec
from spec_decoder.shapes import angle_bins_by_spec, levels_by_spec
from spec_decoder.waves import waves_by_spec
from spec_decoder.words import Adaptive, Bytes, Words


def decode_by_spec(data: bytes, header: Header) -> tuple[dict[str, Any], list[str]]:
    """Sections 3, 5: the GAUSSIANS section's symbols, and centers and angles."""
    reader = Bytes(data)
    n, step_code = reader.varint(), reader.varint()
    words = Words(reader.rest)
    cells = cells_by_spec(words, n, header.width, header.height)
    area_bits = [(w * h).bit_length() - 1 for _, _, w, h in cells]
    densities = [min(7, 2 * bits // 3) for bits in area_bits]

    classes_law = [10, 3, 64, 98, 186, 130, 159, 95, 88, 57, 40, 26, 17, 11, 7, 4, 2, 2] + [1] * 14
    classes = Adaptive(32, 40, 40).decode(words, [classes_law] * n, [0] * n, densities)
    amplitudes = [amplitude_by_spec(k) for k in classes]
    steps = [1 / amplitude for amplitude in amplitudes]
    near = [min(k, 15) for k in classes]

    def first_levels(least: float, width: float, n_bins: int) -> list[list[int]]:
        return [[ceil((least + b * width) / step) for b in range(n_bins + 1)] for step in steps]

    log_density = crowding_by_spec(cells, header.width, header.height)
    middles = [
        -0.73
        + 0.106 * (classes[i] + 2 * step_code / 32 - 20)
        + 0.009 * (near[i] * near[i])
        + 0.065 * log2_by_spec(cells[i][2] * cells[i][3])
        - 0.186 * log_density[i]
        for i in range(n)
    ]
    near_middles = [min(29, max(0, floor((middle + 2) / 0.35 + 0.5))) for middle in middles]
    firsts = first_levels(-2.1, 0.35, 26)
    size_bins = Adaptive(26, 100, 40).decode(
        words,
        [logistic_by_spec(firsts[i], steps[i], middles[i], 0.36) for i in range(n)],
        near_middles,
        [near[i] * 30 + near_middles[i] for i in range(n)],
    )
    sizes = levels_by_spec(words, size_bins, firsts)

    firsts = first_levels(0.0, 0.3, 12)
    ms = [sizes[i] * steps[i] for i in range(n)]
    bins = Adaptive(12, 60, 40).decode(
        words,
        [
            logistic_by_spec(
                firsts[i],
                steps[i],
                0.54 + 0.505 * ms[i] - 0.123 * (ms[i] * ms[i]),
                exp_by_spec(0.257 * ms[i] - 1.614),
            )
            for i in range(n)
        ],
        size_bins,
        [near[i] * 26 + size_bins[i] for i in range(n)],
    )
    elongations = levels_by_spec(words, bins, firsts)

    sides = [
        min(4, max(0, floor((m - r * step + 1) / 0.5)))
        for m, r, step in zip(ms, elongations, steps, strict=True)
    ]
    wave_amplitudes, wave_frequencies, wave_steps = waves_by_spec(words, classes, size_bins, sides)

    colors: list[list[int]] = []
    shifts = [max(0, (k - 6) // 2) for k in classes]
    squares = [p * p + q * q for p, q in zip(*wave_amplitudes, strict=True)]
    left = [1 if a >= 2**k else k - 1 if 2 * a > 2**k else k for a, k in zip(squares, classes, strict=True)]
    scales = [max(0, k - 2 * h) for k, h in zip(left, shifts, strict=True)]
    laws = [color_laws_by_spec(side, q) for side, q in zip(sides, scales, strict=True)]
    for channel in range(header.channels):
        if channel == 0:
            contexts = scales
            both = [context * 5 + side for context, side in zip(contexts, sides, strict=True)]
            firsts_of_all = [law[0] for law in laws]
            if header.channels == 1:
                firsts_of_all = [gray_law_by_spec(side, q) for side, q in zip(sides, scales, strict=True)]
            color_bins = Adaptive(33, 60, 30).decode(words, firsts_of_all, contexts, both)
            first = [abs(b - 16) for b in color_bins]
        elif channel == 1:
            contexts = [q * 10 + min(9, f) for q, f in zip(scales, first, strict=True)]
            both = [context * 5 + side for context, side in zip(contexts, sides, strict=True)]
            color_bins = Adaptive(33, 40, 40).decode(
                words, [laws[i][1][first[i]] for i in range(n)], contexts, both
            )
            second = [b - 16 for b in color_bins]
        else:
            contexts = [min(3, max(-3, g)) + 3 for g in second]
            both = [context * 5 + side for context, side in zip(contexts, sides, strict=True)]
            third = [laws[i][2][first[i]][abs(second[i])] for i in range(n)]
            color_bins = Adaptive(33, 40, 40).decode(words, third, contexts, both)
        low = words.uniform([2**shift for shift in shifts])
        values = [(color_bins[i] - 16) * 2 ** shifts[i] + low[i] for i in range(n)]
        colors.append([-v if channel and colors[0][i] < 0 else v for i, v in enumerate(values)])

    growths = [exp_by_spec(2 * elongations[i] * steps[i]) for i in range(n)]
    pi = float.fromhex("0x1.921fb54442d18p+1")
    turns = [max(1, ceil(pi * a * (g - 1 / g) / 2)) for a, g in zip(amplitudes, growths, strict=True)]
    firsts = [
        [-((1 - 2 * b) * turn // (2 * min(turn, 16))) for b in range(min(turn, 16) + 1)] for turn in turns
    ]
    by_bin = [[f[b + 1] - f[b] if b + 1 < len(f) else 0 for b in range(16)] for f in firsts]
    rs = [elongations[i] * steps[i] for i in range(n)]
    _, blocks = blocks_by_spec(cells, header.width, header.height, 1)
    angle_bins = angle_bins_by_spec(words, by_bin, turns, rs, blocks)
    angles = levels_by_spec(words, angle_bins, firsts)
    angles = [angle % turn for angle, turn in zip(angles, turns, strict=True)]

    row_steps, column_steps, slopes = [], [], []
    for i in range(n):
        area = exp_by_spec(2 * sizes[i] * steps[i])
        round_part = area * ((growths[i] + 1 / growths[i]) / 2)
        long_part = area * ((growths[i] - 1 / growths[i]) / 2)
        cos, sin = cos_sin_by_spec(2 * pi * angles[i] / turns[i])
        xy, yy = long_part * sin, round_part - long_part * cos
        row_steps.append(math.sqrt(2 * yy) / amplitudes[i])
        column_steps.append(math.sqrt(2 * (area * area) / yy) / amplitudes[i])
        slopes.append(xy / yy)

    def places(begin: list[int], length: list[int], pitch: list[float], origin: list[float]) -> list[int]:
        low = [ceil((begin[i] - origin[i]) / pitch[i] - 0.5) for i in range(n)]
        end = [ceil((begin[i] + length[i] - origin[i]) / pitch[i] - 0.5) for i in range(n)]
        offsets = words.uniform([max(1, end[i] - low[i]) for i in range(n)])
        return [low[i] + offsets[i] for i in range(n)]

    xs, ys, ws, hs = (list(side) for side in zip(*cells, strict=True))
    rows = places(ys, hs, row_steps, [0.0] * n)
    starts = [slopes[i] * ((rows[i] + 0.5) * row_steps[i]) for i in range(n)]
    columns = places(xs, ws, column_steps, starts)
    assert words.state == 0
    assert not words.words

    centers = [
        (starts[i] + (columns[i] + 0.5) * column_steps[i], (rows[i] + 0.5) * row_steps[i]) for i in range(n)
    ]
    t = np.array([[1, 1, 1], [1, 0, -1], [-1, 2, -1]]) / np.sqrt([[3.0], [2.0], [6.0]])
    scale = math.ldexp(32 + step_code % 32, step_code // 32 - 15)
    rgb, waves = [], []
    for i in range(n):
        alpha = [color[i] * scale for color in colors]
        shrink = exp_by_spec(-(sizes[i] * steps[i]))
        if header.channels == 1:
            rgb.append([(alpha[0] * t[0, 0]) * shrink])
        else:
            rgb.append(
                [(alpha[0] * t[0, c] + alpha[1] * t[1, c] + alpha[2] * t[2, c]) * shrink for c in range(3)]
            )
        a, b = (wave_amplitudes[part][i] * (scale * math.sqrt(2 / 3)) * shrink for part in range(2))
        m, r = sizes[i] * steps[i], elongations[i] * steps[i]
        f = wave_frequencies[0][i] * wave_steps[i] * exp_by_spec(-(m + r))
        g = wave_frequencies[1][i] * wave_steps[i] * exp_by_spec(-(m - r))
        cos, sin = cos_sin_by_spec(pi * angles[i] / turns[i])
        waves.append([a, b, cos * f - sin * g, sin * f + cos * g])
    decoded = {
        "cells": cells,
        "classes": classes,
        "colors": colors,
        "sizes": sizes,
        "elongations": elongations,
        "angles": angles,
        "columns": columns,
        "rows": rows,
        "amplitudes": wave_amplitudes,
        "frequencies": wave_frequencies,
        "centers": centers,
        "turns": [pi * angle / turn for angle, turn in zip(angles, turns, strict=True)],
        "rgb": rgb,
        "waves": waves,
    }
    return decoded, words.trace
