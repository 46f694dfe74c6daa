"""Arrays, tensors and Pillow's images become pictures as they are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from gicodec.errors import ImageError, OptionError
from gicodec.image.convert import as_picture
from gicodec.image.metadata import GPS, ORIENTATION
from gicodec.image.read import ReadOptions

SAMPLES = np.arange(8 * 12 * 3, dtype=np.uint8).reshape(8, 12, 3)
KEEP = ReadOptions(metadata=True)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_of_any_precision_are_kept_to_16_bits(dtype: type) -> None:
    picture, _ = as_picture((SAMPLES / 255).astype(dtype), KEEP)
    assert picture.bits == 16
    assert np.abs(picture.samples / 257 - SAMPLES).max() < (0.2 if dtype is np.float16 else 0.01)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_tensors_of_floats_are_taken(dtype: torch.dtype) -> None:
    tensor = (torch.from_numpy(SAMPLES) / 255).to(dtype).permute(2, 0, 1)
    picture, _ = as_picture(tensor, KEEP)
    assert np.abs(picture.samples / 257 - SAMPLES).max() < 1.5


def test_big_endian_samples_are_taken() -> None:
    deep = SAMPLES.astype(">u2") * 257
    np.testing.assert_array_equal(as_picture(deep, KEEP)[0].samples, SAMPLES.astype(np.uint16) * 257)


def turned(orientation: int) -> Image.Image:
    image = Image.fromarray(SAMPLES)
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    exif[GPS] = {1: "N"}
    exif[0x010F] = "maker"
    return image


def test_an_image_of_pillow_is_turned_upright_and_stays_as_it_was() -> None:
    image = turned(6)
    picture, _ = as_picture(image, KEEP)
    np.testing.assert_array_equal(picture.samples, np.rot90(SAMPLES, -1))
    assert image.getexif()[ORIENTATION] == 6
    assert GPS in image.getexif()
    assert picture.metadata.exif is not None
    assert b"maker" in picture.metadata.exif


def test_an_image_without_pixels_is_refused() -> None:
    with pytest.raises(ImageError, match="no pixels"):
        as_picture(Image.new("RGB", (0, 0)), KEEP)


def test_other_things_are_refused() -> None:
    things: tuple[object, ...] = (None, 3, (SAMPLES, []))
    for thing in things:
        with pytest.raises(OptionError, match="cannot encode"):
            as_picture(thing, KEEP)


@pytest.mark.parametrize(
    "place",
    [
        'exif:GPSLatitude="51,30N"',
        "exif:GPSLatitude='51,30N'",
        'exif:GPSLatitude = "51,30N"',
        'other:GPSLatitude="51,30N"',
        "><exif:GPSLatitude>51,30N</exif:GPSLatitude",
    ],
)
def test_no_place_is_left_in_xmp(place: str) -> None:
    image = Image.fromarray(SAMPLES)
    image.info["xmp"] = f"<rdf:Description dc:title='Beach' {place}></rdf:Description>".encode()
    kept = as_picture(image, KEEP)[0].metadata.xmp
    assert kept is not None
    assert b"51,30N" not in kept
    assert b"Beach" in kept
    with_place = as_picture(image, ReadOptions(metadata=True, gps=True))[0].metadata.xmp
    assert with_place is not None
    assert b"51,30N" in with_place


def test_xmp_whose_place_cannot_be_found_is_dropped() -> None:
    image = Image.fromarray(SAMPLES)
    image.info["xmp"] = "<x>GPSLatitude 51,30N</x>".encode("utf-16")
    assert as_picture(image, KEEP)[0].metadata.xmp is None
