"""A layer of cosines at any size: a crop is a part of the whole, and a smaller picture is a reduced one."""

from __future__ import annotations

import numpy as np
import pytest

from gicodec.format import GsiPayload, Header
from gicodec.quantize import dequantize
from gicodec.render import View
from gicodec.render.cpu import Array
from gicodec.render.reduce import render_at
from gicodec.render.resample import resample
from gicodec.texture.cosines import SIDE, analyze, places, synthesize
from gicodec.texture.layer import Texture, shape_of

HEADER = Header(50, 37, base=(128, 128, 128))


def layer(n_frequencies: int = SIDE) -> Texture:
    """Return a layer of the lowest frequencies."""
    amplitudes = np.zeros(shape_of(HEADER), np.int16)
    some = amplitudes[..., :n_frequencies, :n_frequencies]
    some[:] = np.random.default_rng(0).integers(-2, 3, some.shape)
    return Texture(0.05, amplitudes)


def drawn(view: View, texture: Texture) -> Array:
    gaussians = dequantize(GsiPayload.empty(3))
    return render_at(gaussians, view, HEADER, texture=texture, threads=1, device="cpu")


@pytest.mark.parametrize(("height", "width"), [(8, 8), (1, 1), (3, 100), (24, 17), (40, 64)])
def test_analysis_and_synthesis_are_inverse(height: int, width: int) -> None:
    image = np.random.default_rng(0).normal(size=(2, height, width)).astype(np.float32)
    coefficients = analyze(image)
    assert coefficients.shape == (2, -(-height // 8), -(-width // 8), 8, 8)
    np.testing.assert_allclose(synthesize(coefficients, places(height), places(width)), image, atol=1e-5)


def test_the_basis_is_orthonormal() -> None:
    image = np.random.default_rng(0).normal(size=(3, 24, 32)).astype(np.float32)
    np.testing.assert_allclose(np.square(analyze(image)).sum(), np.square(image).sum(), rtol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 2.0, 1.37, 0.5, 0.11, 0.03])
def test_a_crop_is_the_same_part_of_the_whole(scale: float) -> None:
    columns, rows = max(1, round(HEADER.width * scale)), max(1, round(HEADER.height * scale))
    whole = drawn(View(columns, rows, scale, scale), layer())
    x, y = columns // 3, rows // 4
    part = drawn(View(columns - x, rows - y, scale, scale, x, y), layer())
    np.testing.assert_allclose(part, whole[:, y:, x:], atol=1e-5)


@pytest.mark.parametrize("factor", [2, 3])
def test_a_larger_picture_has_the_samples_between(factor: int) -> None:
    """At an odd factor, the middle one of each pixel's is that of full size; every mean is near it."""
    full = drawn(View(HEADER.width, HEADER.height), layer(2))
    larger = drawn(View(factor * HEADER.width, factor * HEADER.height, factor, factor), layer(2))
    if factor % 2:
        np.testing.assert_allclose(larger[:, 1::3, 1::3], full, atol=1e-5)
    blocks = larger.reshape(3, HEADER.height, factor, HEADER.width, factor)
    assert np.abs(blocks.mean(axis=(2, 4)) - full).max() < 0.03


def test_a_smaller_picture_is_the_full_one_reduced() -> None:
    full = np.clip(drawn(View(HEADER.width, HEADER.height), layer()), 0, 1)
    smaller = drawn(View(HEADER.width // 2, HEADER.height, 0.5, 1), layer())
    np.testing.assert_allclose(smaller, resample(full, 2, HEADER.width // 2, 0.5, 0), atol=1e-5)


def test_gray_is_as_bright_as_a_gray_color() -> None:
    amplitudes = layer().amplitudes.copy()
    amplitudes[1:] = 0
    at = places(HEADER.height), places(HEADER.width)
    color, gray = Texture(0.1, amplitudes).draw(*at), Texture(0.1, amplitudes[:1]).draw(*at)
    np.testing.assert_allclose(color, np.repeat(gray, 3, axis=0), atol=1e-6)
