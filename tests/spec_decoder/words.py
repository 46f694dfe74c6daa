"""Sections 1 and 4: bytes and varints, the coded words as a stack, and the models of their symbols."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import ceil, floor


class Bytes:
    """Section 1: bytes, one after the other, and numbers of 7 bits a byte."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, n_bytes: int) -> bytes:
        taken, self.rest = self.rest[:n_bytes], self.rest[n_bytes:]
        assert len(taken) == n_bytes
        return taken

    def varint(self) -> int:
        (byte,) = self.take(1)
        return byte if byte < 128 else byte - 128 + 128 * self.varint()


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
