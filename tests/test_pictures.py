"""What becomes of pictures of every mode, from a Python program's view: gray, alpha, depth, and sizes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import PHOTOGRAPH, photograph
from PIL import Image

from gicodec import Encoded, decode, encode, info, psnr
from gicodec.image.samples import Pixels

WIDTH, HEIGHT = 64, 48
PHOTO = photograph(WIDTH, HEIGHT)
ABOUT = 24.0  # dB: what the coarse encodings here reach at least


def ellipse(softness: float) -> NDArray[np.uint8]:
    """Return a mask that falls from opaque to transparent over so many pixels; 0 for a sharp one."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    inside = 20 - np.hypot(x - WIDTH / 2 + 0.5, y - HEIGHT / 2 + 0.5)
    return np.asarray(np.clip(inside / max(softness, 1e-9) + 0.5, 0, 1) * 255, np.uint8)


SOFT, SHARP = ellipse(8), ellipse(0)
DEEP = PHOTO.astype(np.uint16) * 257
GRAY = PHOTO[:, :, 1]
MODES: dict[str, NDArray[Any]] = {
    "gray": GRAY,
    "gray with alpha": np.dstack([GRAY, SOFT]),
    "RGB": PHOTO,
    "RGBA": np.dstack([PHOTO, SOFT]),
    "16-bit gray": DEEP[:, :, 1],
    "16-bit gray with alpha": np.dstack([DEEP[:, :, 1], SOFT * np.uint16(257)]),
    "16-bit RGB": DEEP,
    "16-bit RGBA": np.dstack([DEEP, SOFT * np.uint16(257)]),
}


@cache
def encoded(mode: str) -> Encoded:
    return encode(MODES[mode], bpp=2, effort="fast")


def seen(array: NDArray[Any], background: int = 0) -> NDArray[np.float64]:
    """Return what [H, W, 2 or 4] of 8 or 16 bits shows on a gray background, 0 to 1."""
    levels = array / np.iinfo(array.dtype).max
    colors, alpha = levels[:, :, :-1], levels[:, :, -1:]
    return np.asarray(colors * alpha + background / 255 * (1 - alpha))


@pytest.mark.parametrize("mode", MODES)
def test_a_picture_comes_back_in_its_shape_and_depth(mode: str) -> None:
    original, decoded = MODES[mode], decode(encoded(mode))
    assert (decoded.shape, decoded.dtype) == (original.shape, original.dtype)
    header = info(encoded(mode)).header
    has_alpha = info(encoded(mode)).has_alpha
    assert has_alpha == ("A" in mode or "alpha" in mode)
    assert header.bit_depth == 8 * original.dtype.itemsize
    assert header.channels == (1 if "gray" in mode else 3)
    pair = (seen(original), seen(decoded)) if has_alpha else (original, decoded)
    assert psnr(*pair) > ABOUT
    assert psnr(*pair) == pytest.approx(encoded(mode).psnr, abs=0.05)


@pytest.mark.parametrize("mode", MODES)
def test_the_depth_can_be_chosen(mode: str) -> None:
    eight, sixteen = decode(encoded(mode), bits=8), decode(encoded(mode), bits=16)
    assert [str(array.dtype) for array in (eight, sixteen)] == ["uint8", "uint16"]
    np.testing.assert_allclose(sixteen / 257, eight, atol=0.51)


