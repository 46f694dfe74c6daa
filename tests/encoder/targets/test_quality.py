"""PSNR and quality: the picture asked for, whatever the picture; and what each target promises of all."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from pictures import Pixels, photograph

from gicodec import Encoded, EncodeOptions, Progress, TargetError, decode, describe, encode, psnr
from gicodec.encoder.targets.quality import step_of_quality


def noise(width: int, height: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def flat(width: int, height: int) -> Pixels:
    return np.full((height, width, 3), (200, 30, 90), np.uint8)


def kind_of(target: dict[str, Any]) -> str:
    return next(iter(target))


def black(width: int, height: int) -> Pixels:
    return np.zeros((height, width, 3), np.uint8)


def encoded(pixels: Pixels, **options: Any) -> Encoded:
    return encode(pixels, EncodeOptions(effort="fast", waves=False, **options))


@pytest.mark.parametrize(
    ("width", "height", "target"),
    [(192, 128, 24), (192, 128, 33.3), (97, 61, 30), (64, 48, 38), (40, 150, 28)],
)
def test_the_psnr_is_met(width: int, height: int, target: float) -> None:
    pixels = photograph(width, height)
    result = encoded(pixels, psnr=target)
    assert abs(psnr(pixels, decode(result.data)) - target) <= 0.1


@pytest.mark.parametrize("shape", [(1, 1), (23, 1), (5, 7), (16, 16)])
@pytest.mark.parametrize("kind", [photograph, noise, flat, black])
@pytest.mark.parametrize("target", [12, 35])
def test_any_picture_meets_the_psnr_or_says_what_it_can_have(
    shape: tuple[int, int], kind: Any, target: float
) -> None:
    pixels = kind(*shape)
    try:
        result = encoded(pixels, psnr=target)
    except TargetError as error:
        match = re.fullmatch(rf"{target} dB cannot be met, the nearest is (?:([\d.]+) dB|.*)", str(error))
        assert match
        assert match[1] is None or abs(float(match[1]) - target) > 0.1
    else:
        assert abs(psnr(pixels, decode(result.data)) - target) <= 0.1


def test_a_psnr_beyond_reach_is_answered_with_the_best() -> None:
    with pytest.raises(TargetError, match=r"^80 dB cannot be met, the nearest is [\d.]+ dB$") as failure:
        encoded(photograph(48, 32), psnr=80)
    assert 40 < float(str(failure.value).split()[-2]) < 79.9


def test_quality_is_a_scale_of_steps() -> None:
    assert step_of_quality(0) == 1
    np.testing.assert_allclose(step_of_quality(18), 0.5, rtol=0.01)
    np.testing.assert_allclose(step_of_quality(90), 1 / 32, rtol=0.01)
    steps = [step_of_quality(quality) for quality in np.linspace(0, 100, 401)]
    assert all(a >= b for a, b in pairwise(steps))
    assert len(set(steps)) > 150  # fractions count


@pytest.mark.parametrize("quality", [0, 33.3, 100])
@pytest.mark.parametrize("pixels", [photograph(64, 48), noise(20, 30), flat(16, 16), photograph(5, 7)])
def test_every_file_of_a_quality_has_its_step(quality: float, pixels: Pixels) -> None:
    result = encoded(pixels, quality=quality)
    assert result.n_gaussians > 0
    assert describe(result.data).step == step_of_quality(quality)


def test_more_quality_is_a_better_picture_and_a_larger_file() -> None:
    pixels = photograph(128, 96)
    results = [encoded(pixels, quality=quality) for quality in (0, 25, 50, 75, 100)]
    assert all(b.psnr > a.psnr for a, b in pairwise(results))
    assert all(len(b.data) > len(a.data) for a, b in pairwise(results))


@pytest.mark.parametrize("target", [{"quality": 40}, {"psnr": 28}, {"gaussians": 200}], ids=kind_of)
def test_a_file_is_as_good_as_one_made_for_its_size(target: dict[str, Any]) -> None:
    pixels = photograph(128, 96)
    gains = []
    for seed in range(3):  # how well the last rounding goes is a matter of chance
        result = encoded(pixels, seed=seed, **target)
        gains.append(result.psnr - encoded(pixels, seed=seed, target_size=len(result.data)).psnr)
    assert np.median(gains) > -1  # dB, of the 6 that twice the bytes bring: a sixth of them is wasted at most


TARGETS = [{"target_size": 300}, {"psnr": 26}, {"quality": 40}, {"gaussians": 60}]


@pytest.mark.parametrize("target", TARGETS, ids=kind_of)
def test_threads_change_no_byte_whatever_the_target(target: dict[str, Any]) -> None:
    pixels = photograph(64, 48)
    alone, together = (encoded(pixels, threads=threads, **target).data for threads in (1, 3))
    assert alone == together
    assert encoded(pixels, seed=1, **target).data != alone


@pytest.mark.parametrize("target", TARGETS, ids=kind_of)
def test_progress_goes_forward_whatever_the_target(target: dict[str, Any]) -> None:
    reports: list[Progress] = []
    encode(photograph(64, 48), EncodeOptions(effort="fast", waves=True, **target), reports.append)
    stages = {stage: list(group) for stage, group in groupby(reports, lambda report: report.stage)}
    assert list(stages) == ["fit", *["waves"] * ("gaussians" not in target), "tune"]
    for group in stages.values():
        done = [report.done for report in group]
        assert done == sorted(set(done))
        assert len({report.total for report in group}) == 1
        assert done[-1] <= group[-1].total
