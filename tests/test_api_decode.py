"""``gicodec.decode``, ``info`` and ``open``: what they take, and what they give."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import photograph

import gicodec
from gicodec import Encoded, OptionError, decode, encode, info

PHOTO = photograph(24, 20)


@cache
def encoded() -> Encoded:
    return encode(PHOTO, bpp=3, effort="fast")


@pytest.mark.parametrize(
    "keywords",
    [
        {"scale": 0},
        {"scale": 1, "size": 8},
        {"size": (None, None)},
        {"bits": 12},
        {"crop": (10, 10, 20, 20)},
        {"crop": (0, 1, 0, 0)},
        {"threads": -1},
        {"background": "no color"},
    ],
    ids=str,
)
def test_wrong_keywords_of_decode_are_value_errors(keywords: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        decode(encoded(), **keywords)


def test_a_file_can_be_given_as(tmp_path: Path) -> None:
    data, path = encoded().data, tmp_path / "photo.gsi"
    path.write_bytes(data)
    expected = decode(encoded())
    assert (expected.shape, str(expected.dtype)) == (PHOTO.shape, "uint8")
    with path.open("rb") as stream:
        in_memory = data, bytearray(data), memoryview(data), io.BytesIO(data)
        given: list[Any] = [*in_memory, path, str(path), stream]
        for source in given:
            np.testing.assert_array_equal(decode(source), expected)
    for source in (data, path, encoded()):
        assert info(source) == info(data)
        with gicodec.open(source) as image:
            np.testing.assert_array_equal(np.asarray(image), expected)
    assert info(io.BytesIO(data)) == info(data)
    with gicodec.open(io.BytesIO(data)) as image:
        np.testing.assert_array_equal(np.asarray(image), expected)


def test_info_describes_a_file() -> None:
    described = info(encoded())
    assert described.n_bytes == len(encoded().data)
    assert described.n_gaussians == encoded().n_gaussians
    assert described.bpp == pytest.approx(8 * len(encoded().data) / PHOTO[:, :, 0].size)
    assert [name for name, _ in described.sections] == ["header", "gaussians"]
    assert not described.has_alpha
    assert described.step > 0


@pytest.mark.parametrize(
    ("keywords", "shape"),
    [
        ({"scale": 2}, (40, 48)),
        ({"scale": 0.25}, (5, 6)),
        ({"size": (7, 9)}, (9, 7)),
        ({"size": (12, None)}, (10, 12)),
        ({"size": (None, 10)}, (10, 12)),
        ({"size": 12}, (10, 12)),
        ({"crop": (7, 5, 3, 2)}, (5, 7)),
        ({"crop": gicodec.Crop(7, 5, 3, 2), "scale": 3}, (5, 7)),
    ],
    ids=str,
)
def test_a_picture_is_decoded_at_the_size_that_is_asked_for(
    keywords: dict[str, Any], shape: tuple[int, int]
) -> None:
    assert decode(encoded(), **keywords).shape == (*shape, 3)


def test_what_is_no_gsi_file_is_refused() -> None:
    for data in (b"", b"GIF89a", encoded().data[:-1], encoded().data + b"\0"):
        with pytest.raises(gicodec.CorruptFileError):
            decode(data)
        with pytest.raises(gicodec.CorruptFileError):
            info(data)
