"""Color spaces: which profiles become numbers, what is kept, and what a decoded picture says of itself."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import pytest
from pictures import photograph
from PIL import Image, ImageCms
from profiles import gray_profile, named, srgb_profile, with_gamma

from gicodec import decode, encode, info
from gicodec.codec import decode as decode_picture
from gicodec.format import ColorSpace
from gicodec.image.color import CICP, display_p3
from gicodec.image.picture import Picture
from gicodec.image.read import ReadOptions, read_image
from gicodec.image.write import encode_image
from gicodec.options import DecodeOptions

PHOTO = photograph(16, 12)
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF")
FAST: dict[str, Any] = {"gaussians": 20, "effort": "fast"}


def read(
    profile: bytes | None, format: str = "PNG", mode: str = "RGB", *, to_srgb: bool = False
) -> tuple[Picture, list[str]]:
    """Write the photograph with a profile, and read it."""
    stream, options = io.BytesIO(), {"lossless": True} if format == "WEBP" else {}
    Image.fromarray(PHOTO).convert(mode).save(stream, format, icc_profile=profile, **options)
    return read_image(io.BytesIO(stream.getvalue()), ReadOptions(to_srgb=to_srgb))


def chunks(png: bytes) -> dict[bytes, bytes]:
    found, at = {}, 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        found[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += 12 + length
    return found


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("profile", "space"),
    [
        (None, ColorSpace.SRGB),
        (srgb_profile(), ColorSpace.SRGB),
        (named(srgb_profile(), "Display P3"), ColorSpace.SRGB),
        (named(srgb_profile(), "Adobe RGB"), ColorSpace.SRGB),
        (display_p3(), ColorSpace.DISPLAY_P3),
    ],
    ids=["none", "sRGB", "sRGB by the name of P3", "sRGB by the name of Adobe", "P3"],
)
def test_a_known_profile_becomes_a_number_by_what_it_does(
    format: str, profile: bytes | None, space: ColorSpace
) -> None:
    picture, warnings = read(profile, format)
    assert (picture.color_space, picture.metadata.profile) == (space, None)
    assert warnings == []
    if format != "JPEG":
        np.testing.assert_array_equal(picture.samples, PHOTO)


def test_a_name_makes_no_profile_a_known_one() -> None:
    """Its name is sRGB, or Display P3, but its colors are not."""
    renamed = named(with_gamma(1.8), "Display P3")
    for profile in (with_gamma(1.8), renamed):
        picture, _ = read(profile)
        assert (picture.color_space, picture.metadata.profile) == (ColorSpace.PROFILE, profile)


@pytest.mark.parametrize("format", FORMATS)
def test_another_profile_is_kept_byte_for_byte(format: str) -> None:
    picture, warnings = read(with_gamma(1.8), format)
    assert (picture.color_space, picture.metadata.profile) == (ColorSpace.PROFILE, with_gamma(1.8))
    assert warnings == []
    coded = encode(picture, **FAST)
    assert info(coded).header.color_space is ColorSpace.PROFILE
    assert info(coded).metadata.profile == with_gamma(1.8)
    decoded = decode_picture(coded.data, DecodeOptions())
    for output in ("png", "jpg", "webp", "tif"):
        with Image.open(io.BytesIO(encode_image(decoded, output))) as image:
            assert image.info["icc_profile"] == with_gamma(1.8)
    again, _ = read_image(io.BytesIO(encode_image(decoded, "png")))
    assert again.metadata.profile == with_gamma(1.8)


@pytest.mark.parametrize("profile", [with_gamma(1.8), display_p3()], ids=["gamma 1.8", "P3"])
def test_to_srgb_converts(profile: bytes) -> None:
    picture, (warning,) = read(profile, to_srgb=True)
    assert (picture.color_space, picture.metadata.profile) == (ColorSpace.SRGB, None)
    assert warning.startswith("colors converted to sRGB from ")
    source, target = (ImageCms.ImageCmsProfile(io.BytesIO(data)) for data in (profile, srgb_profile()))
    expected = ImageCms.profileToProfile(Image.fromarray(PHOTO), source, target, outputMode="RGB")
    assert expected is not None
    assert abs(picture.samples.astype(int) - np.asarray(expected)).max() <= 4
    assert abs(picture.samples.astype(int) - PHOTO).max() > 4


def test_to_srgb_of_srgb_changes_nothing() -> None:
    picture, warnings = read(srgb_profile(), to_srgb=True)
    np.testing.assert_array_equal(picture.samples, PHOTO)
    assert warnings == []


def test_to_srgb_of_16_bits_takes_8() -> None:
    data = encode_image(Picture(PHOTO.astype(np.uint16) * 257, color_space=ColorSpace.DISPLAY_P3), "png")
    kept, no_warnings = read_image(io.BytesIO(data))
    assert (kept.color_space, kept.bits, no_warnings) == (ColorSpace.DISPLAY_P3, 16, [])
    picture, warnings = read_image(io.BytesIO(data), ReadOptions(to_srgb=True))
    expected, _ = read(display_p3(), to_srgb=True)
    np.testing.assert_array_equal(picture.samples, expected.samples)
    assert warnings[0] == "16-bit samples reduced to 8 bits"
    assert picture.color_space is ColorSpace.SRGB


@pytest.mark.parametrize("format", ["PNG", "TIFF", "JPEG"])
def test_a_profile_of_gray_is_kept(format: str) -> None:
    picture, warnings = read(gray_profile(), format, "L")
    assert (picture.color_space, picture.metadata.profile) == (ColorSpace.PROFILE, gray_profile())
    assert picture.samples.shape[2] == 1
    assert warnings == []
    coded = encode(picture, **FAST)
    assert (info(coded).header.channels, info(coded).metadata.profile) == (1, gray_profile())
    data = encode_image(decode_picture(coded.data, DecodeOptions()), "png")
    with Image.open(io.BytesIO(data)) as image:
        assert (image.mode, image.info["icc_profile"]) == ("L", gray_profile())


def test_a_profile_of_gray_is_applied_where_srgb_is_asked_for() -> None:
    picture, (warning,) = read(gray_profile(), mode="L", to_srgb=True)
    assert picture.samples.shape[2] == 1
    assert picture.color_space is ColorSpace.SRGB
    assert warning.startswith("colors converted to sRGB from gray")
    levels = np.asarray(Image.fromarray(PHOTO).convert("L")) / 255
    light = levels**1.8
    expected = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(picture.samples[:, :, 0], expected * 255, atol=3)


def test_a_profile_that_does_not_fit_the_picture_is_a_warning() -> None:
    picture, (warning,) = read(gray_profile(), mode="RGB")
    assert warning.startswith("color profile ignored")
    assert (picture.color_space, picture.metadata.profile) == (ColorSpace.SRGB, None)


def with_chunk(name: bytes, content: bytes, profile: bytes | None = None) -> io.BytesIO:
    """Return a PNG with a chunk more, before its samples."""
    stream = io.BytesIO()
    Image.fromarray(PHOTO).save(stream, "PNG", icc_profile=profile)
    png = stream.getvalue()
    at = png.index(b"IHDR") + 4 + 13 + 4
    check = zlib.crc32(name + content).to_bytes(4, "big")
    return io.BytesIO(png[:at] + len(content).to_bytes(4, "big") + name + content + check + png[at:])


@pytest.mark.parametrize("space", [ColorSpace.SRGB, ColorSpace.DISPLAY_P3])
def test_cicp_is_read_and_comes_before_a_profile(space: ColorSpace) -> None:
    for profile in (None, with_gamma(1.8)):
        picture, warnings = read_image(with_chunk(b"cICP", CICP[space], profile))
        assert (picture.color_space, picture.metadata.profile) == (space, None)
        assert warnings == []


def test_another_cicp_is_a_warning_and_the_profile_counts() -> None:
    picture, (warning,) = read_image(with_chunk(b"cICP", bytes([9, 16, 0, 1])))
    assert "9-16-0-1" in warning
    assert picture.color_space is ColorSpace.SRGB
    picture, warnings = read_image(with_chunk(b"cICP", bytes([9, 16, 0, 1]), display_p3()))
    assert picture.color_space is ColorSpace.DISPLAY_P3
    assert len(warnings) == 1


@pytest.mark.parametrize("deep", [False, True])
def test_a_decoded_png_says_srgb(deep: bool) -> None:
    pixels = PHOTO.astype(np.uint16) * 257 if deep else PHOTO
    decoded = decode_picture(encode(pixels, **FAST).data, DecodeOptions())
    found = chunks(encode_image(decoded, "png"))
    assert found[b"sRGB"] == b"\0"
    assert found[b"cICP"] == bytes([1, 13, 0, 1])
    assert b"iCCP" not in found
    assert list(found)[-2:] == [b"IDAT", b"IEND"]


@pytest.mark.parametrize("deep", [False, True])
def test_a_png_of_display_p3_has_its_profile(deep: bool) -> None:
    pixels = PHOTO.astype(np.uint16) * 257 if deep else PHOTO
    picture = Picture(pixels, color_space=ColorSpace.DISPLAY_P3)
    coded = encode(picture, **FAST)
    assert info(coded).header.color_space is ColorSpace.DISPLAY_P3
    assert info(coded).metadata.profile is None
    data = encode_image(decode_picture(coded.data, DecodeOptions()), "png")
    found = chunks(data)
    assert found[b"cICP"] == bytes([12, 13, 0, 1])
    assert b"sRGB" not in found
    with Image.open(io.BytesIO(data)) as image:
        profile = image.info["icc_profile"]
    assert read(profile)[0].color_space is ColorSpace.DISPLAY_P3
    again, warnings = read_image(io.BytesIO(data))
    assert (again.color_space, warnings) == (ColorSpace.DISPLAY_P3, [])
    np.testing.assert_array_equal(again.samples, decode(coded))


def test_the_profile_of_display_p3_has_the_primaries_of_its_standard() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(display_p3())).profile
    standard = {"red_primary": (0.68, 0.32), "green_primary": (0.265, 0.69), "blue_primary": (0.15, 0.06)}
    to_d65 = np.array([[0.9555766, -0.0230393, 0.0631636], [-0.0282895, 1.0099416, 0.0210077],
                       [0.0122982, -0.0204830, 1.3299098]])  # fmt: skip
    for name, chromaticity in standard.items():
        x, y, z = to_d65 @ getattr(profile, name)[0]
        np.testing.assert_allclose((x / (x + y + z), y / (x + y + z)), chromaticity, atol=1e-3)
