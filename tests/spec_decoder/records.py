"""Section 9: the records of the papers' methods."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gicodec.format import Header
from spec_decoder.arithmetic import cos_sin_by_spec, exp_by_spec
from spec_decoder.words import Bytes, Words

LEVELS_BY_SPEC = [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181]


def decode_records_by_spec(data: bytes, header: Header) -> tuple[list[tuple[int, ...]], list[list[float]]]:
    """Section 9: records, and for each x, y, xx, xy, yy and colors."""
    reader = Bytes(data)
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
        half for _ in range(len(reader.rest)) for byte in reader.take(1) for half in (byte & 15, byte >> 4)
    )
    table_depths = [next(halves) for _ in fields]
    tables = [[LEVELS_BY_SPEC[next(halves)] for _ in range(2**t)] if t else [] for t in table_depths]
    if (len(fields) + sum(map(len, tables))) % 2:
        assert next(halves) == 0
    words = Words(reader.rest)

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
