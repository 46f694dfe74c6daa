"""Decoding: the same picture at any size, of any part, with any number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from coded_photograph import encoded
from pictures import photograph
from PIL import Image

from gicodec import Crop, decode, psnr
from gicodec.format import GsiFile, GsiPayload, Header


def test_threads_change_no_pixel() -> None:
    alone = decode(encoded().data, threads=1, scale=7, bits=16)
    for threads in (2, 5):
        together = decode(encoded().data, threads=threads, scale=7, bits=16)
        np.testing.assert_array_equal(together, alone)


def test_16_bits_round_to_the_8() -> None:
    eight = decode(encoded().data).astype(int)
    sixteen = decode(encoded().data, bits=16)
    assert sixteen.dtype == np.uint16
    assert (abs(sixteen / 257 - eight) <= 0.5 + 1 / 257).all()
    assert len(np.unique(sixteen)) > 1000


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7, 3.0, 0.001])
def test_any_scale_has_its_size(scale: float) -> None:
    height, width, _ = photograph().shape
    expected = max(1, round(height * scale)), max(1, round(width * scale)), 3
    assert decode(encoded().data, scale=scale).shape == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((32, None), (32, 24)),
        ((None, 12), (16, 12)),
        (128, (128, 96)),
        ((100, None), (100, 75)),
        ((9, 5), (9, 5)),
    ],
)
def test_a_side_that_is_not_given_follows_from_the_other(
    size: tuple[int | None, int | None] | int, expected: tuple[int, int]
) -> None:
    assert photograph().shape == (48, 64, 3)
    assert decode(encoded().data, size=size).shape == (*expected[::-1], 3)


def test_any_scale_shows_the_same_picture() -> None:
    full = decode(encoded().data)
    tripled = decode(encoded().data, scale=3)
    assert abs(tripled[1::3, 1::3].astype(int) - full).max() <= 1  # the same samples, rounded apart
    half = decode(encoded().data, size=(32, 24))
    reduced = Image.fromarray(full).resize((32, 24), Image.Resampling.LANCZOS)
    assert psnr(np.asarray(reduced), half) > 50  # drawn a little smaller than full size, and then reduced
    np.testing.assert_array_equal(decode(encoded().data, scale=0.5), half)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_a_crop_is_the_part_of_the_whole(scale: float) -> None:
    whole = decode(encoded().data, scale=scale)
    height, width, _ = whole.shape
    differences = []
    for crop in (Crop(width, height, 0, 0), Crop(5, 7, 3, 2), Crop(1, 1, width - 1, height - 1)):
        part = decode(encoded().data, scale=scale, crop=crop)
        of_whole = whole[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width]
        assert part.shape == of_whole.shape
        differences.append(abs(part.astype(int) - of_whole).ravel())
    different = np.concatenate(differences)  # rounded after another sum
    assert different.max() <= 1
    assert different.mean() <= 1 / 1000


@pytest.mark.parametrize(
    "crop", [Crop(65, 1, 0, 0), Crop(1, 49, 0, 0), Crop(1, 1, 64, 0), Crop(1, 1, -1, 0), Crop(0, 1, 0, 0)]
)
def test_a_crop_beyond_the_picture_is_refused(crop: Crop) -> None:
    with pytest.raises(ValueError, match="not inside"):
        decode(encoded().data, crop=crop)


def test_no_gaussians_are_black() -> None:
    data = GsiFile(Header(9, 5), GsiPayload.empty(3)).to_bytes()
    for scale in (1, 0.5, 3):
        assert not decode(data, scale=scale).any()
