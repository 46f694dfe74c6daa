"""Round rendered pictures to integer samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


def to_samples(image: NDArray[np.float32], bits: int) -> Pixels:
    """Clip a planar image [C, H, W] to 0 to 1 and round it, half up, to samples [H, W, C] of 8 or 16 bits."""
    top = 2**bits - 1
    levels = np.clip(image, 0, 1) * np.float32(top) + np.float32(0.5)
    return np.ascontiguousarray(levels.astype(np.uint8 if bits == 8 else np.uint16).transpose(1, 2, 0))
