"""Effort fastest, which tries less: every target is met as at other efforts."""

from __future__ import annotations

from typing import Any

import pytest
from pictures import photograph

from gicodec import Encoded, decode, encode, psnr
from gicodec.format import describe

PIXELS = photograph(160, 120)


def encoded(**options: Any) -> Encoded:
    return encode(PIXELS, effort="fastest", threads=1, **options)


@pytest.mark.parametrize("bpp", [0.12, 0.4, 1.5])
def test_a_size_is_met(bpp: float) -> None:
    result = encoded(bpp=bpp)
    assert 0.98 * bpp <= 8 * len(result.data) / (160 * 120) <= bpp
    assert psnr(PIXELS, decode(result.data)) == result.psnr


@pytest.mark.parametrize("target", [25, 32])
def test_a_psnr_is_met(target: float) -> None:
    assert encoded(psnr=target).psnr == pytest.approx(target, abs=0.1)


def test_quality_and_a_number_of_gaussians_are_taken() -> None:
    assert encoded(quality=60).psnr > encoded(quality=40).psnr
    assert encoded(gaussians=60).n_gaussians <= 60


@pytest.mark.parametrize(("bpp", "has_layer"), [(0.1, False), (0.8, True)])
def test_all_but_small_files_have_a_layer(bpp: float, has_layer: bool) -> None:
    assert ("texture" in dict(describe(encoded(bpp=bpp).data).sections)) == has_layer
    assert "texture" not in dict(describe(encoded(bpp=bpp, texture=False).data).sections)
