"""The arithmetic of the format: these bit patterns are part of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from spec_decoder import cos_sin_by_spec, exp_by_spec

from gicodec.format.exact import cos_sin, exp
from gicodec.format.gsi.lattice import Shapes


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, "0x1.0000000000000p+0"),
        (1.0, "0x1.5bf0a8b14576ap+1"),
        (-1.0, "0x1.78b56362cef38p-2"),
        (0.1, "0x1.1aec7b35a00d4p+0"),
        (0.34657359027997264, "0x1.6a09e667f3bccp+0"),
        (7.2, "0x1.4edb91a4d293ap+10"),
        (14.0, "0x1.259ac48bf05d7p+20"),
        (-4.2, "0x1.eb600403a9684p-7"),
    ],
)
def test_exp_has_these_bits(x: float, expected: str) -> None:
    assert exp(np.array([x]))[0].hex() == expected
    assert exp_by_spec(x).hex() == expected


@pytest.mark.parametrize(
    ("x", "cos", "sin"),
    [
        (0.0, "0x1.0000000000000p+0", "0x0.0p+0"),
        (0.5, "0x1.c1528065b7d50p-1", "0x1.eaee8744b05f0p-2"),
        (2.0, "-0x1.aa22657537205p-2", "0x1.d18f6ead1b446p-1"),
        (4.0, "-0x1.4eaa606db24c0p-1", "-0x1.837b9dddc1eb0p-1"),
        (6.0, "0x1.eb9b7097822f6p-1", "-0x1.1e1f18ab0a2bcp-2"),
    ],
)
def test_cos_and_sin_have_these_bits(x: float, cos: str, sin: str) -> None:
    ours = cos_sin(np.array([x]))
    assert (ours[0][0].hex(), ours[1][0].hex()) == (cos, sin)
    assert tuple(v.hex() for v in cos_sin_by_spec(x)) == (cos, sin)


def test_exp_is_right_to_the_last_bit_but_one() -> None:
    x = np.concatenate([np.linspace(-15, 15, 20_001), np.linspace(-690, 690, 999)])
    exact = np.array([math.exp(value) for value in x])
    assert (abs(exp(x) - exact) <= np.spacing(exact)).all()


def test_cos_and_sin_are_right_to_the_last_bit() -> None:
    x = np.linspace(0, 2 * np.pi, 20_001)[:-1]
    cos, sin = cos_sin(x)
    assert abs(cos - [math.cos(value) for value in x]).max() < 4e-16  # 2 in the last place of 1 ...
    assert abs(sin - [math.sin(value) for value in x]).max() < 4e-16  # ... n pi / 2 is rounded once


def test_steps_have_these_bits() -> None:
    symbols = [np.array([v]) for v in (9, 20, 7, 31)]
    shapes = Shapes.of(*symbols)
    assert shapes.row_steps[0].hex() == "0x1.0ab7f043ee6b0p-3"
    assert shapes.column_steps[0].hex() == "0x1.801e25b473cadp-4"
