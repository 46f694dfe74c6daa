"""The plugin for Pillow, tested as Pillow tests its own."""

from __future__ import annotations

import copy
import io
import pickle
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import photograph
from PIL import ExifTags, Image, UnidentifiedImageError
from profiles import with_gamma

import gicodec.codec
import gicodec.pillow
from gicodec import GsiError, Picture, decode, info, psnr
from gicodec.options import DecodeOptions

PHOTO = Image.fromarray(photograph(48, 32))
FAST: dict[str, Any] = {"bpp": 3, "effort": "fast"}
LINEAR = with_gamma(1)
MASK = Image.linear_gradient("L").resize(PHOTO.size)


def in_mode(mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.fromarray(np.asarray(PHOTO.convert("L")).astype(np.uint16) * 257)
    image = PHOTO.convert(mode)
    if mode in ("LA", "RGBA"):
        image.putalpha(MASK)
    return image


@cache
def saved(mode: str = "RGB", **options: Any) -> bytes:
    stream = io.BytesIO()
    in_mode(mode).save(stream, "GSI", **FAST, **options)
    return stream.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def sealed(body: bytes) -> bytes:
    return body + zlib.crc32(body).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [("L", "L"), ("LA", "LA"), ("RGB", "RGB"), ("RGBA", "RGBA"), ("P", "RGB"), ("1", "L"), ("I;16", "I;16")],
)
def test_every_mode_comes_back(mode: str, becomes: str) -> None:
    with opened(saved(mode)) as image:
        assert (image.format, image.mode, image.size) == ("GSI", becomes, PHOTO.size)
        assert isinstance(image, gicodec.pillow.GsiImageFile)
        assert image.get_format_mimetype() == "image/x-gsi"
        pixels = np.asarray(image)
    np.testing.assert_array_equal(pixels, decode(saved(mode)))
    if mode not in ("1", "P"):  # which are dithered
        assert psnr(np.asarray(in_mode(mode)), pixels) > 20


def test_color_of_16_bits_is_opened_as_8_bits() -> None:
    coded = gicodec.encode(photograph(16, 12).astype(np.uint16) * 257, **FAST).data
    with opened(coded) as image:
        assert (image.mode, image.info["bit_depth"]) == ("RGB", 16)
        np.testing.assert_array_equal(np.asarray(image), decode(coded, bits=8))
    gray = np.dstack([photograph(16, 12)[:, :, 0]] * 2).astype(np.uint16) * 200
    coded = gicodec.encode(gray, **FAST).data
    with opened(coded) as image:
        assert image.mode == "LA"
        np.testing.assert_array_equal(np.asarray(image), decode(coded, bits=8))


def test_open_reads_the_header_only() -> None:
    """A file whose Gaussians are garbage opens, and fails when its pixels are needed."""
    data = saved(texture=False)
    at = data.index(b"\x82") + 8
    broken = sealed(data[:at] + bytes(range(40)) + data[at + 40 : -4])
    with opened(broken) as image:
        assert (image.size, image.mode) == (PHOTO.size, "RGB")
        with pytest.raises(OSError, match=r".+"):
            image.load()
    with pytest.raises(GsiError):
        decode(broken)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[DecodeOptions]:
    """Return what decodes with which options from then on."""
    made: list[DecodeOptions] = []

    def decode_and_tell(data: bytes, options: DecodeOptions) -> Picture:
        made.append(options)
        return gicodec.codec.decode(data, options)

    monkeypatch.setattr("gicodec.pillow.decode", decode_and_tell)
    return made


def test_pixels_are_decoded_once(calls: list[DecodeOptions]) -> None:
    with opened(saved()) as image:
        assert not calls
        for _ in range(3):
            image.load()
        assert image.getpixel((5, 5)) == tuple(decode(saved())[5, 5])
    assert len(calls) == 1


@pytest.mark.parametrize("mode", ["RGB", "LA", "I;16"])
def test_thumbnails_are_decoded_small(mode: str, calls: list[DecodeOptions]) -> None:
    with opened(saved(mode)) as image:
        image.thumbnail((12, 12))
        assert image.size == (12, 8)
        assert image.mode == mode
    (options,) = calls
    assert isinstance(options.size, tuple)
    width, height = (side or 0 for side in options.size)
    assert 12 <= width < 48
    assert 8 <= height < 32
    reference = decode(saved(mode), size=(12, 8))
    assert psnr(reference, np.asarray(image)) > 30


def test_draft_keeps_the_shape_and_is_no_smaller_than_asked_for() -> None:
    with opened(saved()) as image:
        assert image.draft("RGB", (20, 20)) is not None
        assert image.size == (30, 20)
        assert np.asarray(image).shape == (20, 30, 3)
        assert image.draft("RGB", (5, 5)) is None  # it is decoded
        assert image.size == (30, 20)
    with opened(saved()) as image:
        assert image.draft("RGB", (48, 32)) is None
        assert image.draft("RGB", (100, 10)) is None
        assert image.size == (48, 32)


