"""Colors, component after component: each a bin, coded adaptively, and low bits, evenly. Spec section 3."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gicodec.format.arrays import IntArray
from gicodec.format.entropy.adaptive import AdaptiveCounts, Prior
from gicodec.format.entropy.ans import Coder
from gicodec.format.gsi.priors import CHROMA_DECAY, COLOR_REACH, N_COLOR_SCALES, color_priors, gray_priors

# How many contexts, and the weight of what comes before: see AdaptiveCounts.
FIRST_COLOR_CHAIN = ((N_COLOR_SCALES, 60), (N_COLOR_SCALES * len(CHROMA_DECAY), 30))
SECOND_COLOR_CHAIN = ((N_COLOR_SCALES * 10, 40), (N_COLOR_SCALES * 10 * len(CHROMA_DECAY), 40))
THIRD_COLOR_CHAIN = ((7, 40), (7 * len(CHROMA_DECAY), 40))


def color_shifts(classes: IntArray) -> IntArray:
    """Return how many low bits of a color are coded evenly, [N]: those below a 16th of its class's reach."""
    return np.maximum(0, (classes - (N_COLOR_SCALES - 2)) // 2)


def color_scales(classes: IntArray, energies: IntArray) -> IntArray:
    """Return the classes [N] that energies have in units of the bins of Gaussians of these classes."""
    scales: IntArray = np.maximum(0, energies - 2 * color_shifts(classes))
    return scales


def code_colors(
    coder: Coder,
    classes: IntArray,
    energies: IntArray,
    minor_axis: IntArray,
    n_channels: int,
    given: IntArray | None,
) -> IntArray:
    """Code each component given energy, shape, and those before it: a bin, and where in it.

    All but the first change their sign with the first, so that a picture's tints add up.

    Args:
        coder: A writer or a reader.
        classes: [N] of all energy, which say how far colors reach.
        energies: [N] classes of the energy that is left to the colors.
        minor_axis: [N] minor-axis classes.
        n_channels: How many components.
        given: [C, N] colors; None to read.
    """
    shifts, scales = color_shifts(classes), color_scales(classes, energies)
    colors = np.zeros((n_channels, len(classes)), np.int64)
    bins: list[IntArray] = []
    for channel in range(n_channels):
        turned = np.where((colors[0] < 0) & (channel > 0), -1, 1)
        values = None if given is None else given[channel] * turned
        prior, links, chain = _color_contexts(minor_axis, scales, bins, is_gray=n_channels == 1)
        given_bins = None if values is None else (values >> shifts) + COLOR_REACH
        table = AdaptiveCounts(2 * COLOR_REACH + 1, chain)
        bins.append(table.code(coder, f"color{channel}", prior, links, given_bins) - COLOR_REACH)
        high = bins[-1] << shifts
        colors[channel] = coder.within(f"color{channel}", high, 1 << shifts, values) * turned
    return colors


def _color_contexts(
    minor_axis: IntArray, scales: IntArray, bins: list[IntArray], *, is_gray: bool
) -> tuple[Prior, list[IntArray], Sequence[tuple[int, int]]]:
    """Return the prior, the contexts and the chain of the component that follows these."""
    priors, widths = color_priors(), len(CHROMA_DECAY)
    if not bins:
        links = [scales, scales * widths + minor_axis]
        first_prior = gray_priors() if is_gray else priors[0]
        return lambda rows: first_prior[minor_axis[rows], scales[rows]], links, FIRST_COLOR_CHAIN
    first = np.abs(bins[0])
    if len(bins) == 1:
        context = scales * 10 + np.minimum(first, 9)
        links = [context, context * widths + minor_axis]
        return lambda rows: priors[1][minor_axis[rows], scales[rows], first[rows]], links, SECOND_COLOR_CHAIN
    second = np.abs(bins[1])
    context = np.clip(bins[1], -3, 3) + 3
    links = [context, context * widths + minor_axis]
    return (
        lambda rows: priors[2][minor_axis[rows], scales[rows], first[rows], second[rows]],
        links,
        THIRD_COLOR_CHAIN,
    )
