"""Angles, each a bin, coded adaptively, and a level in it, evenly. Spec section 3."""

from __future__ import annotations

import numpy as np

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.entropy.adaptive import AdaptiveCounts
from gicodec.format.entropy.ans import Coder
from gicodec.format.errors import CorruptFileError
from gicodec.format.exact import PI, cos_sin
from gicodec.format.gsi.lattice import angle_levels, shape_steps
from gicodec.format.gsi.neighborhood import Blocks, Directions

N_BINS = 16  # in half a turn; each its own level where there are fewer
ELONGATIONS = (0.3, 0.6, 0.9, 1.2, 1.5)  # between contexts, which are few levels by their number before that
CHAIN = ((N_BINS + 1 + len(ELONGATIONS), 40),)
STRIDE = 8  # in the list: so that all but the first eighth have neighbors that are known
MAX_LENGTH = 2.0  # of r: those beyond count no more

_PARTS = np.arange(N_BINS + 1).clip(1)[:, None]
_COS, _SIN = cos_sin(2 * PI * (np.arange(N_BINS) % _PARTS / _PARTS))  # of double angles, by parts and bin


def code_angles(
    coder: Coder, blocks: Blocks, classes: IntArray, elongations: IntArray, given: IntArray | None
) -> IntArray:
    """Code angles in bins about the axes, of which pictures have favorites, and neighbors have the same."""
    n = len(classes)
    order = np.argsort(np.arange(n) % STRIDE, kind="stable")
    levels, r = angle_levels(classes, elongations), elongations * shape_steps(classes)
    parts = np.minimum(levels, N_BINS)
    contexts = np.where(levels < N_BINS, levels, N_BINS + np.searchsorted(ELONGATIONS, r, side="right"))
    given_bins = None if given is None else (2 * given * parts + levels) // (2 * levels) % parts
    directions = Directions(blocks, np.minimum(r, MAX_LENGTH))

    def likelihood(rows: slice, coded: IntArray) -> FloatArray:
        """Add what was coded in the last batch; compare what it makes of this one's bins."""
        last, now = order[rows.start - len(coded) : rows.start], order[rows]
        directions.add(last, _COS[parts[last], coded], _SIN[parts[last], coded])
        return directions.likelihood(now, _COS[parts[now]], _SIN[parts[now]])

    bins = np.zeros(n, np.int64)
    bins[order] = AdaptiveCounts(N_BINS, CHAIN).code(
        coder,
        "angle",
        lambda rows: _levels_by_bin(levels[order[rows]], parts[order[rows]]),
        [contexts[order]],
        None if given_bins is None else given_bins[order],
        likelihood,
    )
    if (bins >= parts).any():
        raise CorruptFileError("angle: a bin without a level")
    first = _first_level(bins, levels, parts)
    count = _first_level(bins + 1, levels, parts) - first
    low = coder.uniform("angle", count, None if given is None else (given - first) % levels)
    return (first + low) % levels


def _levels_by_bin(levels: IntArray, parts: IntArray) -> IntArray:
    """Return how many levels there are in each bin [n, N_BINS]; those beyond the parts have none."""
    bins = np.arange(N_BINS + 1)
    firsts = _first_level(bins, levels[:, None], parts[:, None])
    return np.where(bins[:-1] < parts[:, None], np.diff(firsts, axis=1), 0)


def _first_level(bins: IntArray, levels: IntArray, parts: IntArray) -> IntArray:
    """Return the first level of each bin, that is the first from (bin - 1/2) / parts of half a turn on."""
    first: IntArray = -((1 - 2 * bins) * levels // (2 * parts))
    return first