def test_save_takes_the_options_of_the_encoder(tmp_path: Path) -> None:
    path = tmp_path / "photo.gsi"
    PHOTO.save(path, target_size=400, effort="fast")
    assert path.stat().st_size <= 400
    PHOTO.save(path, gaussians=20, effort="fast")
    assert info(path).n_gaussians == 20
    with pytest.raises(ValueError, match="quality"):
        PHOTO.save(path, quality=500)
    with pytest.raises(ValueError, match="one target"):
        PHOTO.save(path, quality=50, bpp=1)


@pytest.mark.parametrize("mode", ["F", "I"])
def test_a_mode_of_no_known_range_is_refused(mode: str) -> None:
    with pytest.raises(OSError, match=f"cannot write mode {mode} as GSI"):
        Image.new(mode, (4, 4)).save(io.BytesIO(), "GSI", **FAST)


def test_profile_exif_and_xmp_come_back() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "a camera"
    stream = io.BytesIO()
    PHOTO.save(stream, "GSI", icc_profile=LINEAR, exif=exif, xmp=b"<x:xmpmeta/>", **FAST)
    with Image.open(stream) as image:
        assert image.info["icc_profile"] == LINEAR
        assert image.info["xmp"] == b"<x:xmpmeta/>"
        assert image.getexif()[ExifTags.Base.Make] == "a camera"
        again = io.BytesIO()
        image.save(again, "PNG", icc_profile=image.info["icc_profile"], exif=image.info["exif"])
    with Image.open(again) as png:
        assert png.info["icc_profile"] == LINEAR
        assert png.getexif()[ExifTags.Base.Make] == "a camera"


def test_exif_may_be_given_as_bytes() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "a camera"
    stream = io.BytesIO()
    PHOTO.save(stream, "GSI", exif=exif.tobytes(), **FAST)
    with Image.open(stream) as image:
        assert image.getexif()[ExifTags.Base.Make] == "a camera"


def test_the_profile_of_what_was_opened_is_saved_with_it() -> None:
    png, gsi = io.BytesIO(), io.BytesIO()
    PHOTO.save(png, "PNG", icc_profile=LINEAR)
    with Image.open(png) as image:
        image.save(gsi, "GSI", **FAST)
    assert info(gsi.getvalue()).metadata.profile == LINEAR


@pytest.mark.parametrize("n_bytes", [0, 4, 8, 9, 12, 14])
def test_a_truncated_head_is_no_picture(n_bytes: int) -> None:
    with pytest.raises(UnidentifiedImageError):
        opened(saved()[:n_bytes])


def test_a_truncated_body_is_an_os_error() -> None:
    with pytest.raises((OSError, UnidentifiedImageError)), opened(saved()[:-20]) as image:
        image.load()


def test_foreign_files_are_refused_by_it_and_opened_by_others() -> None:
    for format in ("PNG", "JPEG", "WEBP"):
        stream = io.BytesIO()
        PHOTO.save(stream, format)
        with pytest.raises(UnidentifiedImageError):
            gicodec.open(stream.getvalue())
        with Image.open(stream) as image:
            assert image.format == format
            image.load()
    with pytest.raises(UnidentifiedImageError):
        opened(b"no picture at all")


def test_it_is_registered() -> None:
    assert Image.registered_extensions()[".gsi"] == "GSI"
    assert Image.MIME["GSI"] == "image/x-gsi"
    assert "GSI" in Image.OPEN
    assert "GSI" in Image.SAVE


def test_a_path_is_opened_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "photo.gsi"
    PHOTO.save(path, **FAST)
    with Image.open(path) as image:
        image.load()
    image = Image.open(path)
    image.load()  # pytest would turn a warning of an open file into an error
    path.unlink()


def test_images_can_be_verified_copied_converted_and_pickled() -> None:
    with opened(saved()) as image:
        image.verify()
    expected = decode(saved())
    with opened(saved()) as image:
        np.testing.assert_array_equal(np.asarray(image.copy()), expected)
    with opened(saved()) as image:
        np.testing.assert_array_equal(np.asarray(image.convert("RGBA"))[:, :, :3], expected)
    with opened(saved()) as image:
        np.testing.assert_array_equal(np.asarray(copy.copy(image)), expected)
    with opened(saved()) as image:
        np.testing.assert_array_equal(np.asarray(pickle.loads(pickle.dumps(image))), expected)
    with opened(saved()) as image:
        np.testing.assert_array_equal(np.asarray(image.crop((4, 2, 20, 12))), expected[2:12, 4:20])
