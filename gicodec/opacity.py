"""How finely to code alpha: as finely as its error is worth, in what bits of color would gain."""

from __future__ import annotations

import math

import numpy as np

from gicodec.format import Header
from gicodec.format.alpha.payload import MAX_STEP, write_alpha
from gicodec.format.alpha.prediction import Plane
from gicodec.format.constants import OPAQUE
from gicodec.metrics import squared_error
from gicodec.options import QUALITY_PER_OCTAVE, EncodeOptions

USUAL_BPP, USUAL_DB, DB_PER_DOUBLING = 0.3, 31.0, 5.0  # of photographs; 5 dB more for twice the bits
BITS_PER_GAUSSIAN = 25
ERROR_PER_STEP = 2.8  # squared error of a picture for every Gaussian, in D^2
MAX_SHARE = 0.5  # of a file


def code_alpha(alpha: Plane, options: EncodeOptions, header: Header) -> tuple[bytes, Plane]:
    """Return the section's payload for alpha [H, W], and alpha as a reader will see it."""
    price, limit = _price_of_bit(options, header)
    best: tuple[float, bytes, Plane] | None = None
    step, n_worse = MAX_STEP, 0
    while step >= 1 and n_worse < 2:
        data, seen = write_alpha(alpha, step)
        error = float(np.square((seen - alpha.astype(np.float32)) / OPAQUE).sum(dtype=np.float64))
        cost = error + price * 8 * len(data)
        if best is None or (cost < best[0] and len(data) <= limit):
            best, n_worse = (cost, data, seen), 0
        else:
            n_worse += 1
        step //= 2
    assert best is not None
    return best[1:]


def _price_of_bit(options: EncodeOptions, header: Header) -> tuple[float, float]:
    """Return the squared error that a bit of color would save, and how many bytes alpha may have.

    Errors of alpha and color are compared by what is seen on backgrounds of any color: that of alpha is a
    third of its square in each of three channels.
    """
    kind, value = options.target
    if kind == "quality":
        step = 2 ** (-value / QUALITY_PER_OCTAVE)
        return _saved(ERROR_PER_STEP * step**2, BITS_PER_GAUSSIAN), math.inf
    if kind == "psnr":
        bits = USUAL_BPP * header.n_pixels * 2 ** ((value - USUAL_DB) / DB_PER_DOUBLING)
        return _saved(squared_error(value, header), bits), math.inf
    bits = BITS_PER_GAUSSIAN * value if kind == "gaussians" else 8.0 * max(1, options.budget(header.n_pixels))
    db = USUAL_DB + DB_PER_DOUBLING * math.log2(bits / header.n_pixels / USUAL_BPP)
    return _saved(squared_error(db, header), bits), math.inf if kind == "gaussians" else MAX_SHARE * bits / 8


def _saved(error: float, bits: float) -> float:
    """Return how much less error one bit more leaves, where all bits leave so much."""
    return DB_PER_DOUBLING * math.log2(10) / 10 * error / bits
