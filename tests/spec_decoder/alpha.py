"""Section 10: the samples of ALPHA, one after the other."""

from __future__ import annotations

from spec_decoder.words import Adaptive, Bytes, Words

KIND_LAW = [1024, 512, 256, 128, 64, 32, 16, 8, 4, 2]
Place = tuple[int, int]


def bits(x: int) -> int:
    """B(x), the least integer with x < 2^B(x)."""
    n = 0
    while not x < 2**n:
        n += 1
    return n


class AlphaBySpec:
    """A grid of samples, and the models that decode it."""

    def __init__(self, data: bytes, width: int, height: int) -> None:
        reader = Bytes(data)
        self.q = reader.varint()
        assert 1 <= self.q <= 128
        self.words = Words(reader.rest)
        self.n_rows = 16 * ((height + 14) // 16) + 1
        self.n_columns = 16 * ((width + 14) // 16) + 1
        self.goes_on = {
            (i, j): True for i in range(-(-self.n_rows // 16)) for j in range(-(-self.n_columns // 16))
        }
        self.kinds = Adaptive(10, 20, 20, 20)
        self.signs = Adaptive(2, 10, 10, 10)
        self.blocks = Adaptive(2, 10, 10, 10)
        self.read(width, height)

    def read(self, width: int, height: int) -> None:
        (corner,) = self.words.uniform([256])
        self.a = [[corner] * self.n_columns for _ in range(self.n_rows)]
        n, d = max(self.n_rows, self.n_columns), 1
        distances: list[int] = []
        while d < n:
            distances.insert(0, d)
            d *= 2
        for d in distances:
            if d < 16:
                self.read_blocks(d)
            rows, columns = range(self.n_rows), range(self.n_columns)
            odd_rows = [y for y in rows if y % (2 * d) == d]
            odd_columns = [x for x in columns if x % (2 * d) == d]
            even_rows = [y for y in rows if y % (2 * d) == 0]
            even_columns = [x for x in columns if x % (2 * d) == 0]
            straight = ((0, -d), (0, d), (-d, 0), (d, 0))
            self.read_group(d, odd_rows, odd_columns, ((-d, -d), (d, d), (-d, d), (d, -d)))
            self.read_group(d, even_rows, odd_columns, straight)
            self.read_group(d, odd_rows, even_columns, straight)
        assert self.words.state == 0
        assert not self.words.words
        self.samples = [row[:width] for row in self.a[:height]]

    def read_blocks(self, d: int) -> None:
        living = [block for block in sorted(self.goes_on) if self.goes_on[block]]
        exponent, spreads = d.bit_length() - 1, []
        for i, j in living:
            around = []
            for k in range(0, 17, 2 * d):
                for col in range(0, 17, 2 * d):
                    y, x = 16 * i + k, 16 * j + col
                    if y >= self.n_rows:
                        y = (self.n_rows - 1) // (2 * d) * 2 * d
                    if x >= self.n_columns:
                        x = (self.n_columns - 1) // (2 * d) * 2 * d
                    around.append(self.a[y][x])
            spreads.append(bits(max(around) - min(around)))
        contexts = [0] * len(living), spreads, [s * 4 + exponent for s in spreads]
        symbols = self.blocks.decode(self.words, [[1, 1]] * len(living), *contexts)
        for block, symbol in zip(living, symbols, strict=True):
            self.goes_on[block] = symbol == 1

    def at(self, y: int, x: int, dy: int, dx: int) -> int:
        """Return the sample at an offset."""
        return self.a[self.moved(y, dy, self.n_rows)][self.moved(x, dx, self.n_columns)]

    @staticmethod
    def moved(place: int, offset: int, length: int) -> int:
        if 0 <= place + offset < length:
            return place + offset
        return min(max(place - offset, 0), length - 1)

    def read_group(self, d: int, rows: list[int], columns: list[int], offsets: tuple[Place, ...]) -> None:
        places = [(y, x) for y in rows for x in columns]
        found = {place: self.predict(*place, offsets) for place in places}
        coded = [(y, x) for y, x in places if d >= 16 or self.goes_on[y // 16, x // 16]]
        s = [found[place][1] for place in coded]
        t = [found[place][2] for place in coded]
        g = [8 * found[place][0] // 256 for place in coded]
        o = [found[place][3] for place in coded]
        chain = s, t, [t_i * 8 + g_i for t_i, g_i in zip(t, g, strict=True)]
        kinds = self.kinds.decode(self.words, [KIND_LAW] * len(coded), *chain)
        wide = [i for i, kind in enumerate(kinds) if 2 <= kind <= 8]
        low = dict(zip(wide, self.words.uniform([2 ** (kinds[i] - 1) for i in wide]), strict=True))
        some = [i for i, kind in enumerate(kinds) if kind != 0]
        links = (
            [s[i] for i in some],
            [s[i] * 8 + g[i] for i in some],
            [(s[i] * 8 + g[i]) * 3 + o[i] for i in some],
        )
        signs = dict(zip(some, self.signs.decode(self.words, [[1, 1]] * len(some), *links), strict=True))
        step = max(1, self.q // 2 ** min(3, d.bit_length() - 1))
        for y, x in places:
            self.a[y][x] = found[y, x][0]
        for i, (y, x) in enumerate(coded):
            negative = signs.get(i) == 1
            if kinds[i] == 9:
                self.a[y][x] = 0 if negative else 255
                continue
            difference = 2 ** (kinds[i] - 1) + low[i] if kinds[i] >= 2 else kinds[i]
            moved = found[y, x][0] + (-difference if negative else difference) * step
            self.a[y][x] = min(max(moved, 0), 255)

    def predict(self, y: int, x: int, offsets: tuple[Place, ...]) -> tuple[int, int, int, int]:
        """Return the prediction, the spread s, t, and the lean o."""
        a, b, c, e = (self.at(y, x, *offset) for offset in offsets)
        outer = [self.at(y, x, 3 * dy, 3 * dx) for dy, dx in offsets]

        def between(a: int, b: int, before: int, after: int) -> int:
            if max(abs(before - a), abs(after - b)) <= 32:
                return 9 * (a + b) - before - after
            return 8 * (a + b)

        u, v = abs(a - b), abs(c - e)
        one, other = between(a, b, *outer[:2]), between(c, e, *outer[2:])
        p = (one + other + 16) // 32
        if u + v > 0:
            p = (one * v + other * u + 8 * (u + v)) // (16 * (u + v))
        p = min(max(p, 0), 255)
        s = bits(max(a, b, c, e) - min(a, b, c, e))
        lean = a + b + c + e - 4 * p
        return p, s, s * 9 + bits(min(u, v)), 1 + (lean > 0) - (lean < 0)


def decode_alpha_by_spec(data: bytes, width: int, height: int) -> list[list[int]]:
    """Return the samples of a section, rows of columns."""
    return AlphaBySpec(data, width, height).samples
