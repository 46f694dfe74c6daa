"""The encoder's choice of a model: the one that makes the file shortest. Not part of the format."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gicodec.format.bits import exp_golomb_bits
from gicodec.format.constants import MAX_ALPHABET, MAX_COUNT, MAX_LEVELS
from gicodec.format.models import MAX_SHIFT, MAX_SYMBOL, ORDERS, Constant, Counts, Model, Uniform

RESOLUTIONS = np.array([255, 63, 15, 3])  # largest count to try; finer fits better, costs more
COUNT_BITS = np.array([[exp_golomb_bits(c, k) for c in range(MAX_COUNT + 1)] for k in ORDERS])
MIN_BINS = 4  # fewer are hardly better than a uniform model


def choose_model(symbols: NDArray[np.int32]) -> Model:
    """Choose the model of the fewest bits, its own bytes counted; the least value is ``low``.

    Raises:
        ValueError: The symbols span more than MAX_LEVELS values.
    """
    low = int(symbols.min())
    levels = int(symbols.max()) - low + 1
    if levels > MAX_LEVELS:
        raise ValueError(f"symbols span {levels} levels, the format holds {MAX_LEVELS}")
    if levels == 1:
        return Constant(low)
    best: Model = Uniform(low, levels)
    best_bits = 8 * len(best.to_bytes()) + symbols.size * math.log2(levels)
    if levels <= MAX_ALPHABET:
        histogram = np.bincount(symbols.astype(np.int64) - low, minlength=levels)
        for shift in range(MAX_SHIFT + 1):
            if shift and levels >> shift < MIN_BINS:
                break
            bits, counts = _best_counts(histogram, shift)
            covered = len(counts) << shift  # the last bin may reach beyond the last level
            if bits < best_bits and covered <= min(MAX_ALPHABET, MAX_SYMBOL + 1 - low):
                best, best_bits = Counts(low, shift, counts), bits
    return best


def _best_counts(histogram: NDArray[np.int64], shift: int) -> tuple[float, tuple[int, ...]]:
    """Return the bits of table and symbols, and the counts, at the best resolution."""
    if shift:
        padded = np.pad(histogram, (0, -histogram.size % (1 << shift)))
        histogram = padded.reshape(-1, 1 << shift).sum(1)
    occupied = np.flatnonzero(histogram)  # [M]
    exact = histogram[occupied]
    scale = np.minimum(1.0, RESOLUTIONS / exact.max())[:, None]
    counts = np.maximum(1, np.rint(exact * scale).astype(np.int64))  # [R, M]
    symbol_bits = exact.sum() * (np.log2(counts.sum(1)) + shift) - np.log2(counts) @ exact  # [R]
    bits = symbol_bits + _table_bits(counts, np.diff(occupied) - 1)
    best = int(bits.argmin())
    table = np.zeros(histogram.size, dtype=np.int64)
    table[occupied] = counts[best]
    return float(bits[best]), tuple(table.tolist())


def _table_bits(counts: NDArray[np.int64], gaps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the bits of each row's table; ``gaps`` are the zeros between the counts."""
    runs = gaps[gaps > 0]
    run_bits = 2 * np.frexp(runs)[1].sum() - runs.size  # exp-Golomb codes of order 0
    rows = np.arange(len(counts))[:, None] * (MAX_COUNT + 1)
    uses = np.bincount((counts + rows).ravel(), minlength=len(counts) * (MAX_COUNT + 1))
    uses = uses.reshape(len(counts), -1)  # [R, MAX_COUNT + 1]: how often each count is written
    uses[:, 0] = runs.size
    head_bytes = 5  # kind, low, order and shift, bins: about
    padded: NDArray[np.int64] = (COUNT_BITS @ uses.T).min(0) + run_bits + 8 * head_bytes + 7
    return padded
