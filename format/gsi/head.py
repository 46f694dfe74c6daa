"""What a payload of method gsi begins with: N, and the code of the step D. Spec sections 3 and 5.

This module does without NumPy: to describe a file takes no more.
"""

from __future__ import annotations

import math

from gicodec.format.errors import CorruptFileError
from gicodec.format.header import Header
from gicodec.format.payload import check_limit, max_gaussians_of, read_number
from gicodec.format.varint import ByteReader

STEPS_PER_OCTAVE = 32
N_STEP_CODES = 12 * STEPS_PER_OCTAVE


def step_of(code: int) -> float:
    """Return D of a code: ``(32 + code % 32) / 32 * 2**(code // 32 - 10)``, 1/1024 to about 4."""
    if not 0 <= code < N_STEP_CODES:
        raise ValueError(f"step code must be 0 to {N_STEP_CODES - 1}, not {code}")
    octave, part = divmod(code, STEPS_PER_OCTAVE)
    return math.ldexp(STEPS_PER_OCTAVE + part, octave - 15)


def nearest_step_code(step: float) -> int:
    """Return the code whose D is nearest, the end of the range where it is beyond."""
    within = min(step, step_of(N_STEP_CODES - 1))
    return min(range(N_STEP_CODES), key=lambda code: abs(step_of(code) - within))


def read_step_code(reader: ByteReader) -> int:
    """Read, and check, the code of a step."""
    code = reader.varint()
    if code >= N_STEP_CODES:
        raise CorruptFileError(f"{reader.field}: step code must be 0 to {N_STEP_CODES - 1}, not {code}")
    return code


def read_head(reader: ByteReader, header: Header) -> tuple[int, int]:
    """Read, and check, the number of Gaussians and the step's code."""
    n = read_number(reader, header)
    step = read_step_code(reader) if n else 0
    check_limit(n, max_gaussians_of(reader.left()))
    return n, step
