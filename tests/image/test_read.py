"""Image files in: whatever Pillow opens, upright, with alpha, as deep and of the colors that it has."""

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from gicodec.errors import ImageError
from gicodec.format import ColorSpace, LimitError
from gicodec.image.picture import Picture
from gicodec.image.read import ReadOptions, read_image
from gicodec.image.write import encode_image

RGB = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
RGB16 = RGB.astype(np.uint16) * 257 ^ RGB  # not only what 8 bits become
RAMP16 = (np.arange(600).reshape(20, 30) * 109).astype(np.uint16)


def read_back(
    image: Image.Image, format: str = "PNG", *, to_srgb: bool = False, **options: Any
) -> tuple[Picture, list[str]]:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    stream.seek(0)
    picture, warnings = read_image(stream, ReadOptions(to_srgb=to_srgb))
    assert picture.samples.flags.c_contiguous
    return picture, warnings


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "PPM"])
def test_rgb_comes_through_untouched(format: str) -> None:
    picture, warnings = read_back(Image.fromarray(RGB), format)
    np.testing.assert_array_equal(picture.samples, RGB)
    assert (picture.bits, picture.alpha, picture.color_space) == (8, None, ColorSpace.SRGB)
    assert warnings == []


@pytest.mark.parametrize(("mode", "becomes"), [("1", "L"), ("L", "L"), ("P", "RGB")])
def test_gray_stays_gray_and_palettes_become_rgb_silently(mode: str, becomes: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    picture, warnings = read_back(image)
    np.testing.assert_array_equal(picture.as_array(), np.asarray(image.convert(becomes)))
    assert picture.samples.shape == (20, 30, len(becomes))
    assert warnings == []


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PPM"])
def test_16_bit_gray_comes_through_untouched(format: str) -> None:
    picture, warnings = read_back(Image.fromarray(RAMP16), format)
    np.testing.assert_array_equal(picture.as_array(), RAMP16)
    assert picture.bits == 16
    assert warnings == []


@pytest.mark.parametrize("format", ["png", "ppm"])
def test_16_bit_color_is_written_and_read_untouched(format: str) -> None:
    picture, warnings = read_image(io.BytesIO(encode_image(Picture(RGB16), format)))
    np.testing.assert_array_equal(picture.samples, RGB16)
    assert picture.bits == 16
    assert warnings == []


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_kept_and_so_are_the_colors_of_what_is_transparent(format: str) -> None:
    image = Image.fromarray(RGB).convert("RGBA")
    image.putpixel((3, 4), (10, 20, 30, 0))
    options = {"lossless": True, "exact": True} if format == "WEBP" else {}
    picture, warnings = read_back(image, format, **options)
    np.testing.assert_array_equal(picture.as_array(), np.asarray(image))
    assert not picture.is_opaque()
    assert warnings == []


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_transparent_colors_are_alpha_too(mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    transparency = image.getpixel((0, 0))
    picture, warnings = read_back(image, transparency=transparency)
    np.testing.assert_array_equal(picture.samples[..., 0], np.asarray(image.convert("RGB"))[..., 0])
    assert picture.samples.shape[2] == (1 if mode == "L" else 3)
    assert picture.alpha is not None
    same = np.asarray(image).reshape(20, 30, -1) == transparency
    np.testing.assert_array_equal(picture.alpha, np.where(same.all(axis=2), 0, 255))
    assert warnings == []


def test_orientation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x112] = 6  # turn by 90 degrees clockwise to see it upright
    picture, warnings = read_back(Image.fromarray(RGB), exif=exif)
    np.testing.assert_array_equal(picture.samples, np.rot90(RGB, -1))
    assert warnings == ["metadata dropped: EXIF"]


def test_only_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "lime", "blue")]
    picture, warnings = read_back(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert picture.samples[0, 0].tolist() == [255, 0, 0]
    assert warnings == ["only the first of 3 frames is read"]


def test_cmyk_is_converted() -> None:
    picture, warnings = read_back(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "TIFF")
    assert picture.samples[0, 0].tolist() == [0, 255, 255]
    assert warnings == ["CMYK converted to RGB without a color profile"]


def lab_picture() -> tuple[Image.Image, bytes]:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    transform = ImageCms.buildTransform(srgb, lab, "RGB", "LAB")
    image = ImageCms.applyTransform(Image.fromarray(RGB), transform)
    assert image is not None
    return image, ImageCms.ImageCmsProfile(lab).tobytes()


def test_color_models_other_than_rgb_are_converted() -> None:
    image, profile = lab_picture()
    picture, warnings = read_back(image, "TIFF", icc_profile=profile)
    assert np.abs(picture.samples.astype(int) - RGB).mean() < 3  # 8-bit Lab is coarse
    assert warnings == ["colors converted to sRGB from Lab identity built-in"]


def test_srgb_profiles_are_no_news_and_bad_ones_are_ignored() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture, warnings = read_back(Image.fromarray(RGB), icc_profile=srgb)
    assert (picture.color_space, picture.metadata.profile, warnings) == (ColorSpace.SRGB, None, [])
    picture, (warning,) = read_back(Image.fromarray(RGB), icc_profile=b"no profile" * 20)
    np.testing.assert_array_equal(picture.samples, RGB)
    assert picture.color_space is ColorSpace.SRGB
    assert warning.startswith("color profile ignored")


def with_gamma(gamma: float) -> bytes:
    """Return a profile that is called sRGB, and has its primaries, but another curve."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    at = srgb.index(b"para") + 12  # of a parametric curve: its exponent, in 65536ths
    return srgb[:at] + round(gamma * 65536).to_bytes(4, "big") + srgb[at + 4 :]


def test_a_profile_is_known_by_what_it_does_and_not_by_its_name() -> None:
    image, profile = Image.fromarray(RGB), with_gamma(1.8)
    assert read_back(image, icc_profile=with_gamma(2.4))[0].color_space is ColorSpace.SRGB
    picture, warnings = read_back(image, icc_profile=profile)
    np.testing.assert_array_equal(picture.samples, RGB)
    assert (picture.color_space, picture.metadata.profile) == (ColorSpace.PROFILE, profile)
    assert warnings == []


def test_a_profile_is_applied_where_srgb_is_asked_for() -> None:
    picture, (warning,) = read_back(Image.fromarray(RGB), to_srgb=True, icc_profile=with_gamma(1.8))
    assert warning.startswith("colors converted to sRGB from sRGB")
    assert picture.samples.mean() > RGB.mean() + 10  # darker samples mean more light
    assert (picture.color_space, picture.metadata.profile) == (ColorSpace.SRGB, None)


@pytest.mark.parametrize("to_srgb", [False, True])
def test_a_gray_picture_keeps_its_rgb_profile(to_srgb: bool) -> None:
    gray, profile = Image.fromarray(RGB[..., 0]), with_gamma(1.8)
    picture, warnings = read_back(gray, to_srgb=to_srgb, icc_profile=profile)
    expected, same_warnings = read_back(gray.convert("RGB"), to_srgb=to_srgb, icc_profile=profile)
    np.testing.assert_array_equal(picture.samples, expected.samples)
    assert picture.metadata == expected.metadata
    assert warnings == same_warnings


def test_broken_exif_is_a_warning_and_no_reason_to_refuse() -> None:
    for exif in (b"Exif\0\0nonsense", b"MM\0*\xff\xff\xff\xff"):
        picture, warnings = read_back(Image.fromarray(RGB), exif=exif)
        np.testing.assert_array_equal(picture.samples, RGB)
        assert any("EXIF" in warning or "metadata" in warning for warning in warnings)


def with_chunk(name: bytes, content: bytes) -> io.BytesIO:
    """Return a PNG with a chunk more, before its samples."""
    stream = io.BytesIO()
    Image.fromarray(RGB).save(stream, "PNG")
    png = stream.getvalue()
    at = png.index(b"IDAT") - 4
    check = zlib.crc32(name + content).to_bytes(4, "big")
    return io.BytesIO(png[:at] + len(content).to_bytes(4, "big") + name + content + check + png[at:])


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        (b"cICP", bytes([1, 13, 0, 1]), None),
        (b"cICP", bytes([9, 16, 0, 1]), "color code (cICP) 9-16-0-1 ignored"),
        (b"cHRM", np.array([31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000], ">u4").tobytes(), None),
        (
            b"cHRM",
            np.array([31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000], ">u4").tobytes(),
            "chromaticit",
        ),
    ],
)
def test_colors_that_a_png_describes_are_not_ignored_in_silence(
    name: bytes, content: bytes, text: str | None
) -> None:
    picture, warnings = read_image(with_chunk(name, content))
    np.testing.assert_array_equal(picture.samples, RGB)
    assert [text in warning for warning in warnings] == [True] if text else warnings == []


def test_files_that_are_no_pictures(tmp_path: Path) -> None:
    png = encode_image(Picture(RGB), "png")
    for name, data, reason in (
        ("empty.png", b"", "empty"),
        ("text.png", b"hello\n", "not a picture"),
        ("cut.png", png[: len(png) // 2], "cannot be read"),
        ("damaged.png", png[:200] + b"\0" + png[201:], "cannot be read"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(ImageError, match=reason) as caught:
            read_image(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)
    with pytest.raises(ImageError, match="no such file"):
        read_image(tmp_path / "missing.png")
    with pytest.raises(ImageError, match="is a directory"):
        read_image(tmp_path)


def test_every_truncation_of_a_png_is_an_error() -> None:
    data = encode_image(Picture(RGB), "png")
    for length in range(len(data) - 8):  # the rest is in IEND, without which nothing is lost
        with pytest.raises(ImageError):
            read_image(io.BytesIO(data[:length]))


def test_pictures_without_a_known_range_are_refused() -> None:
    with pytest.raises(ImageError, match="mode F"):
        read_back(Image.fromarray(RGB).convert("F"), "TIFF")


def test_too_large_pictures_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(LimitError):
        read_image(io.BytesIO(b"P6 70000 1 255\n"))
    with pytest.raises(LimitError):
        read_image(io.BytesIO(b"P6 50000 50000 255\n"))
