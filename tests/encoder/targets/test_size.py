"""Rate control: never a byte too many, hardly one too few, and a rate that works where one does not."""

from __future__ import annotations

import re
from typing import get_args

import numpy as np
import pytest
from marks import slow
from pictures import Pixels, photograph

from gicodec import Encoded, TargetError, decode, encode, psnr
from gicodec.options import Effort


def encoded(pixels: Pixels, bpp: float, seed: int = 0) -> Encoded:
    return encode(pixels, bpp=bpp, effort="fast", waves=False, seed=seed)


def budget(pixels: Pixels, bpp: float) -> int:
    return int(bpp * pixels.shape[0] * pixels.shape[1] / 8)


@pytest.mark.parametrize(
    ("width", "height", "bpp"),
    [(96, 64, 0.3), (96, 64, 1.7), slow(192, 128, 0.5), slow(97, 61, 1.0), slow(64, 300, 0.3)],
)
def test_the_budget_is_used_and_never_exceeded(width: int, height: int, bpp: float) -> None:
    pixels = photograph(width, height)
    sizes = [len(encoded(pixels, bpp, seed).data) for seed in range(4)]
    # Nothing above is a promise; nearly all below is as a rule: sometimes the last Gaussians do not fit.
    assert max(sizes) <= budget(pixels, bpp)
    assert 0.96 * budget(pixels, bpp) <= np.median(sizes)


def test_a_size_is_a_rate_in_bytes() -> None:
    pixels = photograph(97, 61)
    result = encode(pixels, target_size=500, effort="fast")
    assert 0.96 * 500 <= len(result.data) <= 500
    assert result.data == encoded(pixels, 8 * 500.5 / (97 * 61)).data


def test_an_impossible_size_is_answered_with_a_possible_one() -> None:
    pixels = photograph(7, 5)
    with pytest.raises(
        TargetError, match=r"^the budget of 10 bytes is too small: .* at least \d+ bytes, "
    ) as failure:
        encode(pixels, target_size=10, effort="fast")
    match = re.search(r"at least (\d+) bytes", str(failure.value))
    assert match
    result = encode(pixels, target_size=int(match[1]), effort="fast")
    assert len(result.data) <= int(match[1])


def test_more_bytes_are_a_better_picture() -> None:
    pixels = photograph(64, 48)
    quality = [encoded(pixels, bpp).psnr for bpp in (0.2, 0.5, 1.2, 3.0)]
    assert all(np.diff(quality) > 0)


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), slow((1, 23)), slow((30, 1)), slow((16, 16))])
@pytest.mark.parametrize("kind", ["noise", "black", "white"])
def test_an_impossible_rate_is_answered_with_a_possible_one(shape: tuple[int, int], kind: str) -> None:
    rng = np.random.default_rng(0)
    pixels = {
        "noise": rng.integers(0, 256, (*shape, 3), np.uint8),
        "black": np.zeros((*shape, 3), np.uint8),
        "white": np.full((*shape, 3), 255, np.uint8),
    }[kind]
    with pytest.raises(TargetError, match=r"needs at least [0-9]+ bytes, [0-9.]+ bpp") as failure:
        encoded(pixels, 0.01)
    assert "\n" not in str(failure.value)
    match = re.search(r"at least [0-9]+ bytes, ([0-9.]+) bpp", str(failure.value))
    assert match
    possible = float(match[1])
    for bpp in (possible, 3 * possible):
        result = encoded(pixels, bpp)
        assert len(result.data) <= budget(pixels, bpp)
        assert decode(result.data).shape == pixels.shape
        assert kind == "noise" or (result.n_gaussians, result.psnr) == (0, np.inf)


def test_a_flat_picture_needs_few_bytes() -> None:
    pixels = np.full((60, 80, 3), (200, 30, 90), np.uint8)
    result = encoded(pixels, 1.0)
    assert len(result.data) <= 30
    assert result.psnr == np.inf


def test_every_seed_keeps_the_promise() -> None:
    pixels = photograph(64, 48)
    files = [encoded(pixels, 0.6, seed).data for seed in (1, 2, 2**63 - 1)]
    assert len({bytes(data) for data in files}) == 3
    # Where every Gaussian is a percent of the file, what the last freezing leaves unused is more.
    assert all(0.94 * budget(pixels, 0.6) <= len(data) <= budget(pixels, 0.6) for data in files)


def test_the_quality_reported_is_the_quality_decoded() -> None:
    pixels = photograph(64, 48)
    result = encoded(pixels, 0.8)
    assert psnr(pixels, decode(result.data)) == result.psnr


@pytest.mark.slow
def test_more_effort_gives_better_pictures() -> None:
    def mean_psnr(effort: Effort) -> float:
        # Between two seeds chance is as large as between two efforts.
        pixels = photograph(160, 120)
        results = [encode(pixels, bpp=0.5, effort=effort, waves=False, seed=s) for s in range(4)]
        return float(np.mean([result.psnr for result in results]))

    fastest, fast, medium, slow = (mean_psnr(effort) for effort in get_args(Effort))
    assert fast > fastest + 0.1
    assert medium > fast + 0.1
    assert slow > medium - 0.05  # of one small picture: chance weighs as much as what it gains
