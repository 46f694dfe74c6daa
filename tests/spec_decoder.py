"""A decoder in plain Python, written from SPEC.md alone: every line is in the spec, in the same words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from math import ceil, comb, floor
from typing import Any

import numpy as np

from gicodec.format import Header
from gicodec.format.varint import ByteReader


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

    def push(self, lower: int, upper: int) -> None:
        """Code a symbol whose bounds are these."""
        p = upper - lower
        if self.state >> 40 >= p:
            self.words.append(self.state % 2**32)
            self.state >>= 32
        self.state = (self.state // p << 24) + self.state % p + lower

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
        symbol = min(self.state % 2**24 // (2**24 // size), size - 1)
        self.take(*self.even_bounds(symbol, size))
        self.trace.append(f"{symbol} of {size}")
        return symbol

    @staticmethod
    def even_bounds(symbol: int, size: int) -> tuple[int, int]:
        width = 2**24 // size
        return symbol * width, 2**24 if symbol + 1 == size else (symbol + 1) * width


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


def levels_by_spec(words: Words, bins: list[int], firsts: list[list[int]]) -> list[int]:
    """Section 3: the first level of each bin, plus which of its levels."""
    begin = [first[b] for first, b in zip(firsts, bins, strict=True)]
    end = [first[b + 1] for first, b in zip(firsts, bins, strict=True)]
    assert all(a < b for a, b in zip(begin, end, strict=True))
    offsets = words.uniform([b - a for a, b in zip(begin, end, strict=True)])
    return [a + offset for a, offset in zip(begin, offsets, strict=True)]


def waves_by_spec(
    words: Words, classes: list[int], size_bins: list[int], sides: list[int]
) -> tuple[list[list[int]], list[list[int]], list[float]]:
    """Section 3: amplitudes and frequencies, two lists of N each; and section 5: the frequencies' steps."""
    n = len(classes)
    amplitudes, frequencies, waves_steps = [[0] * n, [0] * n], [[0] * n, [0] * n], [0.0] * n
    if words.even(2) == 0:
        return amplitudes, frequencies, waves_steps
    near = [min(k, 15) for k in classes]
    both = [near[i] * 26 + size_bins[i] for i in range(n)]
    flags = Adaptive(2, 20, 20).decode(words, [[5, 1]] * n, near, both)
    which = [i for i in range(n) if flags[i]]
    shifts = [max(0, (classes[i] - 6) // 2) for i in which]
    scales = [classes[i] - 2 * h for i, h in zip(which, shifts, strict=True)]

    def signed(magnitudes: list[int], can_be: list[bool]) -> list[int]:
        signs = words.uniform([2 if can else 1 for can in can_be])
        return [-v if sign else v for v, sign in zip(magnitudes, signs, strict=True)]

    laws = [amplitude_laws_by_spec(q)[0] for q in scales]
    contexts = scales
    for part in range(2):
        bins = Adaptive(17, 40).decode(words, laws, contexts)
        low = words.uniform([2**h for h in shifts])
        magnitudes = [b * 2**h + rest for b, h, rest in zip(bins, shifts, low, strict=True)]
        for i, value in zip(which, signed(magnitudes, [v > 0 for v in magnitudes]), strict=True):
            amplitudes[part][i] = value
        laws = [amplitude_laws_by_spec(q)[1][b] for q, b in zip(scales, bins, strict=True)]
        contexts = [q * 17 + b for q, b in zip(scales, bins, strict=True)]

    for i in which:
        k = min(31, (amplitudes[0][i] ** 2 + amplitudes[1][i] ** 2).bit_length() - 1)
        waves_steps[i] = math.sqrt(2) / amplitude_by_spec(k)
    steps = [waves_steps[i] for i in which]
    ends = [b / 2 if b < 4 else (4 + b % 4) * 2.0 ** (b // 4 - 2) for b in range(29)]
    firsts = [[ceil(end / u) for end in ends] for u in steps]
    laws_across = ((0.3, 0.2), (0.6, 0.4), (1.3, 0.5), (2.0, 1.0), (2.1, 1.5))
    narrow = [sides[i] for i in which]
    laws = [logistic_by_spec(f, u, *laws_across[s]) for f, u, s in zip(firsts, steps, narrow, strict=True)]
    across = levels_by_spec(words, Adaptive(28, 60).decode(words, laws, narrow), firsts)
    laws = [logistic_by_spec(f, u, 2.0, 1.9) for f, u in zip(firsts, steps, strict=True)]
    along = levels_by_spec(words, Adaptive(28, 60).decode(words, laws, [0] * len(which)), firsts)
    along = signed(along, [a > 0 and b > 0 for a, b in zip(along, across, strict=True)])
    for i, a, b in zip(which, along, across, strict=True):
        frequencies[0][i], frequencies[1][i] = a, b
    return amplitudes, frequencies, waves_steps


def amplitude_by_spec(k: int) -> float:
    return math.ldexp(float.fromhex(("0x1.306fe0a31b715p+0", "0x1.ae89f995ad3adp+0")[k % 2]), k // 2)


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
    for i in range(n if header.channels == 3 else 0):
        alpha = [colors[c][i] * scale for c in range(3)]
        shrink = exp_by_spec(-(sizes[i] * steps[i]))
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


LEVELS_BY_SPEC = [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181]


def decode_records_by_spec(data: bytes, header: Header) -> tuple[list[tuple[int, ...]], list[list[float]]]:
    """Section 9: records, and for each x, y, xx, xy, yy and colors."""
    reader = ByteReader(data, "section 9")
    n, c = reader.varint(), header.channels
    plus = header.method.label == "gaussianimage++"
    if plus:
        depths = list(reader.take(3))
        fields = [depths[0]] * 2 + [depths[1]] * 3 + [depths[2]] * c
        scales, offsets = (np.frombuffer(reader.take(4 * (5 + c)), "<f4").tolist() for _ in range(2))
    else:
        fields = [16, 16, 6, 6, 6, 3, 3]
        scales, offsets = (np.frombuffer(reader.take(12), "<f4").tolist() for _ in range(2))
        books = np.frombuffer(reader.take(2 * 2 * 8 * c), "<f2").astype(float).reshape(2, 8, c).tolist()
    if n == 0:
        return [], []
    first = reader.varint()
    halves = (
        half for _ in range(reader.left()) for byte in reader.take(1) for half in (byte & 15, byte >> 4)
    )
    table_depths = [next(halves) for _ in fields]
    tables = [[LEVELS_BY_SPEC[next(halves)] for _ in range(2**t)] if t else [] for t in table_depths]
    if (len(fields) + sum(map(len, tables))) % 2:
        assert next(halves) == 0
    words = Words(reader.take(reader.left()))

    def record() -> tuple[int, ...]:
        upper = [words.categorical(table) if table else 0 for table in tables]
        lower = [d - t for d, t in zip(fields, table_depths, strict=True)]
        return tuple(u * 2**bits + words.even(2**bits) for u, bits in zip(upper, lower, strict=True))

    chosen: list[tuple[int, ...]] = []
    for i in range(1, n - first + 1):
        chosen.append(record())
        a, m = sum(other < chosen[-1] for other in chosen), chosen.count(chosen[-1])
        place = a + words.even(m)
        if i > 1:
            words.push(*words.even_bounds(place, i))
    records = chosen + [record() for _ in range(first)]
    assert words.state == 0
    assert not words.words
    if first < n:
        records.sort()
    if plus:
        return records, [plus_by_spec(r, scales, offsets) for r in records]
    return records, [gaussian_image_by_spec(r, header, scales, offsets, books) for r in records]


def gaussian_image_by_spec(
    record: Sequence[int],
    header: Header,
    scales: Sequence[float],
    offsets: Sequence[float],
    books: Sequence[Sequence[Sequence[float]]],
) -> list[float]:
    def tanh(half: int) -> float:
        x = float(np.array(half, np.uint16).view(np.float16))
        e = exp_by_spec(-2 * min(abs(x), 300))
        return math.copysign((1 - e) / (1 + e), x)

    center = [(tanh(record[0]) + 1) / 2 * header.width, (tanh(record[1]) + 1) / 2 * header.height]
    color = [one + other for one, other in zip(books[0][record[5]], books[1][record[6]], strict=True)]
    v1, v2, v3 = (symbol * s + o for symbol, s, o in zip(record[2:5], scales, offsets, strict=True))
    if header.method.label == "gaussianimage":
        a, b, c = v1 + 0.5, v2, v3 + 0.5
        return [*center, a * a, a * b, b * b + c * c, *color]
    a, c = (v1 + 0.5) * (v1 + 0.5), (v2 + 0.5) * (v2 + 0.5)
    sigmoid = 1 / (1 + exp_by_spec(-min(600, max(-600, v3))))
    cos, sin = cos_sin_by_spec(2 * float.fromhex("0x1.921fb54442d18p+1") * sigmoid)
    xx, yy = cos * cos * a + sin * sin * c, sin * sin * a + cos * cos * c
    return [*center, xx, cos * sin * (a - c), yy, *color]


def plus_by_spec(record: Sequence[int], scales: Sequence[float], offsets: Sequence[float]) -> list[float]:
    v = [symbol * s + o for symbol, s, o in zip(record, scales, offsets, strict=True)]
    xx, yy = (exp_by_spec(min(600, max(-600, x))) for x in (v[2], v[4]))
    return [v[0], v[1], xx, v[3], yy, *v[5:]]
