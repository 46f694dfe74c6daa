"""Values with steps of their own: each a bin, coded adaptively, and a level in it, evenly. Spec section 3."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.entropy.adaptive import AdaptiveCounts
from gicodec.format.entropy.ans import Coder
from gicodec.format.errors import CorruptFileError
from gicodec.format.gsi.priors import logistic


class Bins:
    """Levels in steps of their own, grouped in bins of values: a bin's levels are alike whatever the step."""

    def __init__(self, ends: FloatArray, steps: FloatArray) -> None:
        """Take the values at which bins begin and end [bins + 1], and the steps of the levels [N]."""
        self._ends, self._steps = ends, steps

    def of(self, levels: IntArray) -> IntArray:
        """Return the bins of levels [N], which must lie in the range of all bins."""
        bins = np.searchsorted(self._ends, levels * self._steps, side="right") - 1
        bins = np.clip(bins, 0, len(self._ends) - 2)
        bins -= levels < self._first_level(bins)  # the edges decide, not this product's rounding
        bins += levels >= self._first_level(bins + 1)
        return bins

    def code(
        self,
        coder: Coder,
        name: str,
        chain: Sequence[tuple[int, int]],
        prior: tuple[FloatArray, FloatArray],
        contexts: list[IntArray],
        levels: IntArray | None,
    ) -> IntArray:
        """Code the bin adaptively, under a prior of these middles and spreads, and the level in it evenly."""
        middles, spreads = prior
        given = None if levels is None else self.of(levels)
        bins = AdaptiveCounts(len(self._ends) - 1, chain).code(
            coder,
            name,
            lambda rows: logistic(self._edges(rows), middles[rows], spreads[rows]),
            contexts,
            given,
        )
        first = self._first_level(bins)
        count = self._first_level(bins + 1) - first
        if not count.all():  # where a step is wider than a bin
            raise CorruptFileError(f"{name}: a bin without a level")
        return coder.within(name, first, count, levels)

    def _edges(self, rows: slice) -> FloatArray:
        """Return where bins begin and end [n, bins + 1]: halfway between two levels."""
        steps = self._steps[rows, None]
        edges: FloatArray = (np.ceil(self._ends / steps) - 0.5) * steps
        return edges

    def _first_level(self, bins: IntArray) -> IntArray:
        first: IntArray = np.ceil(self._ends[bins] / self._steps).astype(np.int64)
        return first
