"""Waves: who has one, its amplitudes, and its frequencies in the Gaussian's own axes. Spec section 3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import IntArray
from gicodec.format.entropy.adaptive import AdaptiveCounts, Prior
from gicodec.format.entropy.ans import Coder
from gicodec.format.entropy.binned import Bins
from gicodec.format.errors import CorruptFileError
from gicodec.format.gsi.colors import color_scales, color_shifts
from gicodec.format.gsi.lattice import MAX_FREQUENCY, energy_classes, wave_steps
from gicodec.format.gsi.priors import ACROSS, ALONG, COLOR_REACH, WAVES, amplitude_priors
from gicodec.format.gsi.shapes import N_CLASS_CONTEXTS, N_SIZE_BINS

N_FREQUENCY_BINS = 28
FREQUENCY_ENDS = np.array(  # half a radian wide up to 4, then four an octave
    [b / 2 if b < 4 else (4 + b % 4) * 2.0 ** (b // 4 - 2) for b in range(N_FREQUENCY_BINS + 1)]
)

# How many contexts, and the weight of what comes before: see AdaptiveCounts.
WAVE_CHAIN = ((N_CLASS_CONTEXTS, 20), (N_CLASS_CONTEXTS * N_SIZE_BINS, 20))
AMPLITUDE_WEIGHT = 40
ACROSS_CHAIN = ((len(ACROSS), 60),)
ALONG_CHAIN = ((1, 60),)


def code_waves(
    coder: Coder,
    classes: IntArray,
    wide: IntArray,
    minor_axis: IntArray,
    given: tuple[IntArray, IntArray] | None,
) -> tuple[IntArray, IntArray]:
    """Code the amplitudes and the frequencies of waves, [2, N] each, 0 where there is none.

    Args:
        coder: A writer or a reader.
        classes: [N] of energy.
        wide: [N] bins of the size.
        minor_axis: [N] minor-axis classes.
        given: Amplitudes and frequencies; None to read.
    """
    assert given is None or _can_be_coded(*given), "frequencies of no wave, or of the wrong sign"
    given_amplitudes, given_frequencies = (None, None) if given is None else given
    waves = None if given_amplitudes is None else np.asarray(given_amplitudes.any(axis=0), np.int64)
    which = np.flatnonzero(_code_flags(coder, classes, wide, waves))
    amplitudes, frequencies = np.zeros((2, 2, len(classes)), np.int64)
    some = None if given_amplitudes is None else given_amplitudes[:, which]
    amplitudes[:, which] = _code_amplitudes(coder, classes[which], some)
    some = None if given_frequencies is None else given_frequencies[:, which]
    frequencies[:, which] = _code_frequencies(coder, amplitudes[:, which], minor_axis[which], some)
    return amplitudes, frequencies


def _can_be_coded(amplitudes: IntArray, frequencies: IntArray) -> bool:
    """Tell whether all frequencies are those of a wave, in the one way of two that the file has."""
    along, across = frequencies
    one_way = (across > 0) | ((across == 0) & (along >= 0))
    return bool(one_way.all()) and not frequencies[:, ~amplitudes.any(axis=0)].any()


def _code_flags(coder: Coder, classes: IntArray, wide: IntArray, given: IntArray | None) -> IntArray:
    """Code who has a wave, [N] of 0 and 1, given class and bin of the size; one bit if nobody has."""
    anybody = None if given is None else given.max(keepdims=True)
    if not coder.uniform("wave", np.array([2]), anybody)[0]:
        return np.zeros_like(classes)
    near = np.minimum(classes, N_CLASS_CONTEXTS - 1)
    chain = [near, near * N_SIZE_BINS + wide]
    return AdaptiveCounts(2, WAVE_CHAIN).code(
        coder, "wave", lambda rows: np.tile(WAVES, (len(near[rows]), 1)), chain, given
    )


def _code_amplitudes(coder: Coder, classes: IntArray, given: IntArray | None) -> IntArray:
    """Code the amplitudes [2, n] of waves: the bin of the magnitude, where in it, and the sign."""
    shifts, scales = color_shifts(classes), color_scales(classes, classes)
    amplitudes, contexts = np.zeros((2, len(classes)), np.int64), scales
    for part, priors in enumerate(amplitude_priors()):
        values = None if given is None else given[part]
        magnitudes = None if values is None else np.abs(values)
        given_bins = None if magnitudes is None else magnitudes >> shifts
        table = AdaptiveCounts(COLOR_REACH + 1, ((len(priors), AMPLITUDE_WEIGHT),))
        bins = table.code(coder, "amplitude", _law_of(priors, contexts), [contexts], given_bins)
        coded = coder.within("amplitude", bins << shifts, 1 << shifts, magnitudes)
        amplitudes[part] = _code_signs(coder, "amplitude", coded, coded > 0, values)
        contexts = scales * (COLOR_REACH + 1) + bins
    if not amplitudes.any(axis=0).all():
        raise CorruptFileError("amplitude: a wave has no amplitude")
    return amplitudes


def _code_frequencies(
    coder: Coder, amplitudes: IntArray, minor_axis: IntArray, given: IntArray | None
) -> IntArray:
    """Code the frequencies [2, n] of waves: across the Gaussian, then along it.

    A wave is the same with both signs turned: across there is none, nor along where nothing is across.
    """
    along_given, across_given = (None, None) if given is None else given
    bins = Bins(FREQUENCY_ENDS, wave_steps(energy_classes(amplitudes)))
    middles, spreads = ACROSS[minor_axis].T
    across = bins.code(coder, "frequency", ACROSS_CHAIN, (middles, spreads), [minor_axis], across_given)
    middles, spreads = np.tile(ALONG, (len(minor_axis), 1)).T
    same = np.zeros_like(minor_axis)
    magnitudes = None if along_given is None else np.abs(along_given)
    magnitudes = bins.code(coder, "frequency", ALONG_CHAIN, (middles, spreads), [same], magnitudes)
    signed = (magnitudes > 0) & (across > 0)
    return np.stack([_code_signs(coder, "frequency", magnitudes, signed, along_given), across])


def _law_of(priors: IntArray, contexts: IntArray) -> Prior:
    return lambda rows: priors[contexts[rows]]


def _code_signs(
    coder: Coder, name: str, magnitudes: IntArray, signed: NDArray[np.bool_], given: IntArray | None
) -> IntArray:
    """Code the signs of those of the magnitudes [n] that have one, evenly; return what they make."""
    given_signs = None if given is None else (given < 0).astype(np.int64)
    negative = coder.uniform(name, 1 + signed.astype(np.int64), given_signs)
    return np.where(negative, -magnitudes, magnitudes)


assert FREQUENCY_ENDS[-1] == MAX_FREQUENCY
