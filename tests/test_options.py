"""What may be asked of the encoder: one target, and nothing that is not a number in its range."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from importlib.util import find_spec
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from gicodec import OptionError
from gicodec.encoder import targets
from gicodec.format import Method
from gicodec.methods import SPECS
from gicodec.options import TARGETS, DecodeOptions, EncodeOptions

VALUES: dict[str, Any] = {"bpp": 0.5, "target_size": 1000, "psnr": 33.5, "quality": 0, "gaussians": 7}


def test_every_target_has_a_field_and_a_value_here() -> None:
    assert set(VALUES) == set(TARGETS) <= set(EncodeOptions.__dataclass_fields__)


def test_the_encoder_has_every_target() -> None:
    assert list(targets.TARGETS) == list(TARGETS)


def test_every_method_has_a_row_of_options_and_of_an_encoder_that_there_are() -> None:
    assert list(SPECS) == list(Method)
    for spec in SPECS.values():
        assert set(spec.refused) <= {field.name for field in fields(EncodeOptions)}
        assert find_spec(spec.encoder)


DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(EncodeOptions)}


@pytest.mark.parametrize("method", Method)
def test_a_method_refuses_what_it_has_no_use_for(method: Method) -> None:
    flags = ("bits_back", "waves", "texture", "densify", "filters")
    values: dict[str, Any] = {"quality": 0, "bits": (1, 1, 1), **dict.fromkeys(flags, True)}
    for name, hint in SPECS[method].refused.items():
        text = f"{name} does not apply to method {method.label}{hint}"
        with pytest.raises(OptionError, match=f"^{re.escape(text)}$"):
            EncodeOptions(method=method.label, **{name: values.get(name, 1)})
        EncodeOptions(method=method.label, **{name: DEFAULTS[name]})


def test_without_a_target_there_is_a_rate() -> None:
    assert EncodeOptions().target == ("bpp", 0.3)


def test_effort_fast_has_no_time_for_waves_unless_asked() -> None:
    assert [EncodeOptions(effort=effort).tries_waves for effort in ("fast", "medium", "slow")] == [0, 1, 1]
    assert [EncodeOptions(effort="fast", waves=waves).tries_waves for waves in (True, False)] == [1, 0]
    assert not EncodeOptions(effort="slow", waves=False).tries_waves


@pytest.mark.parametrize("kind", TARGETS)
def test_the_target_is_what_was_given(kind: str) -> None:
    assert EncodeOptions(**{kind: VALUES[kind]}).target == (kind, VALUES[kind])


@pytest.mark.parametrize("pair", [*combinations(TARGETS, 2)])
def test_two_targets_are_one_too_many(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=f"one target, not {pair[0]} and {pair[1]}"):
        EncodeOptions(**{kind: VALUES[kind] for kind in pair})


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1])
def test_no_target_is_endless_negative_or_no_number(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{kind} must be"):
        EncodeOptions(**{kind: value})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("bpp", 0),
        ("psnr", 0),
        ("quality", 100.01),
        ("target_size", 0),
        ("target_size", 2.5),
        ("gaussians", 0),
        ("gaussians", 2.5),
    ],
)
def test_values_out_of_range_are_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{kind} must be"):
        EncodeOptions(**{kind: value})


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("bpp", "1", "a number"),
        ("bpp", True, "a number"),
        ("target_size", "1k", "a whole number"),
        ("seed", 1.5, "a whole number"),
        ("threads", "a", "a whole number"),
        ("waves", 1, "True or False"),
        ("device", 3, "text"),
        ("bits", 12, "of another type"),
        ("bits", ("1", "2", "3"), "of another type"),
    ],
)
def test_values_of_other_types_are_refused(name: str, value: Any, allowed: str) -> None:
    with pytest.raises(OptionError, match=f"^{name} must be {allowed}, not "):
        EncodeOptions(**{name: value})


def test_numbers_of_any_kind_are_numbers() -> None:
    given: dict[str, Any] = {"bpp": np.float32(0.5), "seed": np.int64(3), "threads": 2.0}
    options = EncodeOptions(**given)
    assert (options.target, options.seed, options.threads) == (("bpp", 0.5), 3, 2)


@pytest.mark.parametrize("size", [(1.5, 2), "10x20", (1, 2, 3), [5, 6]])
def test_sizes_of_other_types_are_refused(size: Any) -> None:
    with pytest.raises(OptionError, match=r"^size must be"):
        DecodeOptions(size=size)
