"""Sizes and elongations, by what is known of those in photographs. Spec section 3."""

from __future__ import annotations

import numpy as np

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.entropy.ans import Coder
from gicodec.format.entropy.binned import Bins
from gicodec.format.exact import exp, log2
from gicodec.format.gsi.cells import HEIGHT, WIDTH
from gicodec.format.gsi.head import STEPS_PER_OCTAVE
from gicodec.format.gsi.lattice import MAX_ELONGATION, MAX_LOG_SIZE, MIN_LOG_SIZE, shape_steps
from gicodec.format.gsi.priors import (
    CHROMA_DECAY,
    ELONGATION_LOG_SPREAD,
    ELONGATION_MIDDLE,
    SIZE_BASE,
    SIZE_PER_AREA,
    SIZE_PER_DENSITY,
    SIZE_PER_ENERGY,
    SIZE_PER_SQUARED_CLASS,
    SIZE_SPREAD,
)

SIZE_BIN, ELONGATION_BIN = 0.35, 0.3  # of m and r: a bin's levels are alike
N_SIZE_BINS = 26  # MIN_LOG_SIZE to MAX_LOG_SIZE
N_ELONGATION_BINS = 12  # 0 to beyond MAX_ELONGATION
N_CLASS_CONTEXTS = 16  # the last one is that of all larger classes
N_SIZE_CONTEXTS = 30  # of the middle of the prior

SIZE_CHAIN = ((N_SIZE_CONTEXTS, 100), (N_CLASS_CONTEXTS * N_SIZE_CONTEXTS, 40))
ELONGATION_CHAIN = ((N_SIZE_BINS, 60), (N_CLASS_CONTEXTS * N_SIZE_BINS, 40))

SIZE_ENDS = MIN_LOG_SIZE + np.arange(N_SIZE_BINS + 1, dtype=np.float64) * SIZE_BIN
ELONGATION_ENDS = np.arange(N_ELONGATION_BINS + 1, dtype=np.float64) * ELONGATION_BIN


def code_sizes(
    coder: Coder,
    classes: IntArray,
    step: int,
    log_density: FloatArray,
    cells: IntArray,
    given: IntArray | None,
) -> IntArray:
    """Code m given D's code, class, and how many Gaussians there are around the cell."""
    near = np.minimum(classes, N_CLASS_CONTEXTS - 1)
    energy = classes + 2 * step / STEPS_PER_OCTAVE - 20  # log2 |alpha|^2, colors being 0 to 1
    area = log2((cells[:, WIDTH] * cells[:, HEIGHT]).astype(np.float64))
    middles = SIZE_BASE + SIZE_PER_ENERGY * energy + SIZE_PER_SQUARED_CLASS * (near * near)
    middles = middles + SIZE_PER_AREA * area + SIZE_PER_DENSITY * log_density
    bins = Bins(SIZE_ENDS, shape_steps(classes))
    spreads = np.full_like(middles, SIZE_SPREAD)
    places = np.clip(np.floor((middles + 2) / SIZE_BIN + 0.5), 0, N_SIZE_CONTEXTS - 1).astype(np.int64)
    chain = [places, near * N_SIZE_CONTEXTS + places]
    return bins.code(coder, "size", SIZE_CHAIN, (middles, spreads), chain, given)


def code_elongations(coder: Coder, classes: IntArray, sizes: IntArray, given: IntArray | None) -> IntArray:
    """Code r given class and m: the minor axis of an ellipse is seldom below half a pixel."""
    near = np.minimum(classes, N_CLASS_CONTEXTS - 1)
    m = sizes * shape_steps(classes)
    bins = Bins(ELONGATION_ENDS, shape_steps(classes))
    base, linear, square = ELONGATION_MIDDLE
    log_base, log_linear = ELONGATION_LOG_SPREAD
    middles, spreads = base + linear * m + square * (m * m), exp(log_linear * m + log_base)
    wide = size_bins(classes, sizes)
    chain = [wide, near * N_SIZE_BINS + wide]
    return bins.code(coder, "elongation", ELONGATION_CHAIN, (middles, spreads), chain, given)


def size_bins(classes: IntArray, sizes: IntArray) -> IntArray:
    """Return the bins of sizes [N]."""
    return Bins(SIZE_ENDS, shape_steps(classes)).of(sizes)


def minor_axis_class(classes: IntArray, sizes: IntArray, elongations: IntArray) -> IntArray:
    """Classify Gaussians by the log m - r of their minor axis: below -0.5, 0, 0.5, 1, and above."""
    steps = shape_steps(classes)
    minor_axis = np.floor((sizes * steps - elongations * steps + 1) / 0.5)
    return np.clip(minor_axis, 0, len(CHROMA_DECAY) - 1).astype(np.int64)


assert SIZE_ENDS[-1] >= MAX_LOG_SIZE
assert ELONGATION_ENDS[-1] >= MAX_ELONGATION
