"""PSNR: the picture asked for, whatever the picture, or a sentence with what it can have."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from marks import slow
from pictures import Pixels, photograph

from gicodec import Encoded, TargetError, decode, encode, psnr


def noise(width: int, height: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def flat(width: int, height: int) -> Pixels:
    return np.full((height, width, 3), (200, 30, 90), np.uint8)


def black(width: int, height: int) -> Pixels:
    return np.zeros((height, width, 3), np.uint8)


def encoded(pixels: Pixels, **options: Any) -> Encoded:
    return encode(pixels, effort="fast", waves=False, **options)


@pytest.mark.parametrize(
    ("width", "height", "target"),
    [(96, 64, 24), (61, 41, 29), (64, 48, 38), slow(96, 64, 31.7), slow(20, 90, 27)],
)
def test_the_psnr_is_met(width: int, height: int, target: float) -> None:
    pixels = photograph(width, height)
    results = [encode(pixels, psnr=target, effort="fast", waves=False, seed=seed) for seed in range(4)]
    misses = [psnr(pixels, decode(result.data)) - target for result in results]
    assert np.median(np.abs(misses)) <= 0.1  # a single Gaussian can be worth more in pictures so small


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), slow((23, 1)), slow((11, 9))])
@pytest.mark.parametrize("kind", [photograph, noise, flat, black])
@pytest.mark.parametrize("target", [12, 35])
def test_any_picture_meets_the_psnr_or_says_what_it_can_have(
    shape: tuple[int, int], kind: Any, target: float
) -> None:
    pixels = kind(*shape)
    try:
        result = encoded(pixels, psnr=target)
    except TargetError as error:
        match = re.fullmatch(rf"{target} dB cannot be met; the search ended at ([\d.]+) dB", str(error))
        assert match
        assert float(match[1]) < target - 0.1
    else:
        found = psnr(pixels, decode(result.data))
        assert found >= target - 0.1
        assert found == np.inf or kind not in (flat, black)


def test_a_psnr_beyond_reach_is_answered_with_the_best() -> None:
    with pytest.raises(TargetError, match=r"^80 dB cannot be met; the search ended at [\d.]+ dB$") as failure:
        encoded(photograph(48, 32), psnr=80, texture=False)
    assert 40 < float(str(failure.value).split()[-2]) < 79.9


def halves() -> Pixels:
    pixels = np.zeros((60, 60, 3), np.uint8)
    pixels[:, :30], pixels[:, 30:] = (255, 0, 0), (0, 0, 255)
    return pixels


def dot() -> Pixels:
    pixels = np.full((40, 40, 3), 90, np.uint8)
    pixels[20, 20] = 200
    return pixels


@pytest.mark.parametrize("target", [20, 30, 50])
@pytest.mark.parametrize("kind", [halves, dot, photograph])
def test_what_is_better_than_asked_for_is_not_refused(kind: Any, target: float) -> None:
    pixels = kind()
    result = encoded(pixels, psnr=target)
    assert result.psnr == psnr(pixels, decode(result.data)) >= target - 0.1
