"""A layer where it is better: files of real pictures, with and without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import photograph

from gicodec import Encoded, OptionError, TargetError, decode, encode, info, psnr


def foliage(width: int = 128, height: int = 96) -> NDArray[np.uint8]:
    """A photograph under fine noise, which Gaussians are bad at."""
    noise = np.random.default_rng(0).normal(0, 12, (height, width, 1))
    return np.clip(photograph(width, height) + noise, 0, 255).astype(np.uint8)


def has_texture(result: Encoded) -> bool:
    return info(result).has_texture


def coded(pixels: NDArray[np.uint8], **options: Any) -> Encoded:
    return encode(pixels, effort="fast", seed=1, **options)


@pytest.mark.fits
def test_texture_is_coded_as_texture() -> None:
    free, plain = coded(foliage(), bpp=1.5), coded(foliage(), bpp=1.5, texture=False)
    assert has_texture(free)
    assert not has_texture(plain)
    assert free.psnr > plain.psnr + 0.3
    assert 0.96 * 1.5 < 8 * len(free.data) / foliage()[:, :, 0].size <= 1.5
    assert psnr(foliage(), decode(free)) == free.psnr


@pytest.mark.fits
def test_low_rates_and_numbers_of_gaussians_have_no_layer() -> None:
    for target in ({"bpp": 0.12}, {"gaussians": 60}):
        assert not has_texture(coded(foliage(), **target))


@pytest.mark.fits
@pytest.mark.parametrize("target", [{"bpp": 1.0}, {"psnr": 30.0}, {"quality": 60.0}])
def test_a_layer_can_be_asked_for(target: dict[str, float]) -> None:
    result = coded(photograph(128, 96), texture=True, **target)
    assert has_texture(result)
    if "psnr" in target:
        assert 29.9 < result.psnr < 31


@pytest.mark.fits
def test_a_layer_is_the_same_for_any_number_of_threads() -> None:
    one, three = (coded(foliage(), bpp=1.0, texture=True, threads=threads) for threads in (1, 3))
    assert has_texture(one)
    assert one.data == three.data


@pytest.mark.fits
def test_gray_alpha_and_16_bits_have_layers() -> None:
    gray = foliage()[:, :, 1]
    alpha = np.dstack([foliage(), np.full(gray.shape, 255, np.uint8)])
    alpha[:, :48, 3] = 0
    deep = foliage().astype(np.uint16) * 257
    for pixels in (gray, alpha, deep):
        result = encode(pixels, bpp=1.5, effort="fast", texture=True)
        assert has_texture(result)
        decoded = decode(result)
        assert decoded.shape == pixels.shape
        assert decoded.dtype == pixels.dtype
        assert result.psnr > 25


@pytest.mark.fits
@pytest.mark.parametrize("target", [{}, {"quality": 50.0}, {"bpp": 20.0}])
def test_pictures_too_small_for_both_are_encoded(target: dict[str, float]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)
    assert decode(coded(noise, **target)).shape == noise.shape


@pytest.mark.fits
def test_a_psnr_beyond_gaussians_alone_is_met_by_a_layer() -> None:
    with pytest.raises(TargetError):
        coded(photograph(48, 32), psnr=80.0, texture=False)
    result = coded(photograph(48, 32), psnr=80.0)
    assert has_texture(result)
    assert result.psnr > 79.9


def test_a_number_of_gaussians_refuses_a_layer() -> None:
    with pytest.raises(OptionError, match="gaussians"):
        coded(foliage(), gaussians=20, texture=True)
