"""Counts that follow the symbols: tables by context, each with its parent's as a prior. Spec section 4.

Nothing is transmitted: writer and reader start from the same counts and add what was coded, after
every batch, so that a batch can be coded as one array.
"""

from __future__ import annotations

import numpy as np

from gicodec.format.coder import Coder, Counts, Symbols

FIRST_BATCH, BATCH_GROWTH, MAX_BATCH = 32, 32, 256  # symbols
SCALE = 256  # of a context's own counts against 1, the least that any symbol has
PRIOR_WEIGHT = 12  # symbols of its own after which a context trusts itself as much as its parent


class AdaptiveCounts:
    """Tables of n_symbols for contexts 0 to len(parents) - 1; parents[c] says who helps context c."""

    def __init__(self, parents: Symbols, n_symbols: int) -> None:
        self._parents = parents
        self._own = np.zeros((len(parents), n_symbols), np.int64)
        self._shared = np.ones((int(parents.max()) + 1, n_symbols), np.int64)

    def code(self, coder: Coder, name: str, contexts: Symbols, symbols: Symbols | None) -> Symbols:
        """Code one symbol in each context [n]."""
        coded = np.zeros(len(contexts), np.int64)
        begin, batch = 0, FIRST_BATCH
        while begin < len(contexts):
            rows = slice(begin, begin + batch)
            given = None if symbols is None else symbols[rows]
            coded[rows] = coder.categorical(name, self._predict(contexts[rows]), given)
            self._learn(contexts[rows], coded[rows])
            begin += batch
            batch = min(MAX_BATCH, batch + BATCH_GROWTH)
        return coded

    def _predict(self, contexts: Symbols) -> Counts:
        shared = self._shared[self._parents[contexts]]
        prior = SCALE * PRIOR_WEIGHT * shared // shared.sum(axis=1, keepdims=True)
        predicted: Counts = SCALE * self._own[contexts] + prior + 1
        return predicted

    def _learn(self, contexts: Symbols, symbols: Symbols) -> None:
        np.add.at(self._own, (contexts, symbols), 1)
        np.add.at(self._shared, (self._parents[contexts], symbols), 1)
