"""Measures of the difference between two pictures."""

from __future__ import annotations

import math

import numpy as np

from gicodec.image.samples import Pixels


def psnr(original: Pixels, decoded: Pixels) -> float:
    """Return the peak signal-to-noise ratio in dB, over all samples; inf if the pictures are equal.

    Both pictures have the same shape, [H, W, 3], and 8-bit samples (the peak is 255).
    """
    error = np.square(np.subtract(original, decoded, dtype=np.float64)).mean()
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)
