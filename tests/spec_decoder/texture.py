"""Section 12: the amplitudes of TEXTURE, bit by bit."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from spec_decoder.words import Bytes

KNOTS = [
    *(22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768),
    *(40793, 47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476),
    *(65500, 65514),
]
ORDER = sorted(((i, j) for i in range(8) for j in range(8)), key=lambda place: (sum(place), place[0]))
EMPTY = "empty"
Amplitudes = list[list[list[list[list[int]]]]]
Key = tuple[object, ...]


def quot(x: int, n: int) -> int:
    """As div, but rounds towards 0."""
    return -(-x // n) if x < 0 else x // n


@cache
def probability(x: int) -> int:
    k, f = (x + 2048) // 128, (x + 2048) % 128
    return (KNOTS[k] * (128 - f) + KNOTS[k + 1] * f + 64) >> 7


@cache
def logit(y: int) -> int:
    return next((x for x in range(-2048, 2048) if probability(x) >= 16 * y + 8), 2047)


def bin_(v: int) -> int:
    if v <= 1:
        return v
    z = v.bit_length() - 1
    return min(15, 2 * z + (v >> (z - 1)) % 2)


class Coder:
    """The binary arithmetic coder."""

    def __init__(self, data: bytes) -> None:
        assert not data.endswith(b"\0")
        self.data, self.n_read = data, 0
        self.low, self.high, self.value = 0, 2**32 - 1, 0
        for _ in range(4):
            self.value = self.value << 8 | self.byte()
        self.trace: list[str] = []

    def byte(self) -> int:
        self.n_read += 1
        return self.data[self.n_read - 1] if self.n_read <= len(self.data) else 0

    def bit(self, p: int) -> int:
        span = self.high - self.low
        middle = self.low + (span >> 16) * p + (((span % 2**16) * p) >> 16)
        bit = int(self.value <= middle)
        if bit:
            self.high = middle
        else:
            self.low = middle + 1
        while self.low >> 24 == self.high >> 24:
            self.low = (self.low << 8) % 2**32
            self.high = (self.high << 8) % 2**32 + 255
            self.value = (self.value << 8) % 2**32 + self.byte()
        self.trace.append(f"{p}:{bit}")
        return bit

    def even(self) -> int:
        return self.bit(32768)


class Model:
    """The counters and the weights, by channel and kind."""

    def __init__(self) -> None:
        self.counters: defaultdict[Key, list[int]] = defaultdict(lambda: [32768, 0])
        self.weights: defaultdict[Key, list[int]] = defaultdict(lambda: [8192] * 8)

    def bit(self, coder: Coder, where: Key, c: Sequence[int], m: Sequence[int]) -> int:
        assert max(c) < 4096
        assert max(m) < 16
        counters = [self.counters[where, k, context] for k, context in enumerate(c)]
        lists = [self.weights[where, which, number] for which, number in enumerate(m)]
        inputs = [quot(logit(q >> 4) * (5, 21, 37, 53, 64)[min(n, 4)], 64) for q, n in counters] + [77]
        total = sum((weight[k] * inputs[k]) >> 8 for weight in lists for k in range(8))
        p = probability(min(2047, max(-2048, total >> 8)))
        bit = coder.bit(p)
        error = bit * 65536 - p
        for weight, rate in zip(lists, (4, 3), strict=True):
            for k in range(8):
                moved = weight[k] + ((inputs[k] * error * rate + 2**17) >> 18)
                weight[k] = min(2**19, max(-(2**19), moved))
        for counter in counters:
            q, n = counter
            counter[0] = q + quot((bit * 65535 - q) * (655360 // (10 * n + 16)), 65536)
            counter[1] = min(255, n + 1)
        return bit


class Block:
    """The magnitudes of a block; at all other places, 0."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], int] = {}

    def __call__(self, i: int, j: int) -> int:
        return self.known.get((i, j), 0)

    def sum(self) -> int:
        return sum(self.known.values())


