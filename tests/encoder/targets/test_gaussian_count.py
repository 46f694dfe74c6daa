"""A number of Gaussians: exactly so many, at a rate that suits them."""

from __future__ import annotations

import numpy as np
import pytest
from marks import slow
from pictures import Pixels, photograph

from gicodec import Encoded, TargetError, encode, info


def encoded(pixels: Pixels, n: int, seed: int = 0) -> Encoded:
    return encode(pixels, gaussians=n, effort="fast", seed=seed)


@pytest.mark.parametrize(
    ("width", "height", "n"),
    [
        (96, 64, 1),
        (97, 61, 150),
        (12, 14, 20),
        (2, 2, 1),
        slow(192, 128, 10),
        slow(96, 64, 300),
        slow(40, 30, 200),
    ],
)
def test_the_file_holds_as_many_as_asked_for(width: int, height: int, n: int) -> None:
    result = encoded(photograph(width, height), n)
    assert info(result).n_gaussians == result.n_gaussians == n


def test_every_seed_keeps_the_promise() -> None:
    results = [encoded(photograph(64, 48), 50, seed) for seed in (1, 2)]
    assert [result.n_gaussians for result in results] == [50] * 2


def test_more_of_them_are_a_better_picture() -> None:
    """That they are coded as finely as pays is tested with the other targets, in test_every_target.py."""
    few, more, many = (encoded(photograph(96, 64), n) for n in (5, 30, 180))
    assert few.psnr < more.psnr < many.psnr
    assert len(few.data) < len(more.data) < len(many.data)


def test_more_than_pixels_are_too_many() -> None:
    with pytest.raises(TargetError, match=r"^36 Gaussians are too many: a 7x5 picture can have at most 35$"):
        encoded(photograph(7, 5), 36)


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), slow((1, 23)), slow((16, 16))])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_that_has_no_use_for_them_takes_fewer(shape: tuple[int, int], level: int) -> None:
    pixels = np.full((*shape, 3), level, np.uint8)
    n = shape[0] * shape[1]
    result = encoded(pixels, n)
    assert result.n_gaussians <= n
    assert result.psnr > 40
