"""What layers will come to, before any is coded: their sizes and errors, from how large coefficients are.

A coefficient of x steps takes about log2(1 + x) bits, times a factor, where it is not rounded to zero. The
factor depends on the picture, and hardly on the step: one layer that is coded corrects it for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.format.arrays import FloatArray
from gicodec.format.gsi.head import N_STEP_CODES, step_of
from gicodec.render.cpu import Array

STEPS = np.array([step_of(code) for code in range(N_STEP_CODES)])
BINS_PER_OCTAVE = 16
LEAST_LOG, N_BINS = -16, 22 * BINS_PER_OCTAVE
VALUES = 2.0 ** (LEAST_LOG + np.arange(N_BINS) / BINS_PER_OCTAVE)[:, None]
"""[bins, 1]: absolute values of coefficients."""


@dataclass(frozen=True, eq=False)
class Expectation:
    """Of layers of some coefficients, for each code of a step. All fall as codes rise."""

    log_size: FloatArray
    """Log of the bytes."""
    psnr: FloatArray
    """dB of the picture."""

    @classmethod
    def of(cls, coefficients: Array) -> Expectation:
        """Count how many coefficients there are of each size."""
        logs = np.log2(np.maximum(np.abs(coefficients), np.float32(VALUES[0, 0])))
        bins = np.rint((logs - LEAST_LOG) * BINS_PER_OCTAVE).astype(np.int16)
        counts = np.bincount(np.minimum(bins, N_BINS - 1).ravel(), minlength=N_BINS)
        is_coded = TEXTURE.rounded_to_zero * STEPS < VALUES
        n_bytes = TEXTURE.bytes_per_log * counts @ np.where(is_coded, np.log2(1 + VALUES / STEPS), 0)
        error = counts @ np.where(is_coded, STEPS**2 / 12, VALUES**2) / coefficients.size
        return cls(np.log(np.maximum(n_bytes, 1)), -10 * np.log10(np.maximum(error, VALUES[0] ** 2)))
