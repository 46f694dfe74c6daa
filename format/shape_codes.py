"""Sizes and elongations: each a bin, coded adaptively, and a level in it, evenly. Spec section 3."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gicodec.format.adaptive import AdaptiveCounts
from gicodec.format.coder import Coder, Symbols
from gicodec.format.errors import CorruptFileError
from gicodec.format.exact import exp, log2
from gicodec.format.lattice import (
    MAX_ELONGATION,
    MAX_LOG_SIZE,
    MIN_LOG_SIZE,
    STEPS_PER_OCTAVE,
    shape_steps,
)
from gicodec.format.laws import TINTS, logistic
from gicodec.format.tree import HEIGHT, WIDTH

Array = NDArray[np.float64]

SIZE_BIN, ELONGATION_BIN = 0.35, 0.3  # of m and r: a bin's levels are alike
N_SIZE_BINS = 26  # MIN_LOG_SIZE to MAX_LOG_SIZE
N_ELONGATION_BINS = 12  # 0 to beyond MAX_ELONGATION
N_CLASS_CONTEXTS = 16  # the last one is that of all larger classes
N_SIZE_CONTEXTS = 30  # of the middle of the law

SIZE_CHAIN = ((N_SIZE_CONTEXTS, 100), (N_CLASS_CONTEXTS * N_SIZE_CONTEXTS, 40))
ELONGATION_CHAIN = ((N_SIZE_BINS, 60), (N_CLASS_CONTEXTS * N_SIZE_BINS, 40))
SIZE_SPREAD = 0.36


def code_sizes(
    coder: Coder, classes: Symbols, step: int, crowding: Array, cells: Symbols, given: Symbols | None
) -> Symbols:
    """Code m given D's code, class, and how many Gaussians there are around the cell."""
    near = np.minimum(classes, N_CLASS_CONTEXTS - 1)
    energy = classes + 2 * step / STEPS_PER_OCTAVE - 20  # log2 |alpha|^2, colors being 0 to 1
    area = log2((cells[:, WIDTH] * cells[:, HEIGHT]).astype(np.float64))
    middles = -0.73 + 0.106 * energy + 0.009 * (near * near) + 0.065 * area - 0.186 * crowding
    bins = _Bins(MIN_LOG_SIZE, SIZE_BIN, N_SIZE_BINS, classes)
    spreads = np.full_like(middles, SIZE_SPREAD)
    places = np.clip(np.floor((middles + 2) / SIZE_BIN + 0.5), 0, N_SIZE_CONTEXTS - 1).astype(np.int64)
    chain = [places, near * N_SIZE_CONTEXTS + places]
    return bins.code(coder, "size", SIZE_CHAIN, (middles, spreads), chain, given)


def code_elongations(coder: Coder, classes: Symbols, sizes: Symbols, given: Symbols | None) -> Symbols:
    """Code r given class and m: the narrow side of an ellipse is seldom below half a pixel."""
    near = np.minimum(classes, N_CLASS_CONTEXTS - 1)
    m = sizes * shape_steps(classes)
    bins = _Bins(0.0, ELONGATION_BIN, N_ELONGATION_BINS, classes)
    middles, spreads = 0.54 + 0.505 * m - 0.123 * (m * m), exp(0.257 * m - 1.614)
    wide = _Bins(MIN_LOG_SIZE, SIZE_BIN, N_SIZE_BINS, classes).of(sizes)
    chain = [wide, near * N_SIZE_BINS + wide]
    return bins.code(coder, "elongation", ELONGATION_CHAIN, (middles, spreads), chain, given)


def narrowness(classes: Symbols, sizes: Symbols, elongations: Symbols) -> Symbols:
    """Classify Gaussians by the log m - r of their narrow side: below -0.5, 0, 0.5, 1, and above."""
    steps = shape_steps(classes)
    narrow = np.floor((sizes * steps - elongations * steps + 1) / 0.5)
    return np.clip(narrow, 0, len(TINTS) - 1).astype(np.int64)


class _Bins:
    """Levels of m or r, grouped in bins of about equal width whatever the class's step."""

    def __init__(self, least: float, width: float, n_bins: int, classes: Symbols) -> None:
        self._least, self._width, self._n_bins = least, width, n_bins
        self._steps = shape_steps(classes)

    def of(self, levels: Symbols) -> Symbols:
        """Return the bins of levels [N], which must lie in the range of all bins."""
        bins = np.floor((levels * self._steps - self._least) / self._width).astype(np.int64)
        bins -= levels < self._first_level(bins)  # the edges decide, not this quotient's rounding
        bins += levels >= self._first_level(bins + 1)
        return bins

    def code(
        self,
        coder: Coder,
        name: str,
        chain: Sequence[tuple[int, int]],
        law: tuple[Array, Array],
        contexts: list[Symbols],
        levels: Symbols | None,
    ) -> Symbols:
        """Code the bin adaptively, by a law of these middles and spreads; and which of its levels, evenly."""
        middles, spreads = law
        given = None if levels is None else self.of(levels)
        bins = AdaptiveCounts(self._n_bins, chain).code(
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
        return first + coder.uniform(name, count, None if levels is None else levels - first)

    def _edges(self, rows: slice) -> Array:
        """Return where bins begin and end [n, bins + 1]: halfway between two levels."""
        steps = self._steps[rows, None]
        ends = self._least + np.arange(self._n_bins + 1) * self._width
        edges: Array = (np.ceil(ends / steps) - 0.5) * steps
        return edges

    def _first_level(self, bins: Symbols) -> Symbols:
        first: Symbols = np.ceil((self._least + bins * self._width) / self._steps).astype(np.int64)
        return first


assert MIN_LOG_SIZE + N_SIZE_BINS * SIZE_BIN >= MAX_LOG_SIZE
assert N_ELONGATION_BINS * ELONGATION_BIN >= MAX_ELONGATION
