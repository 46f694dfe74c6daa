"""The exact pass: every Gaussian moves to the lattice point nearby of least error plus lambda times bits.

Rounding one attribute after the other (freeze.py) does not choose: a point farther away may cost fewer bits,
or suit better what the neighbors were rounded to. Here a Gaussian's candidates are one step of one attribute
away, each with the colors that are best for it, and the errors compared are those of the very picture.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.tuning.candidates import candidates, codable, wave_candidates
from gicodec.encoder.tuning.code_length import CodeLength
from gicodec.encoder.tuning.error_added import ErrorAdded, narrow, placed
from gicodec.encoder.tuning.rate import LAMBDA
from gicodec.encoder.tuning.state import FrozenState
from gicodec.fit.objective import Objective
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.gsi.lattice import energy_classes
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.quantize import TRANSFORM, WAVE_SCALE, wave_frequencies
from gicodec.render import Splats

REACH = 2.5  # standard deviations: what of a Gaussian no other of its batch touches
BLOCK = 4  # pixels: how finely that is told
ENOUGH = 0.02  # of the Gaussians: a sweep that changes fewer is the last

Mask = NDArray[np.bool_]


def refine(objective: Objective, state: FrozenState, n_sweeps: int) -> None:
    """Improve a state whose values are all rounded, in place, by so many sweeps; some Gaussians may go."""
    rounded, step = state.rounded(), state.step
    objective.clear()
    _add(objective, rounded, step)
    _, height, width = objective.residual.shape
    for _ in range(n_sweeps):
        code_length = CodeLength(rounded, width * height)
        kept, n_changed = np.ones(len(rounded), bool), 0
        for rows in _batches(rounded, width, height) if len(rounded) else []:
            old = rounded.take(rows)
            _add(objective, old, -step)
            best, kept[rows] = _choose(objective, old, step, code_length)
            _add(objective, best.take(kept[rows]), step)
            rounded.put(rows, best)
            n_changed += int((~kept[rows] | best.differs(old)).sum())
        rounded = rounded.take(kept)
        if n_changed < ENOUGH * len(kept):
            break
    state.assign(rounded)


def _add(objective: Objective, rounded: QuantizedGaussians, step: float) -> None:
    """Add Gaussians to the residual; with -D for a step, take them away."""
    gain = step * np.exp(-rounded.log_sizes())[:, None]
    colors, waves = narrow(rounded.colors @ TRANSFORM * gain), None
    if rounded.amplitudes.any():
        amplitudes = rounded.amplitudes * WAVE_SCALE * gain
        waves = narrow(np.hstack([amplitudes, wave_frequencies(rounded)]))
    objective.add(Splats(*placed(rounded), colors, waves))


def _choose(
    objective: Objective, old: QuantizedGaussians, step: float, code_length: CodeLength
) -> tuple[QuantizedGaussians, Mask]:
    """Return what is best for each of a batch that was taken away, and whether it is worth its bits."""
    best, costs = old.take(np.arange(len(old))), np.zeros(len(old))  # a copy: the caller compares
    has_wave = old.has_wave()
    for rows, moves in ((~has_wave, candidates), (has_wave, wave_candidates)):
        some = old.take(rows)
        if len(some):
            found, costs[rows] = _cheapest(objective, moves(some), len(some), step, code_length)
            best.put(np.flatnonzero(rows), found)
    return best, costs < 0


def _cheapest(
    objective: Objective, others: QuantizedGaussians, n: int, step: float, code_length: CodeLength
) -> tuple[QuantizedGaussians, FloatArray]:
    """Return the best of K candidates [K n] for each of n, with its best colors and wave, and its cost."""
    allowed = codable(others, *objective.residual.shape[1:])
    error = ErrorAdded(objective, others, step)
    bits = code_length.shapes(others)
    costs, colors = np.full(len(others), np.inf), np.zeros_like(others.colors)
    waves, which = error.waves(), np.zeros(len(others), np.int64)
    for i, wave in enumerate(waves):
        silent = ~wave.has_wave()
        legal = allowed & (silent | (energy_classes(wave.amplitudes.T) == wave.wave_classes))
        bits_of_wave = bits + code_length.waves(wave)
        for option in error.colors(wave.amplitudes):
            coefficients = np.concatenate([option, wave.amplitudes], axis=1).T
            cost = error(option, wave.amplitudes)
            cost += LAMBDA * step**2 * (bits_of_wave + code_length.colors(others.classes, option))
            possible = legal & coefficients.any(axis=0) & (energy_classes(coefficients) == others.classes)
            better = possible & (cost < costs)
            costs[better], colors[better], which[better] = cost[better], option[better], i
    picked = costs.reshape(-1, n).argmin(axis=0) * n + np.arange(n)
    best = QuantizedGaussians.joined(waves).take(which[picked] * len(others) + picked)
    return replace(best, colors=colors[picked]), costs[picked]


def _batches(rounded: QuantizedGaussians, width: int, height: int) -> list[IntArray]:
    """Split the rows into batches of Gaussians that hardly overlap.

    From the largest on, each goes to the first batch that has nothing yet in any block that it touches.
    """
    shapes = rounded.shapes()
    centers, reach = rounded.centers(), REACH * np.sqrt(np.stack([shapes.xx, shapes.yy], axis=1))
    last = np.array([width, height]) // BLOCK
    first = np.clip((centers - reach) // BLOCK, 0, last).astype(np.int64)
    end = np.clip((centers + reach) // BLOCK, 0, last).astype(np.int64) + 1
    # Batches that are present in each block, as bits: Python's integers, since there may be hundreds.
    present = np.zeros((last[1] + 1, last[0] + 1), dtype=object)
    batch = np.zeros(len(rounded), np.int64)
    for i in np.argsort(-np.prod(end - first, axis=1), kind="stable"):
        touched = present[first[i, 1] : end[i, 1], first[i, 0] : end[i, 0]]
        taken = int(np.bitwise_or.reduce(touched, axis=None))
        lowest_free = ~taken & (taken + 1)
        batch[i] = lowest_free.bit_length() - 1
        touched |= lowest_free
    order = np.argsort(batch, kind="stable")
    return np.split(order, np.nonzero(np.diff(batch[order]))[0] + 1)
