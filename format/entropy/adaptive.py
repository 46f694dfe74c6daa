"""Probabilities that follow the symbols: a prior to begin with, then counts by context. Spec section 4.

Contexts form a chain, from general to particular. Each has counts of its own, and is helped by what the
one before it predicts; the first by a prior that holds for photographs. Nothing is transmitted: writer and
reader add what was coded after every batch, so that a batch can be coded as one array.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.entropy.ans import Coder

Likelihood = Callable[[slice, IntArray], FloatArray]
Prior = Callable[
    [slice], IntArray
]  # of the symbols in a slice [n, n_symbols], in proportion; no more is held

FIRST_BATCH, BATCH_GROWTH, MAX_BATCH = 32, 32, 256  # symbols
SCALE = 65536.0  # of all probabilities of a symbol against 1, the least that any has


class AdaptiveCounts:
    """Tables of n_symbols for a chain of contexts."""

    def __init__(self, n_symbols: int, chain: Sequence[tuple[int, int]]) -> None:
        """Begin with nothing counted.

        Args:
            n_symbols: Symbols are 0 to n_symbols - 1.
            chain: For every link how many contexts it has, and its weight: after so many symbols of
                its own a context trusts itself as much as the one before it.
        """
        self._weights = [float(weight) for _, weight in chain]
        self._tables = [np.zeros((n_contexts, n_symbols)) for n_contexts, _ in chain]
        self._totals = [np.zeros(n_contexts) for n_contexts, _ in chain]

    def code(
        self,
        coder: Coder,
        name: str,
        prior: Prior,
        chain: Sequence[IntArray],
        symbols: IntArray | None,
        likelihood: Likelihood | None = None,
    ) -> IntArray:
        """Code n symbols, each under its prior and in its contexts, [n] for every link.

        What likelihood returns for a slice, given the symbols of the one before, multiplies probabilities.
        """
        n = len(chain[0])
        coded = np.zeros(n, np.int64)
        begin, batch, before = 0, FIRST_BATCH, coded[:0]
        while begin < n:
            rows = slice(begin, begin + batch)
            contexts = [link[rows] for link in chain]
            given = None if symbols is None else symbols[rows]
            likely = self._predict(prior(rows), contexts)
            if likelihood is not None:
                likely *= likelihood(rows, before)
            likely *= SCALE
            np.floor(likely, out=likely)
            likely += 1
            before = coder.categorical(name, likely, given)
            self._learn(contexts, before)
            coded[rows] = before
            begin += batch
            batch = min(MAX_BATCH, batch + BATCH_GROWTH)
        return coded

    def _predict(self, prior: IntArray, contexts: Sequence[IntArray]) -> FloatArray:
        likely: FloatArray = prior / prior.sum(axis=1, keepdims=True)
        for link, table, total, weight in zip(
            contexts, self._tables, self._totals, self._weights, strict=True
        ):
            likely *= weight
            likely += table[link]
            likely /= (total[link] + weight)[:, None]
        return likely

    def _learn(self, contexts: Sequence[IntArray], symbols: IntArray) -> None:
        for link, table, total in zip(contexts, self._tables, self._totals, strict=True):
            np.add.at(table.reshape(-1), link * table.shape[1] + symbols, 1.0)  # flat is much faster
            np.add.at(total, link, 1.0)
