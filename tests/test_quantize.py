"""What the symbols of a file stand for."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from payloads import random_payload

from gicodec.format import GsiPayload, Header
from gicodec.format.gsi.head import step_of
from gicodec.format.gsi.lattice import MAX_FREQUENCY, energy_classes, wave_steps
from gicodec.quantize import TRANSFORM, dequantize

KODAK = Header(768, 512)


def some(n: int = 500, seed: int = 0) -> GsiPayload:
    return random_payload(np.random.default_rng(seed), n, KODAK, waves=0.7)


def test_the_transform_is_orthonormal() -> None:
    np.testing.assert_allclose(TRANSFORM @ TRANSFORM.T, np.eye(3), atol=1e-15)


def test_no_symbols_are_no_gaussians() -> None:
    gaussians = dequantize(GsiPayload.empty(3))
    assert gaussians.n_gaussians == 0
    assert gaussians.centers.shape == (0, 2)
    assert gaussians.colors.shape == (0, 3)


def test_gray_is_one_of_three_equal_channels() -> None:
    gray = random_payload(np.random.default_rng(0), 99, replace(KODAK, channels=1), waves=0.5)
    symbols = gray.gaussians
    colors = np.hstack([symbols.colors, np.zeros((99, 2), np.int64)])
    one, three = dequantize(gray), dequantize(replace(gray, gaussians=replace(symbols, colors=colors)))
    np.testing.assert_array_equal(np.repeat(one.colors, 3, axis=1), three.colors)
    assert one.waves is not None
    assert three.waves is not None
    np.testing.assert_array_equal(one.waves, three.waves)


@pytest.mark.parametrize("seed", range(5))
def test_gaussians_have_the_shapes_that_placed_them(seed: int) -> None:
    payload = some(seed=seed)
    shapes = payload.gaussians.shapes()
    covariances = dequantize(payload).covariances()
    largest = (shapes.xx + shapes.yy)[:, None]
    expected = np.stack([shapes.xx, shapes.xy, shapes.yy], axis=1)
    np.testing.assert_allclose(covariances / largest, expected / largest, atol=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_gaussians_are_within_what_the_format_promises(seed: int) -> None:
    gaussians = dequantize(some(5000, seed))
    assert -2.1 <= gaussians.log_sizes.min() < gaussians.log_sizes.max() < 7.0
    assert 0 == gaussians.log_elongations.min() < gaussians.log_elongations.max() < 3.6
    assert 0 == gaussians.angles.min() < gaussians.angles.max() < math.pi
    for values in (array for array in vars(gaussians).values() if array is not None):
        assert values.dtype == np.float64


def test_centers_are_in_their_cells_or_one_step_beyond() -> None:
    payload = some(3000)
    shapes = payload.gaussians.shapes()
    below = dequantize(payload).centers - payload.cells[:, :2]
    beyond = below - payload.cells[:, 2:]
    assert (below >= -1e-6).all()
    assert (beyond <= np.stack([shapes.column_steps, shapes.row_steps], axis=1) + 1e-6).all()


def test_one_step_serves_the_energy_of_all() -> None:
    payload = some()
    gaussians = dequantize(payload)
    energy = np.linalg.norm(gaussians.colors, axis=1) * np.exp(gaussians.log_sizes)
    in_steps = np.linalg.norm(payload.gaussians.colors, axis=1)
    np.testing.assert_allclose(energy, in_steps * step_of(payload.step), rtol=1e-12)


def test_the_energy_of_a_wave_is_that_of_its_symbols() -> None:
    payload = some()
    gaussians = dequantize(payload)
    assert gaussians.waves is not None
    channels = 3 * np.square(gaussians.waves[:, :2]).sum(axis=1) / 2  # of a wave, half
    energy = channels * np.exp(2 * gaussians.log_sizes)
    in_steps = np.square(payload.gaussians.amplitudes).sum(axis=1)
    np.testing.assert_allclose(energy, in_steps * step_of(payload.step) ** 2, rtol=1e-12)


def test_frequencies_are_in_the_axes_of_the_gaussian() -> None:
    payload = some()
    gaussians = dequantize(payload)
    assert gaussians.waves is not None
    kx, ky = gaussians.waves[:, 2:].T
    cos, sin = np.cos(gaussians.angles), np.sin(gaussians.angles)
    along = (kx * cos + ky * sin) * np.exp(gaussians.log_sizes + gaussians.log_elongations)
    across = (ky * cos - kx * sin) * np.exp(gaussians.log_sizes - gaussians.log_elongations)
    steps = wave_steps(energy_classes(payload.gaussians.amplitudes.T))
    np.testing.assert_allclose([along, across], payload.gaussians.frequencies.T * steps, atol=1e-8)
    assert abs(np.array([along, across])).max() < MAX_FREQUENCY


def test_no_wave_is_none() -> None:
    plain = random_payload(np.random.default_rng(0), 9, KODAK, waves=0)
    assert dequantize(plain).waves is None
    mixed = random_payload(np.random.default_rng(0), 99, KODAK, waves=0.5)
    waves = dequantize(mixed).waves
    assert waves is not None
    np.testing.assert_array_equal(waves.any(axis=1), mixed.gaussians.amplitudes.any(axis=1))


def test_colors_are_luminance_first() -> None:
    payload = some(3)
    colors = np.eye(3, dtype=np.int64) * 5
    colored = replace(payload, gaussians=replace(payload.gaussians, colors=colors))
    red, green, blue = dequantize(colored).colors.T
    assert red[0] == green[0] == blue[0] > 0  # grey
    assert red[1] == -blue[1] > 0
    assert green[1] == 0
    assert red[2] == blue[2] < 0 < green[2]
    np.testing.assert_allclose(green[2], -2 * red[2], rtol=1e-15)
