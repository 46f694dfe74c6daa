"""Quality: a scale of steps; every file of a quality has its step."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from marks import slow
from pictures import Pixels, photograph

from gicodec import Encoded, encode, info
from gicodec.encoder.targets.quality import step_of_quality


def noise(width: int, height: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def encoded(pixels: Pixels, **options: Any) -> Encoded:
    return encode(pixels, effort="fast", waves=False, **options)


def test_quality_is_a_scale_of_steps() -> None:
    assert step_of_quality(0) == 1
    np.testing.assert_allclose(step_of_quality(18), 0.5, rtol=0.01)
    np.testing.assert_allclose(step_of_quality(90), 1 / 32, rtol=0.01)
    steps = [step_of_quality(quality) for quality in np.linspace(0, 100, 401)]
    assert all(a >= b for a, b in pairwise(steps))
    assert len(set(steps)) > 150  # fractions count


@pytest.mark.parametrize("quality", [0, slow(33.3), 100])
@pytest.mark.parametrize("pixels", [photograph(40, 30), noise(10, 15), photograph(5, 7)])
def test_every_file_of_a_quality_has_its_step(quality: float, pixels: Pixels) -> None:
    result = encoded(pixels, quality=quality)
    assert result.n_gaussians > 0
    described, step = info(result), step_of_quality(quality)
    if described.texture_step is None:
        assert described.step == step
    else:
        assert described.texture_step == pytest.approx(1.29 * step, rel=0.03)


def test_more_quality_is_a_better_picture_and_a_larger_file() -> None:
    pixels = photograph(48, 36)
    results = [encoded(pixels, quality=quality) for quality in (0, 25, 50, 75, 100)]
    assert all(b.psnr > a.psnr for a, b in pairwise(results))
    assert all(len(b.data) > len(a.data) for a, b in pairwise(results))
