"""The color that Gaussians are added to: exact for flat pictures, written once for pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import photograph

from gicodec import TargetError, decode, encode, info
from gicodec.format import GsiFile
from gicodec.image.picture import Picture
from gicodec.source import Source

COLORS: dict[str, Any] = {
    "black": np.array([0, 0, 0], np.uint8),
    "white": np.array([255, 255, 255], np.uint8),
    "a color": np.array([200, 30, 91], np.uint8),
    "a deep color": np.array([51234, 7, 65535], np.uint16),
    "gray": np.array([77], np.uint8),
    "deep gray": np.array([40001], np.uint16),
}
TARGETS: dict[str, dict[str, Any]] = {
    "default": {},
    "bpp": {"bpp": 1},
    "psnr": {"psnr": 40},
    "quality": {"quality": 50},
    "size": {"target_size": 10**6},
}


def flat(color: NDArray[Any], height: int = 50, width: int = 70) -> NDArray[Any]:
    return np.broadcast_to(color, (height, width, len(color))).squeeze()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", COLORS)
def test_a_picture_of_one_color_is_exact_in_a_few_bytes(name: str, target: str) -> None:
    pixels = flat(COLORS[name])
    encoded = encode(pixels, **TARGETS[target])
    np.testing.assert_array_equal(decode(encoded), pixels)
    assert (encoded.psnr, encoded.n_gaussians) == (np.inf, 0)
    assert len(encoded.data) < 40


def test_the_least_size_that_is_named_is_enough() -> None:
    with pytest.raises(TargetError, match=r"needs at least 27 bytes") as failure:
        encode(flat(COLORS["white"]), target_size=10)
    assert len(encode(flat(COLORS["white"]), target_size=27).data) == 27
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("options", [{"scale": 2.5}, {"size": (9, 7)}, {"scale": 0.3, "crop": (3, 2, 11, 5)}])
@pytest.mark.parametrize("name", ["a color", "deep gray"])
def test_it_is_the_same_color_at_any_size(name: str, options: dict[str, Any]) -> None:
    decoded = decode(encode(flat(COLORS[name])), **options)
    np.testing.assert_array_equal(decoded, flat(COLORS[name], *decoded.shape[:2]))


def page(background: int, ink: int) -> NDArray[np.uint8]:
    """Return a page with a few blocks of ink and a small photograph."""
    pixels = np.full((96, 128, 3), background, np.uint8)
    for top in range(10, 60, 12):
        pixels[top : top + 4, 10:70] = ink
    pixels[60:90, 80:120] = photograph(40, 30)
    return pixels


@pytest.mark.fits
def test_a_page_is_better_for_it() -> None:
    on_white, on_black = (
        encode(page(*levels), target_size=500, effort="fast", waves=False) for levels in ((255, 40), (0, 215))
    )
    assert info(on_white.data).header.base == (255, 255, 255)
    assert info(on_black.data).header.base is None  # it needs none
    assert on_white.psnr > on_black.psnr - 2
    assert on_white.psnr > 26


def base_of(pixels: NDArray[Any], alpha: NDArray[np.uint8] | None = None) -> tuple[int, ...] | None:
    return Source(Picture(pixels, alpha)).base


def test_photographs_have_none() -> None:
    assert base_of(photograph(200, 200)) is None


def test_what_is_hidden_does_not_count() -> None:
    pixels = photograph(40, 30).copy()
    pixels[:, :20] = 9
    alpha = np.full((30, 40), 255, np.uint8)
    assert base_of(pixels, alpha) == (9, 9, 9)
    alpha[:, :20] = 0
    assert base_of(pixels, alpha) is None
    assert base_of(pixels, np.zeros((30, 40), np.uint8)) is None


def test_it_is_added_before_what_is_too_bright_is_clipped() -> None:
    file = GsiFile.from_bytes(encode(photograph(), bpp=1, effort="fast").data)
    plain, lighter = file, replace(file, header=replace(file.header, base=(20, 0, 7)))
    before, after = (decode(version.to_bytes()).astype(int) for version in (plain, lighter))
    inside = (before > 0) & (before < 255)  # what was clipped may not be, on another base
    assert inside.mean() > 0.9
    assert np.abs(after - np.minimum(before + np.array([20, 0, 7]), 255))[inside].max() <= 1
