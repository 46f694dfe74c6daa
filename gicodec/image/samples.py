"""Integer samples: round rendered pictures to them, and change their depth."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.unsignedinteger[Any]]
"""Of uint8 or uint16."""


def to_samples(image: NDArray[np.float32], bits: int) -> Pixels:
    """Clip a planar image [C, H, W] to 0 to 1 and round it, half up, to samples [H, W, C] of 8 or 16 bits."""
    top = 2**bits - 1
    levels = np.clip(image, 0, 1) * np.float32(top) + np.float32(0.5)
    return np.ascontiguousarray(levels.astype(np.uint8 if bits == 8 else np.uint16).transpose(1, 2, 0))


def as_target(samples: Pixels) -> NDArray[np.float32]:
    """Convert samples [H, W, C] of 8 or 16 bits to what a fit aims at: [C, H, W], 0 to 1."""
    top = np.float32(2 ** bits_of(samples) - 1)
    return np.ascontiguousarray(samples.transpose(2, 0, 1), np.float32) / top


def bits_of(samples: NDArray[Any]) -> int:
    """Return how many bits samples have."""
    return 8 * samples.dtype.itemsize


def to_8_bits(samples: Pixels) -> NDArray[np.uint8]:
    """Round samples of any one shape to 8 bits."""
    if samples.dtype == np.uint8:
        return np.asarray(samples, np.uint8)
    return ((samples.astype(np.uint32) * 255 + 0x7FFF) // 0xFFFF).astype(np.uint8)
