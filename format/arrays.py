"""The types of arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
"""Symbols, counts, indices."""
FloatArray = NDArray[np.float64]
