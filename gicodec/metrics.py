"""How far two pictures are apart."""

from __future__ import annotations

import math

import numpy as np

from gicodec.image.samples import Pixels


def psnr(original: Pixels, decoded: Pixels) -> float:
    """Return the peak signal-to-noise ratio of 8-bit pictures, dB; inf where they are equal."""
    error = np.square(np.subtract(original, decoded, dtype=np.float64)).mean()
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)
