"""The fit: good pictures, the same result every time, and an end for every picture."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import Pixels, photograph, texture

from gicodec.fit import Fit, FitSettings, as_target, fit, to_gaussians
from gicodec.fit.parameters import (
    COLOR,
    has_wave,
)
from gicodec.options import Progress
from gicodec.render import View, render

QUICK = FitSettings(n_iterations=200)


def test_waves_are_for_texture() -> None:
    pixels, settings = texture(), FitSettings(400)
    plain, waved = fit(as_target(pixels), 150, settings), fit(as_target(pixels), 150, settings, waves=True)
    n_waves = int(has_wave(waved.parameters).sum())
    assert n_waves > 0
    assert len(waved.parameters) < 150
    assert waved.psnr > plain.psnr
    np.testing.assert_allclose(true_psnr(waved, pixels), waved.psnr, atol=0.01)
    assert not has_wave(plain.parameters).any()


def true_psnr(result: Fit, pixels: Pixels) -> float:
    height, width, _ = pixels.shape
    image = render(to_gaussians(result.parameters), View(width, height))
    return -10 * float(np.log10(np.square(image - as_target(pixels)).mean()))


def test_a_photograph_is_fitted_well() -> None:
    pixels = photograph()
    few, many = fit(as_target(pixels), 30, QUICK), fit(as_target(pixels), 200, QUICK)
    assert (len(few.parameters), len(many.parameters)) == (30, 200)
    assert 18 < few.psnr < many.psnr  # 22 and 33 dB
    assert many.psnr > 28
    for result in (few, many):
        np.testing.assert_allclose(true_psnr(result, pixels), result.psnr, atol=0.01)


def test_longer_is_better() -> None:
    pixels = photograph()
    target = as_target(pixels)
    assert fit(target, 100, FitSettings(600)).psnr > fit(target, 100, FitSettings(100)).psnr


def test_a_plan_changes_how_many_there_will_be() -> None:
    pixels = photograph()
    asked: list[tuple[int, float]] = []

    def plan(n: int, psnr: float) -> int:
        asked.append((n, psnr))
        return 150

    result = fit(as_target(pixels), 40, QUICK, plan=plan)
    assert len(result.parameters) == 150
    assert len(asked) == 20
    assert asked[0][0] == 4
    assert asked[0][1] < asked[-1][1] < result.psnr
    same = fit(as_target(pixels), 40, QUICK, plan=lambda n, psnr: 40)
    np.testing.assert_array_equal(same.parameters, fit(as_target(pixels), 40, QUICK).parameters)
    assert len(fit(as_target(pixels), 40, QUICK, plan=lambda n, psnr: 10**9).parameters) == 64 * 48


def test_a_crowd_does_not_overshoot() -> None:
    """New Gaussians are drawn where the error is; hundreds on one spot must not all bring what is missing."""
    pixels = photograph()
    assert fit(as_target(pixels), 64 * 48 // 2, QUICK).psnr > 40


def test_only_the_seed_decides() -> None:
    pixels = photograph()
    first = fit(as_target(pixels), 60, QUICK, seed=3, threads=1)
    np.random.seed(8)  # noqa: NPY002  # the fit must not read any global state
    for threads in (1, 3):
        again = fit(as_target(pixels), 60, QUICK, seed=3, threads=threads)
        np.testing.assert_array_equal(again.parameters, first.parameters)
    other = fit(as_target(pixels), 60, QUICK, seed=4, threads=1)
    assert not np.array_equal(other.parameters, first.parameters)


def test_the_picture_is_left_as_it_was() -> None:
    pixels = photograph()
    pixels.flags.writeable = False
    copy = pixels.copy()
    fit(as_target(pixels), 10, FitSettings(20))
    np.testing.assert_array_equal(pixels, copy)


def test_progress_is_reported_and_rises() -> None:
    reports: list[Progress] = []
    result = fit(as_target(photograph()), 60, QUICK, progress=reports.append)
    done = [report.done for report in reports]
    assert done == sorted(set(done))
    assert len(done) >= 4
    assert {(report.stage, report.total) for report in reports} == {("fit", 200)}
    assert reports[-1].n_gaussians <= 60
    assert reports[0].psnr < reports[-1].psnr <= result.psnr + 0.5


FLAT = [(1, 1), (1, 40), (40, 1), (3, 2), (24, 31)]


@pytest.mark.parametrize(("height", "width"), FLAT)
@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_flat_pictures_are_exact_and_soon(height: int, width: int, level: int) -> None:
    pixels = np.full((height, width, 3), level, np.uint8)
    result = fit(as_target(pixels), 20, FitSettings(300))
    assert np.isfinite(result.parameters).all()
    assert result.psnr > 50
    if level == 0:
        assert result.n_iterations == 1


@pytest.mark.parametrize(("height", "width"), FLAT)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_small_pictures_with_more_gaussians_than_pixels_work(height: int, width: int, channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, channels), np.uint8)
    result = fit(as_target(pixels), 10_000, QUICK)
    assert len(result.parameters) <= height * width
    assert result.parameters.shape[1] == COLOR + channels
    assert np.isfinite(result.parameters).all()
    assert np.isfinite(result.psnr)
