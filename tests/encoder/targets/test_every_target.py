"""What every target promises: a file as good as others of its size, whatever the threads; progress."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest
from pictures import Pixels, photograph

from gicodec import Encoded, Progress, encode


def kind_of(target: dict[str, Any]) -> str:
    return next(iter(target))


def encoded(pixels: Pixels, **options: Any) -> Encoded:
    return encode(pixels, effort="fast", waves=False, **options)


@pytest.mark.slow
@pytest.mark.parametrize("target", [{"quality": 40}, {"psnr": 28}, {"gaussians": 100}], ids=kind_of)
def test_a_file_is_as_good_as_one_made_for_its_size(target: dict[str, Any]) -> None:
    pixels = photograph(96, 64)
    gains = []
    for seed in range(3):  # how well the last rounding goes is a matter of chance
        result = encoded(pixels, seed=seed, **target)
        gains.append(result.psnr - encoded(pixels, seed=seed, target_size=len(result.data)).psnr)
    assert np.median(gains) > -1  # dB, of the 6 that twice the bytes bring: a sixth of them is wasted at most


TARGETS = [{"target_size": 200}, {"psnr": 26}, {"quality": 40}, {"gaussians": 60}]


@pytest.mark.parametrize("target", TARGETS, ids=kind_of)
def test_threads_change_no_byte_whatever_the_target(target: dict[str, Any]) -> None:
    pixels = photograph(40, 30)
    alone, together = (encoded(pixels, threads=threads, **target).data for threads in (1, 3))
    assert alone == together
    assert encoded(pixels, seed=1, **target).data != alone


@pytest.mark.parametrize("target", TARGETS, ids=kind_of)
def test_progress_goes_forward_whatever_the_target(target: dict[str, Any]) -> None:
    reports: list[Progress] = []
    encode(photograph(64, 48), effort="fast", waves=True, **target, progress=reports.append)
    stages = {stage: list(group) for stage, group in groupby(reports, lambda report: report.stage)}
    fits = [stage for stage in stages if stage != "twice"]
    assert fits == ["first", "fit", *["waves"] * ("gaussians" not in target), "tune", "round"]
    assert "twice" in stages or "gaussians" in target
    for stage, group in stages.items():
        done = [report.done for report in group]
        n_runs = done.count(done[0])  # where the target was missed, rounding begins again
        assert done == sorted(set(done)) * n_runs
        assert n_runs == 1 or stage == "round"
        assert len({report.total for report in group}) == 1
        assert done[-1] <= group[-1].total
