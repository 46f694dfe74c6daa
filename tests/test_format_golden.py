"""The bytes of the format: SPEC.md's examples, and a decoder written from SPEC.md alone."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from math import ceil, comb, floor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from payloads import assert_same, random_payload

from gicodec.format import GsiFile, Header, Payload, bits_by_attribute, describe
from gicodec.format.bits import ByteReader
from gicodec.format.exact import cos_sin, exp
from gicodec.format.lattice import Shapes, nearest_step_code, step_of
from gicodec.quantize import dequantize

SPEC = (Path(__file__).parents[1] / "format" / "SPEC.md").read_text(encoding="utf-8")
NAMES = ("cells", "classes", "colors", "sizes", "elongations", "angles", "columns", "rows")


def spec_block(name: str) -> str:
    match = re.search(rf"```{name}\n(.*?)```", SPEC, re.DOTALL)
    assert match is not None
    return match[1]


def spec_bytes(name: str) -> bytes:
    """Read the hex column of an example; remarks stand behind three blanks."""
    rows = spec_block(f"hex {name}").splitlines()
    return bytes.fromhex(" ".join(re.split(" {3,}", row)[0] for row in rows))


def spec_payload(name: str) -> Payload:
    """Read a table of symbols: name, then one column for every Gaussian."""
    table = {}
    for row in spec_block(f"symbols {name}").splitlines():
        attribute, values = row.split(":")
        table[attribute.strip()] = np.array([int(value) for value in values.split()], np.int64)
    cells = np.stack([table[key] for key in ("x", "y", "width", "height")], axis=1)
    colors = np.stack([table[f"color {c}"] for c in range(3)])
    rest = (table[key] for key in ("size", "elongation", "angle", "column", "row"))
    return Payload(int(table["step code"][0]), cells, table["class"], colors, *rest)


# A decoder in plain Python; every line of it is in the spec, in the same words.


class Words:
    """Section 4: the coded words as a stack, and the two kinds of models."""

    def __init__(self, data: bytes) -> None:
        data += bytes(-len(data) % 4)
        self.words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]
        self.state = self.words.pop() if self.words else 0
        self.state = self.state << 32 | self.words.pop() if self.words else self.state
        self.trace: list[str] = []

    def take(self, lower: int, upper: int) -> None:
        """Go on after a symbol whose bounds are these."""
        self.state = (upper - lower) * (self.state >> 24) + self.state % 2**24 - lower
        if self.state < 2**32 and self.words:
            self.state = self.state << 32 | self.words.pop()

    def categorical(self, counts: Sequence[int]) -> int:
        scale = (2**24 - len(counts)) / sum(counts)
        c = [floor(sum(counts[:i]) * scale) + i for i in range(len(counts))] + [2**24]
        symbol = max(i for i in range(len(counts)) if c[i] <= self.state % 2**24)
        self.take(c[symbol], c[symbol + 1])
        self.trace.append(f"{symbol} of {len(counts)}")
        return symbol

    def uniform(self, sizes: Sequence[int]) -> list[int]:
        high = [self.even(ceil(size / 2**20)) for size in sizes]
        low = [self.even(min(size - 2**20 * h, 2**20)) for size, h in zip(sizes, high, strict=True)]
        return [2**20 * h + rest for h, rest in zip(high, low, strict=True)]

    def even(self, size: int) -> int:
        if size == 1:
            return 0
        width = 2**24 // size
        symbol = min(self.state % 2**24 // width, size - 1)
        self.take(symbol * width, 2**24 if symbol + 1 == size else (symbol + 1) * width)
        self.trace.append(f"{symbol} of {size}")
        return symbol


class Adaptive:
    """Section 4: a law, then counts by a chain of contexts."""

    def __init__(self, n_symbols: int, *weights: int) -> None:
        self.weights = weights
        self.own: list[defaultdict[int, list[int]]] = [
            defaultdict(lambda: [0] * n_symbols) for _ in self.weights
        ]

    def decode(
        self,
        words: Words,
        laws: Sequence[Sequence[int]],
        *chain: Sequence[int],
        factors: Callable[[list[int], int], list[float]] = lambda symbols, i: [],
    ) -> list[int]:
        symbols: list[int] = []
        contexts = list(zip(*chain, strict=True))
        length = 32
        while len(symbols) < len(laws):
            batch = range(len(symbols), min(len(laws), len(symbols) + length))
            decoded = [
                words.categorical(self.counts(laws[i], contexts[i], factors(symbols, i))) for i in batch
            ]
            for i, symbol in zip(batch, decoded, strict=True):
                for own, context in zip(self.own, contexts[i], strict=True):
                    own[context][symbol] += 1
            symbols += decoded
            length = min(256, length + 32)
        return symbols

    def counts(self, law: Sequence[int], contexts: Sequence[int], factors: Sequence[float]) -> list[int]:
        p = [count / sum(law) for count in law]
        for weight, own, context in zip(self.weights, self.own, contexts, strict=True):
            n = sum(own[context])
            p = [(count + weight * x) / (n + weight) for count, x in zip(own[context], p, strict=True)]
        for i, factor in enumerate(factors):
            p[i] *= factor
        return [floor(65536 * x) + 1 for x in p]


def exp_by_spec(x: float) -> float:
    n = floor(x * float.fromhex("0x1.71547652b82fep+0") + 0.5)
    rest = (x - n * float.fromhex("0x1.62e42fefa38p-1")) - n * float.fromhex("0x1.ef35793c7673p-45")
    return math.ldexp(horner(rest, [1 / math.factorial(i) for i in range(13, -1, -1)]), n)


def cos_sin_by_spec(x: float) -> tuple[float, float]:
    pi = float.fromhex("0x1.921fb54442d18p+1")
    n = floor(x * (2 / pi) + 0.5)
    rest = x - n * (pi / 2)
    square = rest * rest
    cos = horner(square, [(-1) ** i / math.factorial(2 * i) for i in range(8, -1, -1)])
    sin = rest * horner(square, [(-1) ** i / math.factorial(2 * i + 1) for i in range(8, -1, -1)])
    return [(cos, sin), (-sin, cos), (-cos, -sin), (sin, -cos)][n % 4]


def horner(x: float, coefficients: Sequence[float]) -> float:
    result = coefficients[0]
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result


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


def log2_by_spec(x: int) -> float:
    mantissa, exponent = math.frexp(x)
    return exponent + (2 * mantissa - 2)


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


def decode_by_spec(data: bytes, header: Header) -> tuple[dict[str, Any], list[str]]:
    """Sections 3, 5: the GAUSSIANS section's symbols, and centers and angles."""
    reader = ByteReader(data, "gaussians")
    n, step_code = reader.varint(), reader.varint()
    words = Words(reader.take(reader.left()))
    cells = cells_by_spec(words, n, header.width, header.height)
    area_bits = [(w * h).bit_length() - 1 for _, _, w, h in cells]
    densities = [min(7, 2 * bits // 3) for bits in area_bits]

    classes_law = [10, 3, 64, 98, 186, 130, 159, 95, 88, 57, 40, 26, 17, 11, 7, 4, 2, 2] + [1] * 14
    classes = Adaptive(32, 40, 40).decode(words, [classes_law] * n, [0] * n, densities)
    amplitudes = [
        math.ldexp(float.fromhex(("0x1.306fe0a31b715p+0", "0x1.ae89f995ad3adp+0")[k % 2]), k // 2)
        for k in classes
    ]
    steps = [1 / amplitude for amplitude in amplitudes]
    near = [min(k, 15) for k in classes]

    def first_levels(least: float, width: float, n_bins: int) -> list[list[int]]:
        return [[ceil((least + b * width) / step) for b in range(n_bins + 1)] for step in steps]

    def levels(name: str, bins: list[int], firsts: list[list[int]]) -> list[int]:
        begin = [first[b] for first, b in zip(firsts, bins, strict=True)]
        end = [first[b + 1] for first, b in zip(firsts, bins, strict=True)]
        assert all(a < b for a, b in zip(begin, end, strict=True)), name
        offsets = words.uniform([b - a for a, b in zip(begin, end, strict=True)])
        return [a + offset for a, offset in zip(begin, offsets, strict=True)]

    crowding = crowding_by_spec(cells, header.width, header.height)
    middles = [
        -0.73
        + 0.106 * (classes[i] + 2 * step_code / 32 - 20)
        + 0.009 * (near[i] * near[i])
        + 0.065 * log2_by_spec(cells[i][2] * cells[i][3])
        - 0.186 * crowding[i]
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
    sizes = levels("size", size_bins, firsts)

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
    elongations = levels("elongation", bins, firsts)

    colors: list[list[int]] = []
    scales = [k if k < 8 else 6 + k % 2 for k in classes]
    shifts = [max(0, (k - 6) // 2) for k in classes]
    sides = [
        min(4, max(0, floor((m - r * step + 1) / 0.5)))
        for m, r, step in zip(ms, elongations, steps, strict=True)
    ]
    laws = [color_laws_by_spec(side, q) for side, q in zip(sides, scales, strict=True)]
    for channel in range(header.channels):
        if channel == 0:
            contexts = scales
            both = [context * 5 + side for context, side in zip(contexts, sides, strict=True)]
            color_bins = Adaptive(33, 60, 30).decode(words, [law[0] for law in laws], contexts, both)
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
    angles = [angle % turn for angle, turn in zip(levels("angle", angle_bins, firsts), turns, strict=True)]

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
    rgb = []
    for i in range(n if header.channels == 3 else 0):
        alpha = [colors[c][i] * scale for c in range(3)]
        shrink = exp_by_spec(-(sizes[i] * steps[i]))
        rgb.append(
            [(alpha[0] * t[0, c] + alpha[1] * t[1, c] + alpha[2] * t[2, c]) * shrink for c in range(3)]
        )
    decoded = {
        "cells": cells,
        "classes": classes,
        "colors": colors,
        "sizes": sizes,
        "elongations": elongations,
        "angles": angles,
        "columns": columns,
        "rows": rows,
        "centers": centers,
        "turns": [pi * angle / turn for angle, turn in zip(angles, turns, strict=True)],
        "rgb": rgb,
    }
    return decoded, words.trace


# The examples


def nothing() -> GsiFile:
    return GsiFile(Header(1, 1), Payload.empty(3))


def five() -> GsiFile:
    return GsiFile(Header(768, 512), spec_payload("five"))


@pytest.mark.parametrize("name", ["nothing", "five"])
def test_files_are_the_bytes_of_the_spec(name: str) -> None:
    file = {"nothing": nothing, "five": five}[name]()
    blob = spec_bytes(name)
    assert file.to_bytes().hex(" ") == blob.hex(" ")
    read = GsiFile.from_bytes(blob)
    assert read.header == file.header
    assert_same(read.payload, file.payload)


def assert_spec_decodes(file: GsiFile) -> list[str]:
    """Decode the spec's way, compare everything, and return what was decoded under which size."""
    decoded, trace = decode_by_spec(file.payload.to_bytes(file.header), file.header)
    for name in NAMES:
        np.testing.assert_array_equal(decoded[name], getattr(file.payload, name), err_msg=name)
    if file.header.channels == 3:
        gaussians = dequantize(file.payload)
        for name, ours in (
            ("centers", gaussians.centers),
            ("turns", gaussians.angles),
            ("rgb", gaussians.colors),
        ):
            np.testing.assert_array_equal(decoded[name], ours, err_msg=name)  # to the last bit
    return trace


def test_spec_alone_is_enough_to_decode_its_example() -> None:
    trace = assert_spec_decodes(five())
    rows = spec_block("trace five").splitlines()
    assert ", ".join(row.split(":")[1].strip() for row in rows) == ", ".join(trace)


@pytest.mark.parametrize("seed", range(12))
def test_spec_alone_is_enough_to_decode_anything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    header = [Header(768, 512), Header(40, 1, channels=1 + seed % 4), Header(65535, 4096)][seed % 3]
    n = min(header.max_gaussians, int(rng.choice([1, 2, 17, 40, 700])))
    assert_spec_decodes(GsiFile(header, random_payload(rng, n, header)))


def test_the_numbers_of_the_example_are_those_of_the_spec() -> None:
    gaussians = dequantize(five().payload)
    columns = {
        "x": gaussians.centers[:, 0],
        "y": gaussians.centers[:, 1],
        "m": gaussians.log_sizes,
        "r": gaussians.log_elongations,
        "theta": gaussians.angles,
        "red": gaussians.colors[:, 0],
        "green": gaussians.colors[:, 1],
        "blue": gaussians.colors[:, 2],
    }
    for row in spec_block("values five").splitlines():
        name, values = row.split(":")
        np.testing.assert_allclose([float(v) for v in values.split()], columns.pop(name.strip()), atol=6e-5)
    assert not columns


# Arithmetic: these bit patterns are part of the format


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, "0x1.0000000000000p+0"),
        (1.0, "0x1.5bf0a8b14576ap+1"),
        (-1.0, "0x1.78b56362cef38p-2"),
        (0.1, "0x1.1aec7b35a00d4p+0"),
        (0.34657359027997264, "0x1.6a09e667f3bccp+0"),
        (7.2, "0x1.4edb91a4d293ap+10"),
        (14.0, "0x1.259ac48bf05d7p+20"),
        (-4.2, "0x1.eb600403a9684p-7"),
    ],
)
def test_exp_has_these_bits(x: float, expected: str) -> None:
    assert exp(np.array([x]))[0].hex() == expected
    assert exp_by_spec(x).hex() == expected


@pytest.mark.parametrize(
    ("x", "cos", "sin"),
    [
        (0.0, "0x1.0000000000000p+0", "0x0.0p+0"),
        (0.5, "0x1.c1528065b7d50p-1", "0x1.eaee8744b05f0p-2"),
        (2.0, "-0x1.aa22657537205p-2", "0x1.d18f6ead1b446p-1"),
        (4.0, "-0x1.4eaa606db24c0p-1", "-0x1.837b9dddc1eb0p-1"),
        (6.0, "0x1.eb9b7097822f6p-1", "-0x1.1e1f18ab0a2bcp-2"),
    ],
)
def test_cos_and_sin_have_these_bits(x: float, cos: str, sin: str) -> None:
    ours = cos_sin(np.array([x]))
    assert (ours[0][0].hex(), ours[1][0].hex()) == (cos, sin)
    assert tuple(v.hex() for v in cos_sin_by_spec(x)) == (cos, sin)


def test_exp_is_right_to_the_last_bit_but_one() -> None:
    x = np.concatenate([np.linspace(-15, 15, 20_001), np.linspace(-690, 690, 999)])
    exact = np.array([math.exp(value) for value in x])
    assert (abs(exp(x) - exact) <= np.spacing(exact)).all()


def test_cos_and_sin_are_right_to_the_last_bit() -> None:
    x = np.linspace(0, 2 * np.pi, 20_001)[:-1]
    cos, sin = cos_sin(x)
    assert abs(cos - [math.cos(value) for value in x]).max() < 4e-16  # 2 in the last place of 1 ...
    assert abs(sin - [math.sin(value) for value in x]).max() < 4e-16  # ... n pi / 2 is rounded once


def test_steps_have_these_bits() -> None:
    symbols = [np.array([v]) for v in (9, 20, 7, 31)]
    shapes = Shapes.of(*symbols)
    assert shapes.row_steps[0].hex() == "0x1.0ab7f043ee6b0p-3"
    assert shapes.column_steps[0].hex() == "0x1.801e25b473cadp-4"


# Sizes


def test_fixed_part_of_a_kodak_file_is_under_32_bytes() -> None:
    header = Header(768, 512)
    data = GsiFile(header, random_payload(np.random.default_rng(0), 3912, header)).to_bytes()
    words = dict(describe(data).sections)["gaussians"] - 2 - 2  # N and the step
    assert len(data) - words < 32


def test_step_codes_name_dyadic_numbers() -> None:
    for code in range(384):
        assert step_of(code) == (32 + code % 32) / 32 * 2.0 ** (code // 32 - 10)
        assert nearest_step_code(step_of(code)) == code
        assert nearest_step_code(step_of(code) * 1.005) == code
    assert nearest_step_code(0.0) == 0
    assert nearest_step_code(math.inf) == 383
    for bad in (-1, 384):
        with pytest.raises(ValueError, match="0 to 383"):
            step_of(bad)


def test_the_example_says_what_it_costs() -> None:
    bits = bits_by_attribute(five().to_bytes())
    names = ["cells", "class", "size", "elongation", "color0", "color1", "color2", "angle", "center"]
    assert list(bits) == names
    assert bits_by_attribute(nothing().to_bytes()) == {}
