"""Image files in: whatever Pillow opens, upright 8-bit sRGB, with what was lost. And out again."""

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from gicodec.errors import ImageError
from gicodec.format import LimitError
from gicodec.image.read import read_image
from gicodec.image.write import FORMATS, encode_image, image_format, write_image

RGB = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
RAMP16 = (np.arange(600).reshape(20, 30) * 109).astype(np.uint16)


def read_back(image: Image.Image, format: str = "PNG", **options: Any) -> tuple[NDArray[np.uint8], list[str]]:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    stream.seek(0)
    pixels, warnings = read_image(stream)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable
    return pixels, warnings


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "PPM"])
def test_rgb_comes_through_untouched(format: str) -> None:
    pixels, warnings = read_back(Image.fromarray(RGB), format)
    np.testing.assert_array_equal(pixels, RGB)
    assert warnings == []


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_simple_modes_become_rgb_silently(mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    pixels, warnings = read_back(image)
    np.testing.assert_array_equal(pixels, np.asarray(image.convert("RGB")))
    assert warnings == []


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PPM"])
def test_16_bit_gray_is_scaled_not_clipped(format: str) -> None:
    pixels, warnings = read_back(Image.fromarray(RAMP16), format)
    np.testing.assert_array_equal(pixels[..., 0], np.rint(RAMP16 / 257))
    assert warnings == ["16-bit samples reduced to 8 bits"]


@pytest.mark.parametrize("format", ["png", "ppm"])
def test_16_bit_color_is_written_and_reduced_with_a_warning(format: str) -> None:
    data = encode_image(RGB.astype(np.uint16) * 257, format)
    pixels, warnings = read_image(io.BytesIO(data))
    np.testing.assert_array_equal(pixels, RGB)
    assert warnings == ["16-bit samples reduced to 8 bits"]


def test_opaque_alpha_is_dropped_silently_other_alpha_is_not() -> None:
    image = Image.fromarray(RGB).convert("RGBA")
    pixels, warnings = read_back(image)
    np.testing.assert_array_equal(pixels, RGB)
    assert warnings == []
    image.putpixel((3, 4), (10, 20, 30, 0))
    pixels, warnings = read_back(image)
    assert pixels[4, 3].tolist() == [10, 20, 30]
    assert warnings == ["alpha channel dropped"]


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_transparent_colors_are_alpha_too(mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    transparency = image.getpixel((0, 0))
    pixels, warnings = read_back(image, transparency=transparency)
    np.testing.assert_array_equal(pixels, np.asarray(image.convert("RGB")))
    assert warnings == ["alpha channel dropped"]


def test_orientation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x112] = 6  # turn by 90 degrees clockwise to see it upright
    pixels, warnings = read_back(Image.fromarray(RGB), exif=exif)
    np.testing.assert_array_equal(pixels, np.rot90(RGB, -1))
    assert warnings == ["metadata dropped: EXIF"]


def test_only_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "lime", "blue")]
    pixels, warnings = read_back(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert warnings == ["animation dropped: only the first of 3 frames is read"]


def test_cmyk_is_converted() -> None:
    pixels, warnings = read_back(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "TIFF")
    assert pixels[0, 0].tolist() == [0, 255, 255]
    assert warnings == ["CMYK converted to RGB without a color profile"]


def lab_picture() -> tuple[Image.Image, bytes]:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    transform = ImageCms.buildTransform(srgb, lab, "RGB", "LAB")
    image = ImageCms.applyTransform(Image.fromarray(RGB), transform)
    assert image is not None
    return image, ImageCms.ImageCmsProfile(lab).tobytes()


def test_color_profiles_are_applied() -> None:
    image, profile = lab_picture()
    pixels, warnings = read_back(image, "TIFF", icc_profile=profile)
    assert np.abs(pixels.astype(int) - RGB).mean() < 3  # 8-bit Lab is coarse
    assert warnings == ["colors converted to sRGB from Lab identity built-in"]


def test_srgb_profiles_are_no_news_and_bad_ones_are_ignored() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert read_back(Image.fromarray(RGB), icc_profile=srgb)[1] == []
    pixels, (warning,) = read_back(Image.fromarray(RGB), icc_profile=b"no profile" * 20)
    np.testing.assert_array_equal(pixels, RGB)
    assert warning.startswith("color profile ignored")


def with_gamma(gamma: float) -> bytes:
    """Return a profile that is called sRGB, and has its primaries, but another curve."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    at = srgb.index(b"para") + 12  # of a parametric curve: its exponent, in 65536ths
    return srgb[:at] + round(gamma * 65536).to_bytes(4, "big") + srgb[at + 4 :]


def test_a_profile_is_known_by_what_it_does_and_not_by_its_name() -> None:
    assert read_back(Image.fromarray(RGB), icc_profile=with_gamma(2.4))[1] == []
    pixels, (warning,) = read_back(Image.fromarray(RGB), icc_profile=with_gamma(1.8))
    assert warning.startswith("colors converted to sRGB from sRGB")
    assert pixels.mean() > RGB.mean() + 10  # darker samples mean more light


def test_a_gray_picture_keeps_its_rgb_profile() -> None:
    gray = Image.fromarray(RGB[..., 0])
    pixels, (warning,) = read_back(gray, icc_profile=with_gamma(1.8))
    assert warning.startswith("colors converted to sRGB")
    expected, _ = read_back(gray.convert("RGB"), icc_profile=with_gamma(1.8))
    np.testing.assert_array_equal(pixels, expected)


def test_broken_exif_is_a_warning_and_no_reason_to_refuse() -> None:
    for exif in (b"Exif\0\0nonsense", b"MM\0*\xff\xff\xff\xff"):
        pixels, warnings = read_back(Image.fromarray(RGB), exif=exif)
        np.testing.assert_array_equal(pixels, RGB)
        assert any("EXIF" in warning or "metadata" in warning for warning in warnings)


def with_chunk(name: bytes, content: bytes) -> io.BytesIO:
    """Return a PNG with a chunk more, before its samples."""
    png = encode_image(RGB, "png")
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
    pixels, warnings = read_image(with_chunk(name, content))
    np.testing.assert_array_equal(pixels, RGB)
    assert [text in warning for warning in warnings] == [True] if text else warnings == []


def test_files_that_are_no_pictures(tmp_path: Path) -> None:
    png = encode_image(RGB, "png")
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
    data = encode_image(RGB, "png")
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


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_8_bit_samples_can_be_written_in_every_format(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{format}"
    write_image(path, RGB)
    if format == "npy":
        np.testing.assert_array_equal(np.load(path), RGB)
        return
    pixels, warnings = read_image(path)
    assert np.abs(pixels.astype(int) - RGB).max() <= (30 if FORMATS[format] == "JPEG" else 0)
    assert warnings == []


def test_formats_are_checked() -> None:
    with pytest.raises(ValueError, match="unknown extension"):
        image_format("x.xyz")
    with pytest.raises(ValueError, match="png, ppm, or npy"):
        encode_image(RGB.astype(np.uint16), "jpg")
    samples = RGB.astype(np.uint16) * 257
    np.testing.assert_array_equal(np.load(io.BytesIO(encode_image(samples, "npy"))), samples)
    stream = io.BytesIO()
    write_image(stream, RGB)
    assert stream.getvalue().startswith(b"\x89PNG")
