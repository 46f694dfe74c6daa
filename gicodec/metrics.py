"""Measures of the difference between two pictures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Header


def psnr(original: NDArray[Any], decoded: NDArray[Any]) -> float:
    """Return the peak signal-to-noise ratio in dB, over all samples; inf if the pictures are equal.

    Both have the same shape and type: integers, whose peak is the largest, or floats from 0 to 1.
    """
    is_integer = np.issubdtype(original.dtype, np.integer)
    peak = float(np.iinfo(original.dtype).max) if is_integer else 1.0
    precision = np.float32 if is_integer else np.float64  # differences of integers are exact in either
    error = np.square(np.subtract(original, decoded, dtype=precision)).mean(dtype=np.float64)
    return math.inf if error == 0 else float(10 * math.log10(peak**2 / error))


def squared_error(psnr: float, header: Header) -> float:
    """Return the sum over all samples of three channels, 0 to 1, at so many dB."""
    return float(header.n_pixels * 3 * 10 ** (-psnr / 10))
