"""Step codes: one byte for a quantizer's step, the same number on every machine. Spec section 4."""

from __future__ import annotations

import math

N_STEP_CODES = 256
MANTISSAS = 8  # steps per octave, evenly spaced inside it


def step_of(code: int) -> float:
    """Return ``(8 + code % 8) / 8 * 2**(code // 8 - 16)``: a dyadic number, 2**-16 to 61440."""
    if not 0 <= code < N_STEP_CODES:
        raise ValueError(f"step codes are 0 to {N_STEP_CODES - 1}, not {code}")
    return math.ldexp(MANTISSAS + code % MANTISSAS, code // MANTISSAS - 19)


def nearest_step_code(step: float) -> int:
    """Return the code whose step is nearest, the end of the range where it is beyond."""
    if math.isnan(step):
        raise ValueError("a step that is not a number")
    return min(range(N_STEP_CODES), key=lambda code: abs(step_of(code) - min(step, 1e6)))
