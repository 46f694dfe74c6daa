"""Reports of progress have the Gaussians of every method, at every stage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pictures import photograph, texture

from gicodec import Gaussians, Progress, encode, psnr
from gicodec.format import Kernel
from gicodec.render import View, render

PAPERS = ("gaussianimage", "gaussianimage-rs", "gaussianimage++")
NEAR = 0.2  # dB: kernels that are rounded in other ways


def reports_of(pixels: Any, **options: Any) -> list[tuple[Progress, Gaussians]]:
    reports: list[tuple[Progress, Gaussians]] = []
    encode(pixels, progress=lambda report: reports.append((report, report.snapshot())), threads=1, **options)
    return reports


def error_of(pixels: Any, gaussians: Gaussians, kernel: Kernel) -> float:
    height, width, _ = pixels.shape
    image = render(gaussians, View(width, height), kernel, threads=1).transpose(1, 2, 0)
    return psnr(np.asarray(pixels, np.float32) / np.float32(255), image)


def test_gaussians_of_every_stage_draw_what_is_reported() -> None:
    pixels = texture(48, 40)
    reports = reports_of(pixels, effort="fast", bpp=3, waves=True, texture=False)
    assert {report.stage for report, _ in reports} == {"first", "fit", "waves", "tune", "round"}
    assert any(gaussians.waves is not None for _, gaussians in reports)
    for report, gaussians in reports:
        assert gaussians.n_gaussians == report.n_gaussians
        if report.stage not in ("tune", "round"):  # whose dB are of what is rounded
            assert error_of(pixels, gaussians, Kernel.COMPACT) == pytest.approx(report.psnr, abs=NEAR)
    last = reports[-1]
    assert error_of(pixels, last[1], Kernel.COMPACT) > last[0].psnr - 1


@pytest.mark.parametrize("method", PAPERS)
def test_gaussians_of_the_papers_methods_draw_what_is_reported(method: str) -> None:
    pixels = photograph(40, 32)
    reports = reports_of(pixels, method=method, gaussians=40, iterations=40)
    assert {report.stage for report, _ in reports} == {"fit", "quantize"}
    for report, gaussians in reports:
        if report.stage == "fit":
            assert error_of(pixels, gaussians, Kernel.CUT) == pytest.approx(report.psnr, abs=NEAR)
    assert gaussians.n_gaussians == reports[-1][0].n_gaussians


def test_a_snapshot_is_a_copy() -> None:
    (_, first), *_, (_, last) = reports_of(photograph(40, 32), effort="fast", bpp=2, texture=False)
    assert not np.shares_memory(first.centers, last.centers)
    assert first.n_gaussians < last.n_gaussians


@pytest.mark.parametrize(
    "options",
    [{"effort": "fast", "bpp": 2}, {"method": "gaussianimage++", "gaussians": 40, "iterations": 20}],
    ids=["gsi", "gaussianimage++"],
)
def test_asking_for_snapshots_changes_no_byte(options: dict[str, Any]) -> None:
    def watch(report: Progress) -> None:
        report.snapshot()

    plain = encode(photograph(40, 32), threads=1, **options)
    watched = encode(photograph(40, 32), threads=1, progress=watch, **options)
    assert watched.data == plain.data
