"""Layers that reach their aim: the step is found, and what is left of a size is filled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pictures import photograph

from gicodec.encoder.texture.aims import PsnrAim, SizeAim, StepAim, aim_of, least_code
from gicodec.encoder.texture.remainder import Remainder
from gicodec.format.gsi.head import N_STEP_CODES, step_of
from gicodec.image.picture import Picture
from gicodec.options import EncodeOptions
from gicodec.source import Source
from gicodec.texture.layer import CodedTexture

LAST = N_STEP_CODES - 1


def remainder(alpha: bool = False) -> Remainder:
    """All of a photograph: Gaussians draw nothing."""
    pixels = photograph(96, 64)
    opacity = np.full(pixels.shape[:2], 255, np.uint8)
    opacity[:, :40] = 0
    picture = Picture(pixels, opacity if alpha else None)
    source = Source(picture, opacity if alpha else None)
    return Remainder(source, np.zeros((3, 64, 96), np.float32), 1)


@pytest.mark.parametrize("slope", [-0.2, -1.0, -50.0])
@pytest.mark.parametrize("first", [0, 90])
def test_the_least_code_below_an_aim_is_found(slope: float, first: int) -> None:
    expected = slope * np.arange(N_STEP_CODES, dtype=np.float64)  # whether or not that is true
    for curve in (
        lambda code: 400.0 - code,
        lambda code: 1e6 * math.exp(-code / 20),
        lambda code: -(code // 50),
    ):
        for code in (first, first + 1, 200, 333):
            aim = curve(code) + 1e-9
            least = next(c for c in range(first, N_STEP_CODES) if curve(c) < aim)
            assert least_code(curve, aim, expected, first=first) == least
    assert least_code(lambda code: 1.0, 0.0, expected, first=first) == LAST


def test_a_search_ends_where_it_is_near_enough() -> None:
    asked = []

    def value(code: int) -> float:
        asked.append(code)
        return 400.0 - code

    expected = 330 - 1.2 * np.arange(N_STEP_CODES, dtype=np.float64)
    assert abs(400 - least_code(value, 200, expected, tolerance=10) - 200) < 10
    assert len(asked) < 4


@pytest.mark.parametrize("code", [100, 180, 240])
def test_layers_are_much_as_expected(code: int) -> None:
    whole = remainder()
    layer = whole.code(code)
    assert abs(math.log(len(layer.payload)) - whole.expected.log_size[code]) < 0.4
    assert abs(whole.psnr_of(layer) - whole.expected.psnr[code]) < 2


@pytest.mark.parametrize("n_bytes", [300, 1000, 4000])
def test_a_size_is_filled_and_not_exceeded(n_bytes: int) -> None:
    layer = SizeAim(n_bytes).layer(remainder(), 60)
    assert layer is not None
    assert 0.97 * n_bytes < len(layer.payload) + 64 <= n_bytes
    assert SizeAim(80).layer(remainder(), 60) is None


def test_a_size_beyond_all_use_ends_at_the_samples_precision() -> None:
    layer = SizeAim(10**6).layer(remainder(), 60)
    assert layer is not None
    assert len(layer.payload) < 64 * 96 * 3
    assert remainder().psnr_of(layer) > 50


@pytest.mark.parametrize("psnr", [25.0, 35.0, 45.0])
def test_a_psnr_is_met_by_the_largest_step(psnr: float) -> None:
    whole = remainder()
    layer = PsnrAim(psnr).layer(whole, 60)
    assert layer is not None
    assert whole.psnr_of(layer) >= psnr > whole.psnr_of(whole.code(layer.step_code + 1))


def test_a_price_that_hardly_matters_stays_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, prices = remainder(), []

    def priced(step_code: int, price: float) -> CodedTexture:
        prices.append(price)
        return whole.code(step_code)

    monkeypatch.setattr(whole, "priced", priced)
    monkeypatch.setattr(whole, "psnr_of", lambda layer: 40 - layer.step_code - 1e-5 * len(prices))
    assert PsnrAim(9.5).layer(whole, 60) is not None
    assert len(prices) > 1
    assert max(prices) < 1


def test_a_quality_is_a_step() -> None:
    coarse, fine = (StepAim(q).layer(remainder(), 60) for q in (40.0, 80.0))
    assert coarse is not None
    assert fine is not None
    assert coarse.texture.step > 4 * fine.texture.step
    assert fine.texture.step == step_of(fine.step_code)


def test_a_number_of_gaussians_has_no_layer() -> None:
    source = Source(Picture(photograph(96, 64)))
    assert aim_of(EncodeOptions(gaussians=20), source) is None
    for target in ({"bpp": 1.0}, {"target_size": 900}, {"psnr": 30.0}, {"quality": 50.0}, {}):
        assert aim_of(EncodeOptions(**target), source) is not None


def test_what_nobody_sees_takes_no_bits() -> None:
    """Blocks that are transparent are empty, but for what windows reach of the visible."""
    layer = remainder(alpha=True).code(150)
    assert not layer.texture.amplitudes[:, :, :4].any()
    assert layer.texture.amplitudes[:, :, 6:].any()
    assert len(layer.payload) < 0.75 * len(remainder().code(150).payload)
