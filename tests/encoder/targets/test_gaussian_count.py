"""A number of Gaussians: exactly so many, at a rate that suits them."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import Pixels, photograph

from gicodec import Encoded, EncodeOptions, TargetError, describe, encode


def encoded(pixels: Pixels, n: int, seed: int = 0) -> Encoded:
    return encode(pixels, EncodeOptions(gaussians=n, effort="fast", seed=seed))


@pytest.mark.parametrize(
    ("width", "height", "n"),
    [(192, 128, 1), (192, 128, 10), (192, 128, 400), (97, 61, 150), (64, 48, 500), (12, 14, 20), (1, 1, 1)],
)
def test_the_file_holds_as_many_as_asked_for(width: int, height: int, n: int) -> None:
    result = encoded(photograph(width, height), n)
    assert describe(result.data).n_gaussians == result.n_gaussians == n


def test_every_seed_keeps_the_promise() -> None:
    results = [encoded(photograph(64, 48), 50, seed) for seed in range(1, 5)]
    assert [result.n_gaussians for result in results] == [50] * 4


def test_they_are_coded_as_finely_as_pays() -> None:
    bits = 8 * len(encoded(photograph(192, 128), 400).data) / 400
    assert 28 < bits < 42  # few have little time to learn from each other; thousands take about 30


def test_more_than_pixels_are_too_many() -> None:
    with pytest.raises(TargetError, match=r"^36 Gaussians are too many: a 7x5 picture can have at most 35$"):
        encoded(photograph(7, 5), 36)


@pytest.mark.parametrize("shape", [(1, 1), (1, 23), (7, 5), (16, 16)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_that_has_no_use_for_them_takes_fewer(shape: tuple[int, int], level: int) -> None:
    pixels = np.full((*shape, 3), level, np.uint8)
    n = shape[0] * shape[1]
    result = encoded(pixels, n)
    assert result.n_gaussians <= n
    assert result.psnr > 40
