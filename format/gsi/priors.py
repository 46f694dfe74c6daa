"""What photographs have in common: how likely symbols are before any was seen. Spec section 4.

Integers in proportion to probabilities; entropy/adaptive.py starts from them. All constants are rounded fits
to photographs, which benchmarks/laws.py makes again.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.exact import exp

COLOR_REACH = 16  # bins of a color on either side of 0
N_COLOR_SCALES = 8  # classes whose colors differ by more than a power of two

UNIT = 2.0**20  # of a probability, before it becomes an integer
MIN_COUNT = 256  # added to every bin's prior: photographs have tails

# Of the classes, per mille; those beyond the list are as rare as its last.
CLASSES = np.array(
    [10, 3, 64, 98, 186, 130, 159, 95, 88, 57, 40, 26, 17, 11, 7, 4, 2, 2] + [1] * 14, np.int64
)

# A color's energy is in its class, or in one that differs by -2 or more, -1, 0, 1, 2 or more: tuning
# moves colors once classes are settled.
CLASS_ERRORS = (5, 30, 160, 10, 1)

WAVES = np.array([5, 1], np.int64)  # Gaussians without one, and with

# A wave's energy is in the class of all energy, or in one that differs by -4 or more, -3, ... 2 or more.
WAVE_SHARES = (16, 22, 32, 50, 160, 1, 1)
FAINT, FAINTNESS = 4, 5  # of less energy waves are so many times rarer: they do not earn their bits

# Middle and spread of m, the log of a size in pixels.
SIZE_BASE = -0.73  # where everything below is 0
SIZE_PER_ENERGY = 0.106  # for each doubling of |alpha|^2, colors being 0 to 1
SIZE_PER_SQUARED_CLASS = 0.009  # times the square of the class, which is that of |alpha / D|^2
SIZE_PER_AREA = 0.065  # for each doubling of the cell's area, pixels^2
SIZE_PER_DENSITY = -0.186  # for each doubling of the number of Gaussians a pixel around
SIZE_SPREAD = 0.36

# Middle of r, half the log of the axis ratio, as a polynomial in m; and the log of its spread.
ELONGATION_MIDDLE = (0.54, 0.505, -0.123)  # at m = 0, times m, times m^2
ELONGATION_LOG_SPREAD = (-1.614, 0.257)  # at m = 0, times m

# Middle and spread of frequencies, radians per standard deviation: across a Gaussian by the class of its
# minor axis, and along it.
ACROSS = np.array([[0.3, 0.2], [0.6, 0.4], [1.3, 0.5], [2.0, 1.0], [2.1, 1.5]])
ALONG = np.array([2.0, 1.9])

GRAY_SHARE = 24  # how many times likelier a gray color is to have the energy of its class, and no other

CHROMA_DECAY = (10.0, 8.0, 6.0, 4.0, 3.5)  # by minor-axis class: how fast chroma becomes rare as it grows


def logistic(edges: FloatArray, middles: FloatArray, spread: FloatArray) -> IntArray:
    """Return the prior [n, K] of bins with edges [n, K + 1]: logistic; empty bins have nothing.

    The end bins take what is beyond them.
    """
    below = 1 / (1 + exp((middles[:, None] - edges) / spread[:, None]))
    below[:, 0], below[:, -1] = 0, 1
    prior: IntArray = np.floor(UNIT * np.diff(below, axis=1)).astype(np.int64) + MIN_COUNT
    return prior * (np.diff(edges, axis=1) > 0)


@cache
def color_priors() -> tuple[IntArray, IntArray, IntArray]:
    """Return the priors of three components in 33 bins, by minor-axis class and scale.

    Of the first [5, 8, 33]; of the second by the first's magnitude too [5, 8, 17, 33]; of the third by both
    magnitudes [5, 8, 17, 17, 33].
    """
    both_signs = np.abs(np.arange(2 * COLOR_REACH + 1) - COLOR_REACH)
    third = np.stack([[_colors(scale, tint) for scale in range(N_COLOR_SCALES)] for tint in CHROMA_DECAY])
    signs = np.where(np.arange(COLOR_REACH + 1) == 0, 1, 2)
    second = (third * signs).sum(axis=-1)
    first = (second * signs).sum(axis=-1)
    return first[..., both_signs], second[..., both_signs], third[..., both_signs]


@cache
def gray_priors() -> IntArray:
    """Return the prior of gray pictures' one component in 33 bins, by minor-axis class and scale [5, 8, 33].

    It has all of the energy, unless there is a wave: bins of another class are rare.
    """
    bins = np.abs(np.arange(2 * COLOR_REACH + 1) - COLOR_REACH)
    scales = np.arange(N_COLOR_SCALES)[:, None]
    width = scales >= N_COLOR_SCALES - 2  # of bins with several colors
    likely = ((bins + width) ** 2 >= 1 << scales) & ((bins - width) ** 2 < 2 << scales)
    return color_priors()[0] * np.where(likely, GRAY_SHARE, 1)


def _colors(scale: int, rarity: float) -> IntArray:
    """Return how many colors have some magnitudes [17, 17, 17], in proportion."""
    magnitudes = np.arange(COLOR_REACH + 1)
    squares = magnitudes**2
    energy = squares[:, None, None] + squares[:, None] + squares
    classes = np.frexp(np.maximum(energy, 1).astype(np.float64))[1] - 1
    share = np.array(CLASS_ERRORS)[np.clip(classes - scale, -2, 2) + 2]
    steps = magnitudes / np.sqrt(2.0**scale)
    gray, tint = 1 + steps, 1 + rarity * steps
    tint = tint * tint * tint
    likely = UNIT * share / (gray[:, None, None] * (tint[:, None] * tint))
    counts: IntArray = np.floor(likely).astype(np.int64) + 1
    return counts


@cache
def amplitude_priors() -> tuple[IntArray, IntArray]:
    """Return the priors of two amplitudes' magnitudes in 17 bins, by how many contexts there are.

    Of the first by scale [8, 17]; of the second by scale and the first's magnitude [8 * 17, 17].
    """
    both = np.stack([_amplitudes(scale) for scale in range(N_COLOR_SCALES)])
    return both.sum(axis=-1), both.reshape(-1, COLOR_REACH + 1)


def _amplitudes(scale: int) -> IntArray:
    """Return how many waves have amplitudes of some magnitudes [17, 17], in proportion; all have some."""
    magnitudes = np.arange(COLOR_REACH + 1)
    squares = magnitudes**2
    energy = np.maximum(squares[:, None] + squares, 1)
    rarity = np.where(energy < FAINT, FAINTNESS, 1)
    classes = np.frexp(energy.astype(np.float64))[1] - 1
    share = np.array(WAVE_SHARES)[np.clip(classes - scale, -4, 2) + 4]
    signs = np.where(magnitudes == 0, 1, 2)
    likely = np.floor(UNIT * share / (energy * rarity)).astype(np.int64) + 1
    counts: IntArray = signs[:, None] * signs * likely
    counts[0, 0] = 0
    return counts
