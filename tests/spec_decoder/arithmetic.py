"""Section 5: exp, cos and sin to the last bit, and what is made of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import floor


def exp_by_spec(x: float) -> float:
    n = floor(x * float.fromhex("0x1.71547652b82fep+0") + 0.5)
    rest = (x - n * float.fromhex("0x1.62e42fefa38p-1")) - n * float.fromhex("0x1.ef35793c7673p-45")
    return math.ldexp(horner(rest, [1 / math.factorial(i) for i in range(13, -1, -1)]), n)


def cos_sin_by_spec(x: float) -> tuple[float, float]:
    pi = float.fromhex("0x1.921fb54442d18p+1")
    n = floor(x * (2 / pi) + 0.5)
    rest = x - n * (pi / 2)
    square = rest * rest
    cos = horner(square, [(-1) ** i / math.factorial(2 * i) for i in range(8, -1, -1)])
    sin = rest * horner(square, [(-1) ** i / math.factorial(2 * i + 1) for i in range(8, -1, -1)])
    return [(cos, sin), (-sin, cos), (-cos, -sin), (sin, -cos)][n % 4]


def horner(x: float, coefficients: Sequence[float]) -> float:
    result = coefficients[0]
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result


def log2_by_spec(x: int) -> float:
    mantissa, exponent = math.frexp(x)
    return exponent + (2 * mantissa - 2)


def amplitude_by_spec(k: int) -> float:
    return math.ldexp(float.fromhex(("0x1.306fe0a31b715p+0", "0x1.ae89f995ad3adp+0")[k % 2]), k // 2)
