"""Colors, component after component: each a bin, coded adaptively, and low bits, evenly. Spec section 3."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gicodec.format.adaptive import AdaptiveCounts, Law
from gicodec.format.coder import Coder, Symbols
from gicodec.format.laws import COLOR_REACH, N_COLOR_SCALES, TINTS, color_laws

# How many contexts, and the weight of what comes before: see AdaptiveCounts.
FIRST_COLOR_CHAIN = ((N_COLOR_SCALES, 60), (N_COLOR_SCALES * len(TINTS), 30))
SECOND_COLOR_CHAIN = ((N_COLOR_SCALES * 10, 40), (N_COLOR_SCALES * 10 * len(TINTS), 40))
THIRD_COLOR_CHAIN = ((7, 40), (7 * len(TINTS), 40))


def color_shifts(classes: Symbols) -> Symbols:
    """Return how many low bits of a color are coded evenly, [N]: those below a 16th of its class's reach."""
    return np.maximum(0, (classes - (N_COLOR_SCALES - 2)) // 2)


def color_scales(classes: Symbols, energies: Symbols) -> Symbols:
    """Return the classes [N] that energies have in units of the bins of Gaussians of these classes."""
    scales: Symbols = np.maximum(0, energies - 2 * color_shifts(classes))
    return scales


def code_colors(
    coder: Coder, classes: Symbols, energies: Symbols, narrow: Symbols, n_channels: int, given: Symbols | None
) -> Symbols:
    """Code each component given energy, shape, and those before it: a bin, and where in it.

    All but the first change their sign with the first, so that a picture's tints add up.

    Args:
        coder: A writer or a reader.
        classes: [N] of all energy, which say how far colors reach.
        energies: [N] classes of the energy that is left to the colors.
        narrow: [N] classes of the narrow side.
        n_channels: How many components.
        given: [C, N] colors; None to read.
    """
    shifts, scales = color_shifts(classes), color_scales(classes, energies)
    colors = np.zeros((n_channels, len(classes)), np.int64)
    bins: list[Symbols] = []
    for channel in range(n_channels):
        turned = np.where((colors[0] < 0) & (channel > 0), -1, 1)
        values = None if given is None else given[channel] * turned
        law, links, chain = _color_contexts(narrow, scales, bins)
        given_bins = None if values is None else (values >> shifts) + COLOR_REACH
        table = AdaptiveCounts(2 * COLOR_REACH + 1, chain)
        bins.append(table.code(coder, f"color{channel}", law, links, given_bins) - COLOR_REACH)
        high = bins[-1] << shifts
        low = coder.uniform(f"color{channel}", 1 << shifts, None if values is None else values - high)
        colors[channel] = (high + low) * turned
    return colors


def _color_contexts(
    narrow: Symbols, scales: Symbols, bins: list[Symbols]
) -> tuple[Law, list[Symbols], Sequence[tuple[int, int]]]:
    """Return the law, the contexts and the chain of the component that follows these."""
    laws, widths = color_laws(), len(TINTS)
    if not bins:
        links = [scales, scales * widths + narrow]
        return lambda rows: laws[0][narrow[rows], scales[rows]], links, FIRST_COLOR_CHAIN
    first = np.abs(bins[0])
    if len(bins) == 1:
        context = scales * 10 + np.minimum(first, 9)
        links = [context, context * widths + narrow]
        return lambda rows: laws[1][narrow[rows], scales[rows], first[rows]], links, SECOND_COLOR_CHAIN
    second = np.abs(bins[1])
    context = np.clip(bins[1], -3, 3) + 3
    links = [context, context * widths + narrow]
    return (
        lambda rows: laws[2][narrow[rows], scales[rows], first[rows], second[rows]],
        links,
        THIRD_COLOR_CHAIN,
    )
