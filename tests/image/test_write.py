"""Image files out: in every format as much of a picture as it can hold."""

import io
from pathlib import Path

import numpy as np
import pytest

from gicodec.errors import OptionError
from gicodec.image.picture import Picture
from gicodec.image.read import read_image
from gicodec.image.write import DEEP, FORMATS, encode_image, image_format, write_image

RGB = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
RGB16 = np.minimum(RGB.astype(np.int64) * 257 + 100, 65535).astype(np.uint16)  # 8 bits round down to RGB


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"pgm"}))
def test_8_bit_samples_can_be_written_in_every_format(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{format}"
    write_image(path, RGB)
    if format == "npy":
        np.testing.assert_array_equal(np.load(path), RGB)
        return
    picture, warnings = read_image(path)
    most = 30 if FORMATS[format] == "JPEG" else 0
    assert np.abs(picture.samples.astype(int) - RGB).max() <= most
    assert warnings == []


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"pgm"}))
def test_16_bit_samples_are_kept_where_a_format_has_them_and_rounded_elsewhere(format: str) -> None:
    data = encode_image(Picture(RGB16), format)
    if format == "npy":
        np.testing.assert_array_equal(np.load(io.BytesIO(data)), RGB16)
        return
    picture, _ = read_image(io.BytesIO(data))
    assert picture.bits == (16 if FORMATS[format] in DEEP else 8)
    most = 30 if FORMATS[format] == "JPEG" else 0
    expected = RGB16 if picture.bits == 16 else RGB
    assert np.abs(picture.samples.astype(int) - expected).max() <= most


@pytest.mark.parametrize("format", ["jpg", "ppm", "bmp"])
def test_alpha_is_put_on_white_where_a_format_has_none(format: str) -> None:
    alpha = np.zeros((20, 30), np.uint8)
    alpha[:10] = 255
    picture, _ = read_image(io.BytesIO(encode_image(Picture(RGB, alpha), format)))
    assert picture.alpha is None
    assert picture.samples[12:].min() >= (240 if format == "jpg" else 255)
    assert format == "jpg" or (picture.samples[:10] == RGB[:10]).all()


def test_pgm_is_for_gray_only() -> None:
    with pytest.raises(OptionError, match="use ppm"):
        encode_image(Picture(RGB), "pgm")
    picture, _ = read_image(io.BytesIO(encode_image(Picture(RGB[:, :, :1]), "pgm")))
    np.testing.assert_array_equal(picture.samples, RGB[:, :, :1])


def test_formats_are_checked() -> None:
    with pytest.raises(ValueError, match="unknown extension"):
        image_format("x.xyz")
    with pytest.raises(ValueError, match="png, ppm, pgm, or npy"):
        image_format("x.jpg", bits=16)
    stream = io.BytesIO()
    write_image(stream, RGB)
    assert stream.getvalue().startswith(b"\x89PNG")