class TextureBySpec:
    """The amplitudes of a layer, [channel][row][column][i][j], as a coder gives their bits."""

    def __init__(self, coder: Coder, width: int, height: int, channels: int) -> None:
        self.coder, self.model = coder, Model()
        self.blocks: defaultdict[Key, Block] = defaultdict(Block)
        n_rows, n_columns = (height + 7) // 8, (width + 7) // 8
        self.amplitudes: Amplitudes = [[[] for _ in range(n_rows)] for _ in range(channels)]
        for row in range(n_rows):
            for column in range(n_columns):
                for c in range(channels):
                    self.amplitudes[c][row].append(self.block(c, row, column))

    def block(self, channel: int, row: int, column: int) -> list[list[int]]:
        def at(c: int, dy: int, dx: int) -> Block:
            return self.blocks.get((c, row + dy, column + dx), Block())

        around = [at(channel, 0, -1), at(channel, -1, 0), at(channel, -1, -1), at(channel, -1, 1)]
        around.append(at(0, 0, 0) if channel >= 1 else Block())
        around.append(at(1, 0, 0) if channel == 2 else Block())
        x = self.blocks[channel, row, column]
        block = [[0] * 8 for _ in range(8)]
        if self.model.bit(self.coder, (channel, EMPTY), *contexts_of_empty(around)):
            return block
        for h, (i, j) in enumerate(ORDER):
            contexts = contexts_of_amplitude(around, x, h, i, j)
            known = (i, j) == (7, 7) and x.sum() == 0
            x.known[i, j] = magnitude = self.magnitude(channel, known, *contexts)
            if magnitude:
                block[i][j] = -magnitude if self.coder.even() else magnitude
        return block

    def magnitude(self, channel: int, known: bool, c: Sequence[int], m: Sequence[int]) -> int:
        for v in range(1 if known else 0, 15):
            if not self.model.bit(self.coder, (channel, min(v, 3)), c, m):
                return v
        n = x = 0
        while n < 15 and self.coder.even():
            n += 1
        for _ in range(n):
            x = 2 * x + self.coder.even()
        magnitude: int = 14 + 2**n + x
        assert magnitude <= 32767
        return magnitude


def contexts_of_empty(around: Sequence[Block]) -> tuple[list[int], list[int]]:
    left, above, both, right, y, z = (block.sum() for block in around)
    s = left + above
    return [
        (bin_(left) * 16 + bin_(above)) * 16 + bin_(y),
        (bin_(both) * 16 + bin_(right)) * 16 + bin_(y),
        (bin_(left) * 16 + bin_(y)) * 16 + bin_(z),
        (bin_(above) * 16 + bin_(y)) * 16 + bin_(z),
        bin_(s),
        bin_(y) * 16 + bin_(z),
        bin_(2 * s + both + right) * 16 + bin_(y),
    ], [bin_(s), 0]


def contexts_of_amplitude(
    near: Sequence[Block], x: Block, h: int, i: int, j: int
) -> tuple[list[int], list[int]]:
    left, above, both, right, y, z = near

    def w(i: int, j: int) -> int:
        return left(i, j) + above(i, j)

    sides = (-1, 0, 1)
    same = 2 * w(i, j) + both(i, j) + right(i, j)
    like = sum(w(i + a, j + b) for a in sides for b in sides if (a, b) != (0, 0))
    own = 2 * (x(i - 1, j) + x(i, j - 1)) + x(i - 1, j - 1) + x(i - 2, j) + x(i, j - 2) + x(i - 1, j + 1)
    other = 2 * y(i, j) + y(i - 1, j) + y(i + 1, j) + y(i, j - 1) + y(i, j + 1) + 2 * z(i, j)
    around = sum(min(3, left(a, b)) + min(3, above(a, b)) for a, b in ORDER)
    e, f = bin_((10 * same + 7 * own + 3 * like) >> 2), i + j
    t = bin_(16 * x.sum() // (h + 2))
    return [
        (8 * i + j) * 16 + e,
        (bin_(same) * 16 + bin_(own)) * 16 + bin_(other),
        (bin_(like) * 16 + bin_(same)) * 16 + f,
        (bin_(own) * 16 + t) * 16 + f,
        e * 16 + bin_(other),
        (bin_(around >> 2) * 16 + t) * 16 + e,
        e * 16 + f,
    ], [e, f]


def decode_texture_by_spec(
    data: bytes, width: int, height: int, channels: int
) -> tuple[float, Amplitudes, list[str]]:
    """Return D and the amplitudes of a section, and its bits with their probabilities."""
    reader = Bytes(data)
    code = reader.varint()
    assert code < 384
    coder = Coder(reader.rest)
    amplitudes = TextureBySpec(coder, width, height, channels).amplitudes
    assert len(coder.data) <= coder.n_read - 3
    return math.ldexp(32 + code % 32, code // 32 - 15), amplitudes, coder.trace
