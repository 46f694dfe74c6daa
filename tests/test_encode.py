"""Encoding: the same bytes every time, waves where they pay, and arrays that are refused."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from coded_photograph import OPTIONS, encoded
from numpy.typing import NDArray
from payloads import gsi_payload
from pictures import Pixels, photograph, texture

from gicodec import Encoded, OptionError, Progress, decode, encode, psnr
from gicodec.format import GsiFile


def test_a_photograph_survives() -> None:
    assert encoded().psnr > 20  # 24 dB: it is this photograph
    picture = decode(encoded().data)
    assert picture.shape == photograph().shape
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert psnr(photograph(), picture) == encoded().psnr
    assert GsiFile.from_bytes(encoded().data).payload.n_gaussians == encoded().n_gaussians


def test_psnr_is_in_decibels_of_8_bits() -> None:
    black, white = np.zeros((2, 3, 3), np.uint8), np.full((2, 3, 3), 255, np.uint8)
    assert psnr(black, black) == math.inf
    assert psnr(black, white) == psnr(white, black) == 0
    np.testing.assert_allclose(psnr(black, black + np.uint8(1)), 48.13, atol=0.01)


def test_only_picture_and_options_decide_the_bytes() -> None:
    for threads in (1, 3):
        assert encode(photograph().copy(), **OPTIONS, threads=threads).data == encoded().data
    rows_reversed = np.ascontiguousarray(photograph()[::-1])[::-1]
    assert encode(rows_reversed, **OPTIONS).data == encoded().data
    assert encode(photograph(), **OPTIONS, seed=1).data != encoded().data


def test_progress_is_of_the_fits_then_of_the_tuning_and_then_of_the_rounding() -> None:
    reports: list[Progress] = []
    encode(photograph(), **OPTIONS, progress=reports.append)
    stages = [stage for stage, _ in groupby(report.stage for report in reports)]
    assert stages[0] == "first"
    assert stages[-3:] == ["fit", "tune", "round"]
    assert reports[-1].done == reports[-1].total
    assert reports[-1].n_gaussians >= encoded().n_gaussians > 0


def with_and_without_waves(pixels: Pixels, seed: int = 0) -> tuple[Encoded, Encoded]:
    free, plain = (encode(pixels, **OPTIONS, waves=waves, seed=seed) for waves in (True, False))
    assert n_waves(plain) == 0
    return free, plain


def n_waves(result: Encoded) -> int:
    return gsi_payload(GsiFile.from_bytes(result.data)).n_waves


def test_texture_gets_waves_and_is_better_for_them() -> None:
    free, plain = with_and_without_waves(texture())
    assert n_waves(free) > 0
    assert free.psnr > plain.psnr


def test_waves_are_no_loss_where_few_or_none_pay() -> None:
    """Which of two nearly equal fits wins is not promised: it may hang on the last bits of the arithmetic."""
    losses = []
    for seed in range(3):
        free, plain = with_and_without_waves(photograph(), seed)
        if n_waves(free) == 0:
            assert free.data == plain.data  # the fit with waves leaves no trace
        losses.append(plain.psnr - free.psnr)
    assert sum(losses) / len(losses) < 0.3  # dB, by which tuning may turn out for fits that were alike


def test_a_number_of_gaussians_is_of_plain_ones() -> None:
    result = encode(texture(), gaussians=60, effort="fast", waves=True)
    assert result.n_gaussians == 60
    assert n_waves(result) == 0


@pytest.mark.parametrize(
    ("pixels", "text"),
    [
        (np.zeros((4, 4, 5), np.uint8), r"must be \[H, W\] or \[H, W, 1 to 4\], not \[4, 4, 5\]"),
        (np.zeros(4, np.uint8), r"must be \[H, W\] or .*, not \[4\]"),
        (np.zeros((0, 4, 3), np.uint8), r"must be .*, not \[0, 4, 3\]"),
        (np.zeros((4, 0, 3), np.uint8), r"must be .*, not \[4, 0, 3\]"),
        (np.zeros((4, 4, 3), np.int32), "must be of uint8, uint16, or floats, not int32"),
        (np.full((4, 4, 3), 1.5), "floats must be from 0 to 1"),
        (np.full((4, 4, 3), np.nan), "floats must be from 0 to 1"),
    ],
    ids=lambda value: f"{value.dtype}-{value.shape}" if isinstance(value, np.ndarray) else "",
)
def test_other_arrays_are_refused(pixels: NDArray[Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        encode(pixels, **OPTIONS)
