"""A layer of cosines at any size: a crop is a part of the whole, and a smaller picture is a reduced one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import ISAS
from numpy.typing import NDArray

from gicodec import _native
from gicodec.format import GsiPayload, Header
from gicodec.quantize import dequantize
from gicodec.render import View
from gicodec.render.cpu import Array
from gicodec.render.reduce import render_at
from gicodec.render.resample import resample
from gicodec.texture.cosines import SIDE, analyze, from_lattice, mixed, places, synthesize, to_lattice
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


@ISAS
@pytest.mark.parametrize(("rows", "columns", "taps"), [(3, 5, 2), (40, 64, 16), (17, 8, 16), (9, 200, 1)])
def test_rows_and_columns_are_weighted_as_matrices_would(
    isa: str, rows: int, columns: int, taps: int
) -> None:
    """In runs of the same rows, short and long, and of others."""
    random = np.random.default_rng(0)
    lattice = random.normal(size=(rows, columns)).astype(np.float32)
    wanted = lattice.astype(np.float64)
    taps_of: list[Array | NDArray[np.int32]] = []
    for axis, (n, run) in enumerate([(37, 5), (83, 11)]):
        index = random.integers(0, lattice.shape[axis], (taps, -(-n // run))).repeat(run, axis=1)[:, :n]
        weights = random.normal(size=(taps, n)).astype(np.float32)
        taps_of += [weights, np.ascontiguousarray(index.astype(np.int32))]
        matrix = np.zeros((n, lattice.shape[axis]))
        np.add.at(matrix, (np.broadcast_to(np.arange(n), index.shape), index), weights)
        wanted = matrix @ wanted if axis == 0 else wanted @ matrix.T
    found = [np.empty((37, 83), np.float32) for _ in range(2)]
    weigh: Any = _native.weigh
    for threads, out in enumerate(found, start=1):
        weigh(lattice, *taps_of, out, threads, isa)
    np.testing.assert_allclose(found[0], wanted, atol=1e-4)
    assert found[0].tobytes() == found[1].tobytes()


def test_an_index_beyond_the_lattice_is_refused() -> None:
    weights, index = np.ones((1, 2), np.float32), np.array([[0, 3]], np.int32)
    for axis in range(2):
        lattice = np.ones((4 - axis, 3 + axis), np.float32)
        with pytest.raises(ValueError, match="out of range"):
            _native.weigh(lattice, weights, index, weights, index, np.empty((2, 2), np.float32), 1, "")


@pytest.mark.parametrize(("height", "width"), [(8, 8), (1, 1), (24, 17), (40, 64)])
def test_a_lattice_has_the_coefficients_in_the_place_of_their_blocks(height: int, width: int) -> None:
    image = np.random.default_rng(0).normal(size=(2, height, width)).astype(np.float32)
    lattice, blocks = to_lattice(image), analyze(image)
    assert lattice[1, -3, -5] == blocks[1, -1, -1, -3, -5]
    np.testing.assert_allclose(from_lattice(lattice, height, width), image, atol=1e-5)


def test_colors_are_mixed_by_a_matrix() -> None:
    random = np.random.default_rng(0)
    image, matrix = random.normal(size=(3, 90, 130)).astype(np.float32), random.normal(size=(2, 3))
    mixtures = [mixed(image, matrix, threads) for threads in (1, 2)]
    np.testing.assert_allclose(mixtures[0], np.einsum("kc,cyx->kyx", matrix, image), atol=1e-5)
    assert mixtures[0].tobytes() == mixtures[1].tobytes()


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
