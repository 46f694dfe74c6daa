"""The adaptive models of opacity: which blocks are coded on, and how far samples are from predictions.

Spec section 10.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format.alpha.prediction import Neighbors, Plane, bits_of
from gicodec.format.arrays import IntArray
from gicodec.format.entropy.adaptive import AdaptiveCounts, Prior
from gicodec.format.entropy.ans import Coder

Differences = NDArray[np.int16]
"""[H, W], in steps; of the corner, the sample."""

BLOCK_BITS = 4
BLOCK = 1 << BLOCK_BITS  # pixels
N_SPREADS = 9  # contexts from the bits of a difference of two samples
N_PLACES = 8  # contexts from a predicted sample
END_KIND = 9  # of a difference, after its possible numbers of bits
TO_END = 256  # stands for the difference that leads to 0 or to 255

KIND_CHAIN = ((N_SPREADS, 20), (N_SPREADS**2, 20), (N_SPREADS**2 * N_PLACES, 20))
SIGN_CHAIN = ((N_SPREADS, 10), (N_SPREADS * N_PLACES, 10), (N_SPREADS * N_PLACES * 3, 10))
BLOCK_CHAIN = ((1, 10), (N_SPREADS, 10), (N_SPREADS * BLOCK_BITS, 10))
KIND_PRIOR = 1 << np.arange(END_KIND + 1, 0, -1)
EVEN_PRIOR = np.ones(2, np.int64)


class Models:
    """What adapts."""

    def __init__(self) -> None:
        self._blocks = AdaptiveCounts(2, BLOCK_CHAIN)
        self._kinds = AdaptiveCounts(END_KIND + 1, KIND_CHAIN)
        self._signs = AdaptiveCounts(2, SIGN_CHAIN)

    def code_blocks(
        self, coder: Coder, alive: NDArray[np.bool_], known: Plane, distance: int, given: Differences | None
    ) -> None:
        """Code which of the living blocks have a difference at this distance or a smaller one, in place."""
        spreads = bits_of(_spreads(known, 2 * distance))[alive]
        level = distance.bit_length() - 1
        chain = [np.zeros_like(spreads), spreads, spreads * BLOCK_BITS + level]
        symbols = None if given is None else _has_differences(given, distance)[alive].astype(np.int64)
        alive[alive] = self._blocks.code(coder, "alpha", _prior(EVEN_PRIOR, spreads), chain, symbols) == 1

    def code_differences(self, coder: Coder, around: Neighbors, given: IntArray | None) -> IntArray:
        """Code differences [N] given what is around."""
        places, spread = around.predicted * N_PLACES >> 8, around.spread
        pattern = spread * N_SPREADS + around.along
        chain = [spread, pattern, pattern * N_PLACES + places]
        values = None if given is None else np.abs(given)
        kinds = None if values is None else np.where(values == TO_END, END_KIND, bits_of(values))
        kinds = self._kinds.code(coder, "alpha", _prior(KIND_PRIOR, spread), chain, kinds)
        magnitudes = np.where(kinds == END_KIND, TO_END, kinds)
        wide = (kinds > 1) & (kinds < END_KIND)
        first = 1 << (kinds[wide] - 1)
        magnitudes[wide] = coder.within("alpha", first, first, None if values is None else values[wide])
        some = magnitudes > 0
        chain = [spread, spread * N_PLACES + places, (spread * N_PLACES + places) * 3 + around.lean]
        negative = None if given is None else (given[some] < 0).astype(np.int64)
        links = [link[some] for link in chain]
        signs = self._signs.code(coder, "alpha", _prior(EVEN_PRIOR, links[0]), links, negative)
        magnitudes[some] *= 1 - 2 * signs
        return magnitudes


def _prior(counts: IntArray, like: IntArray) -> Prior:
    return lambda rows: np.tile(counts, (len(like[rows]), 1))


def _spreads(known: Plane, distance: int) -> IntArray:
    """Return the largest difference between known samples in, and right after, every block [H, W]."""
    low = high = None
    for y in range(0, BLOCK + 1, distance):
        for x in range(0, BLOCK + 1, distance):
            rows = _clipped(np.arange(y, known.shape[0] + y, BLOCK), known.shape[0], distance)
            columns = _clipped(np.arange(x, known.shape[1] + x, BLOCK), known.shape[1], distance)
            sample = known[np.ix_(rows, columns)]
            low = sample if low is None else np.minimum(low, sample)
            high = sample if high is None else np.maximum(high, sample)
    assert low is not None
    assert high is not None
    return (high - low).astype(np.int64)


def _clipped(places: IntArray, length: int, distance: int) -> IntArray:
    """Move places beyond the end to the last known one."""
    return np.minimum(places, (length - 1) // distance * distance)


def _has_differences(differences: Differences, distance: int) -> NDArray[np.bool_]:
    """Tell which blocks have differences of samples that come at this distance or a smaller one."""
    height, width = differences.shape
    some = differences != 0
    some[:: 2 * distance, :: 2 * distance] = False  # known by then
    padded = np.pad(some, ((0, -height % BLOCK), (0, -width % BLOCK)))
    blocks = padded.reshape(-(-height // BLOCK), BLOCK, -(-width // BLOCK), BLOCK)
    return np.asarray(blocks.any(axis=(1, 3)))