@pytest.mark.fits
def test_16_bits_are_fitted_as_they_are() -> None:
    """Dark pictures of 16 bits have details that 8 bits do not."""
    dark = (DEEP[:, :, 1] // 64).astype(np.uint16)
    deep = encode(dark, bpp=4, effort="fast")
    shallow = (decode(encode((dark // 257).astype(np.uint8), bpp=4, effort="fast"))).astype(np.uint16) * 257
    assert psnr(dark, decode(deep)) > psnr(dark, shallow) + 3
    assert deep.psnr == pytest.approx(psnr(dark, decode(deep)), abs=0.01)


def test_a_palette_becomes_rgb() -> None:
    image = Image.fromarray(PHOTO).quantize(32)
    decoded = decode(encode(image, bpp=2, effort="fast"))
    assert decoded.shape == (HEIGHT, WIDTH, 3)
    assert psnr(np.asarray(image.convert("RGB")), decoded) > ABOUT


def test_a_palette_with_alpha_becomes_rgba() -> None:
    image = Image.fromarray(np.dstack([PHOTO, SHARP])).quantize(32)
    assert image.mode == "P"
    decoded = decode(encode(image, bpp=2, effort="fast"))
    assert decoded.shape == (HEIGHT, WIDTH, 4)
    alpha = np.asarray(image.convert("RGBA"))[:, :, 3]
    assert ((decoded[:, :, 3] > 127) == (alpha > 127)).mean() > 0.99


@pytest.mark.parametrize("mode", ["RGB", "gray"])
def test_alpha_that_is_opaque_everywhere_is_dropped(mode: str) -> None:
    opaque = np.dstack([MODES[mode], np.full((HEIGHT, WIDTH), 255, np.uint8)])
    with_alpha = encode(opaque, bpp=2, effort="fast")
    assert abs(len(with_alpha.data) - len(encoded(mode).data)) <= 4
    assert not info(with_alpha).has_alpha
    assert decode(with_alpha).shape == MODES[mode].shape


def hiding(color: tuple[int, int, int], softness: float) -> tuple[NDArray[Any], Encoded]:
    """Encode what hides a color where it is transparent."""
    pixels = np.dstack([PHOTO, ellipse(softness)])
    pixels[pixels[:, :, 3] == 0, :3] = color
    return pixels, encode(pixels, bpp=1, effort="fast")


@pytest.mark.parametrize("softness", [0, 3])
def test_hidden_colors_change_no_byte(softness: float) -> None:
    (_, magenta), (_, black) = (hiding(color, softness) for color in ((255, 0, 255), (0, 0, 0)))
    assert magenta.data == black.data


@pytest.mark.fits
@pytest.mark.parametrize("softness", [0, 3])
def test_hidden_colors_never_fringe(softness: float) -> None:
    """Magenta that shows through would have less green than red and blue."""
    pixels, coded = hiding((255, 0, 255), softness)
    errors = (seen(decode(coded)) - seen(pixels)) * 255
    alpha = pixels[:, :, 3]
    near = (alpha > 0) & (np.roll(alpha, 1, 0) & np.roll(alpha, -1, 0) & np.roll(alpha, 1, 1) < 255)
    assert near.sum() > 50
    tint = (errors[:, :, [0, 2]].mean(axis=2) - errors[:, :, 1])[near]
    assert abs(tint.mean()) < 3


def test_a_pixel_of_no_opacity_anywhere_is_no_reason_to_fail() -> None:
    """All is hidden, and nothing of it can be seen."""
    pixels = np.dstack([PHOTO, np.zeros((HEIGHT, WIDTH), np.uint8)])
    coded = encode(pixels, bpp=1, effort="fast")
    assert (decode(coded)[:, :, 3] == 0).all()
    assert (decode(coded, background="white") == 255).all()


@pytest.mark.fits
@pytest.mark.parametrize("quality", [40, 70])
def test_gray_takes_fewer_bytes_than_the_same_picture_as_rgb(quality: float) -> None:
    as_gray = encode(GRAY, quality=quality, effort="fast", texture=False)
    as_rgb = encode(np.dstack([GRAY] * 3), quality=quality, effort="fast", texture=False)
    assert len(as_gray.data) < len(as_rgb.data)
    assert as_gray.psnr == pytest.approx(as_rgb.psnr, abs=0.1)


def test_the_target_counts_all_bytes() -> None:
    for mode in MODES:
        assert 0.9 * 2 * WIDTH * HEIGHT / 8 < len(encoded(mode).data) <= 2 * WIDTH * HEIGHT / 8, mode


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.5, 2])
def test_alpha_is_scaled_with_the_colors(scale: float) -> None:
    size = round(WIDTH * scale), round(HEIGHT * scale)
    decoded = decode(encoded("RGBA"), scale=scale)
    assert decoded.shape == (*size[::-1], 4)
    expected = Image.fromarray(SOFT).resize(size, Image.Resampling.BICUBIC)
    assert psnr(np.asarray(expected), decoded[:, :, 3]) > 30
    rgba = np.dstack([PHOTO, SOFT]) / 255
    planes = [Image.fromarray((rgba[:, :, i] * rgba[:, :, 3]).astype(np.float32)) for i in range(3)]
    wanted = np.dstack([np.asarray(plane.resize(size, Image.Resampling.BICUBIC)) for plane in planes])
    assert psnr(wanted.astype(np.float64), seen(decoded)) > ABOUT


@pytest.mark.parametrize("mode", ["RGBA", "gray with alpha"])
@pytest.mark.parametrize("scale", [1, 0.5, 2.5])
def test_a_crop_is_the_same_part_of_the_whole(mode: str, scale: float) -> None:
    whole = decode(encoded(mode), scale=scale)
    crop = decode(encoded(mode), scale=scale, crop=(13, 11, 7, 5))
    difference = np.abs(whole[5:16, 7:20].astype(int) - crop)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.01


def test_a_background_takes_the_place_of_alpha() -> None:
    decoded = decode(encoded("RGBA"))
    on_orange = decode(encoded("RGBA"), background="#ff8000")
    assert on_orange.shape == (HEIGHT, WIDTH, 3)
    alpha = decoded[:, :, 3:] / 255
    np.testing.assert_allclose(on_orange, decoded[:, :, :3] * alpha + (1 - alpha) * (255, 128, 0), atol=0.51)
    np.testing.assert_array_equal(on_orange, decode(encoded("RGBA"), background=(255, 128, 0)))


def test_gray_stays_gray_on_gray_and_has_colors_on_colors() -> None:
    assert decode(encoded("gray with alpha"), background="white").shape == (HEIGHT, WIDTH)
    assert decode(encoded("gray with alpha"), background="red").shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_array_equal(decode(encoded("gray"), background="red"), decode(encoded("gray")))


def test_16_bits_are_put_on_a_background_of_16_bits() -> None:
    decoded = decode(encoded("16-bit RGBA"), background="white")
    assert (decoded.shape, str(decoded.dtype)) == ((HEIGHT, WIDTH, 3), "uint16")
    assert (decoded[0, 0] == 65535).all()


@cache
def large() -> tuple[NDArray[np.uint8], Encoded]:
    with Image.open(PHOTOGRAPH) as image:
        crop = np.asarray(image.convert("RGB").crop((128, 0, 640, 512)))
    return crop, encode(crop, bpp=0.15, effort="fast")


def reduced(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Reduce by Lanczos' kernel, in floats: of integers, Pillow clips what is between its two passes."""
    planes = [Image.fromarray(pixels[:, :, i].astype(np.float32)) for i in range(3)]
    levels = np.dstack([np.asarray(plane.resize(size, Image.Resampling.LANCZOS)) for plane in planes])
    return np.asarray(np.clip(levels, 0, 255) + 0.5, np.uint8)


@pytest.mark.fits
@pytest.mark.parametrize("divisor", [2, 4, 8, 16])
def test_smaller_decodes_are_as_good_as_the_full_decode_reduced(divisor: int) -> None:
    original, coded = large()
    size = (512 // divisor, 512 // divisor)
    by_lanczos = psnr(reduced(original, size), reduced(decode(coded), size))
    assert psnr(reduced(original, size), decode(coded, scale=1 / divisor)) > by_lanczos - 0.2
