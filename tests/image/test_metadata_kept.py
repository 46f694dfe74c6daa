"""EXIF and XMP: dropped with a warning, or kept without the place and the orientation."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import photograph
from PIL import ExifTags, Image

from gicodec import GsiWarning, encode, info
from gicodec.codec import decode as decode_picture
from gicodec.image.picture import Picture
from gicodec.image.read import ReadOptions, read_image
from gicodec.image.write import encode_image
from gicodec.options import DecodeOptions

PHOTO = photograph(24, 16)
FAST: dict[str, Any] = {"gaussians": 20, "effort": "fast"}
MAKE, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825
EXPOSURE, DATE = 0x829A, 0x9003
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,31.2N" tiff:Orientation="6"'
    b' dc:title="a parrot" exif:GPSLongitude="13,24.0E"><exif:GPSAltitude>34/1</exif:GPSAltitude>'
    b"<exif:GPSMapDatum/><dc:creator>someone</dc:creator></rdf:Description></x:xmpmeta>"
)
PLACE = (b"GPS", b"52,31", b"13,24", b"34/1")
FORMATS = ("JPEG", "PNG", "WEBP")


def exif(orientation: int = 6) -> Image.Exif:
    made = Image.Exif()
    made[MAKE], made[ORIENTATION] = "a camera", orientation
    made[GPS] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 0.0)}
    made.get_ifd(ExifTags.IFD.Exif)[EXPOSURE] = 0.004
    made.get_ifd(ExifTags.IFD.Exif)[DATE] = "2026:01:01 12:00:00"
    return made


def photo(format: str = "JPEG", orientation: int = 6) -> bytes:
    """Return a photograph with EXIF and XMP."""
    stream, image = io.BytesIO(), Image.fromarray(PHOTO)
    if format == "PNG":
        from PIL.PngImagePlugin import PngInfo

        beside = PngInfo()
        beside.add_itxt("XML:com.adobe.xmp", XMP.decode())
        image.save(stream, format, exif=exif(orientation), pnginfo=beside)
    else:
        image.save(stream, format, exif=exif(orientation), xmp=XMP)
    return stream.getvalue()


def read(data: bytes, **options: bool) -> tuple[Picture, list[str]]:
    return read_image(io.BytesIO(data), ReadOptions(**options))


def parsed(data: bytes | None) -> Image.Exif:
    assert data is not None
    found = Image.Exif()
    found.load(b"Exif\0\0" + data)
    return found


@pytest.mark.parametrize("format", FORMATS)
def test_metadata_is_dropped_with_a_warning(format: str) -> None:
    picture, warnings = read(photo(format))
    assert warnings == ["metadata dropped: EXIF, XMP"]
    assert picture.metadata.exif is None
    assert picture.metadata.xmp is None


@pytest.mark.parametrize("format", FORMATS)
def test_kept_metadata_has_neither_place_nor_orientation(format: str) -> None:
    picture, warnings = read(photo(format), metadata=True)
    assert warnings == []
    found = parsed(picture.metadata.exif)
    assert found[MAKE] == "a camera"
    assert ORIENTATION not in found
    assert GPS not in found
    assert not found.get_ifd(ExifTags.IFD.GPSInfo)
    assert found.get_ifd(ExifTags.IFD.Exif)[DATE] == "2026:01:01 12:00:00"
    xmp = picture.metadata.xmp
    assert xmp is not None
    assert b"a parrot" in xmp
    assert b"someone" in xmp
    assert b'tiff:Orientation="1"' in xmp
    assert not [text for text in PLACE if text in xmp]


@pytest.mark.parametrize("format", FORMATS)
def test_the_place_is_kept_if_it_is_asked_for(format: str) -> None:
    picture, warnings = read(photo(format), metadata=True, gps=True)
    assert warnings == []
    found = parsed(picture.metadata.exif)
    assert found.get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"
    assert found.get_ifd(ExifTags.IFD.GPSInfo)[2] == (52.0, 31.0, 12.0)
    assert ORIENTATION not in found
    assert all(text in (picture.metadata.xmp or b"") for text in PLACE)


def test_no_byte_of_the_place_is_left() -> None:
    """The place is not only out of the directory: its numbers are gone, too."""
    hidden = Image.Exif()
    hidden[MAKE] = "a camera"
    hidden[GPS] = {29: "2031:12:31", 1: "N", 2: (52.0, 31.0, 12.0)}
    stream = io.BytesIO()
    Image.fromarray(PHOTO).save(stream, "JPEG", exif=hidden)
    picture, _ = read(stream.getvalue(), metadata=True)
    assert b"2031:12:31" not in (picture.metadata.exif or b"")
    with_place, _ = read(stream.getvalue(), metadata=True, gps=True)
    assert b"2031:12:31" in (with_place.metadata.exif or b"")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_are_upright_whether_metadata_is_kept_or_not(orientation: int) -> None:
    data = photo("PNG", orientation)
    dropped, kept = read(data)[0], read(data, metadata=True)[0]
    np.testing.assert_array_equal(dropped.samples, kept.samples)
    assert dropped.samples.shape[:2] == ((16, 24) if orientation < 5 else (24, 16))
    again, _ = read(encode_image(kept, "png"), metadata=True)  # is not turned a second time
    np.testing.assert_array_equal(again.samples, kept.samples)


def test_files_keep_it() -> None:
    path = Path("photo.jpg")
    path.write_bytes(photo())
    with pytest.warns(GsiWarning, match="metadata dropped"):
        without = encode(path, **FAST)
    with_it = encode(path, metadata=True, **FAST)
    with_place = encode(path, metadata=True, gps=True, **FAST)
    assert info(without).metadata.exif is None
    assert parsed(info(with_it).metadata.exif)[MAKE] == "a camera"
    assert b"a parrot" in (info(with_it).metadata.xmp or b"")
    assert len(info(with_place).metadata.exif or b"") > len(info(with_it).metadata.exif or b"")


@pytest.mark.parametrize("format", ["png", "jpg", "webp"])
def test_decoded_pictures_get_it_back(format: str) -> None:
    metadata = read(photo(), metadata=True)[0].metadata
    coded = encode(Picture(PHOTO, metadata=metadata), **FAST)
    decoded = decode_picture(coded.data, DecodeOptions())
    with Image.open(io.BytesIO(encode_image(decoded, format))) as image:
        assert image.getexif()[MAKE] == "a camera"
        assert image.getexif().get(ORIENTATION, 1) == 1
        xmp: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
        assert b"a parrot" in (xmp.encode() if isinstance(xmp, str) else xmp)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_16_bits_keep_metadata_too() -> None:
    deep = Picture(PHOTO.astype(np.uint16) * 257, metadata=read(photo(), metadata=True)[0].metadata)
    data = encode_image(deep, "png")
    picture, warnings = read(data, metadata=True)
    assert warnings == []
    assert picture.bits == 16
    assert parsed(picture.metadata.exif)[MAKE] == "a camera"
    assert picture.metadata.xmp == deep.metadata.xmp
    assert read(data)[1] == ["metadata dropped: EXIF, XMP"]


def test_a_picture_without_metadata_has_none_to_keep() -> None:
    stream = io.BytesIO()
    Image.fromarray(PHOTO).save(stream, "PNG")
    for options in ({}, {"metadata": True}, {"metadata": True, "gps": True}):
        picture, warnings = read(stream.getvalue(), **options)
        assert (picture.metadata.exif, picture.metadata.xmp, warnings) == (None, None, [])


def test_broken_exif_is_not_kept() -> None:
    stream = io.BytesIO()
    Image.fromarray(PHOTO).save(stream, "PNG", exif=b"MM\0*\xff\xff\xff\xff")
    picture, _ = read(stream.getvalue(), metadata=True)
    np.testing.assert_array_equal(picture.samples, PHOTO)


def test_comments_are_named_as_dropped() -> None:
    stream = io.BytesIO()
    Image.fromarray(PHOTO).save(stream, "JPEG", comment="hello")
    assert read(stream.getvalue())[1] == ["metadata dropped: comment"]
