"""exp, cos and sin that give the same double on every machine. Spec section 5.

Only additions, subtractions, multiplications, comparisons, floor and scaling by powers of two of IEEE
754 doubles, rounded to nearest, one after the other: a library's exp may differ in its last bit, and
what follows from it here decides how many symbols there are.
"""

from __future__ import annotations

import math

import numpy as np

from gicodec.format.arrays import FloatArray

PI = float.fromhex("0x1.921fb54442d18p+1")
INVERSE_LN2 = float.fromhex("0x1.71547652b82fep+0")
LN2_HIGH = float.fromhex("0x1.62e42fefa38p-1")  # ends in zeros: times a small integer it is exact
LN2_LOW = float.fromhex("0x1.ef35793c7673p-45")

# Taylor coefficients, highest power first; quotients of integers below 2^53, so exactly rounded.
EXP = [1 / math.factorial(i) for i in range(13, -1, -1)]  # |x| <= ln 2 / 2: error 2^-53
SIN = [(-1) ** i / math.factorial(2 * i + 1) for i in range(8, -1, -1)]  # |x| <= pi / 4, in x^2
COS = [(-1) ** i / math.factorial(2 * i) for i in range(8, -1, -1)]


def exp(x: FloatArray) -> FloatArray:
    """Return e^x for |x| < 700."""
    n = np.floor(x * INVERSE_LN2 + 0.5)
    rest = (x - n * LN2_HIGH) - n * LN2_LOW
    result: FloatArray = np.ldexp(_horner(rest, EXP), n.astype(np.int32))
    return result


def cos_sin(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the cosine and the sine of 0 <= x < 2 pi."""
    n = np.floor(x * (2 / PI) + 0.5)
    rest = x - n * (PI / 2)
    square = rest * rest
    cos, sin = _horner(square, COS), rest * _horner(square, SIN)
    quarter = n.astype(np.int32) % 4
    return np.choose(quarter, [cos, -sin, -cos, sin]), np.choose(quarter, [sin, cos, -sin, -cos])


def log2(x: FloatArray) -> FloatArray:
    """Return a rough log2 of x > 0: exact for powers of two, linear in between."""
    mantissa, exponent = np.frexp(x)
    result: FloatArray = exponent + (2 * mantissa - 2)
    return result


def _horner(x: FloatArray, coefficients: list[float]) -> FloatArray:
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result
