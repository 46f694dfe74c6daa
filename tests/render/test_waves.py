"""Waves, beyond what test_engine.py asks of all Gaussians: none, broken and extreme ones, and products."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engines import (
    ENGINES,
    ISAS,
    KERNELS,
    backward,
    correlate_waves,
    cotangent,
    forward,
    how_many,
    scene_for,
    true_backward,
    true_forward,
)
from numpy.typing import ArrayLike
from scenes import PLAIN, Array, Scene, conics_of, has_wave, make, scattered, without

from gicodec.format import Kernel
from gicodec.render import Splats, cpu, reference


def frequencies_of(scene: Scene) -> Array:
    return np.random.default_rng(6).uniform(-np.pi, np.pi, (len(scene.centers), 2)).astype(np.float32)


def waves_of(scene: Scene) -> Array:
    assert scene.waves is not None
    return scene.waves


def with_wave(wave: ArrayLike) -> Scene:
    """Any wave among ordinary ones, of a Gaussian in the middle."""
    scene = has_wave(scattered(20, 40, 50))
    scene.centers[9], scene.conics[9] = (21.3, 17.8), (0.1, 0.03, 0.12)
    waves_of(scene)[9] = wave
    return scene


@KERNELS
@ENGINES
@pytest.mark.parametrize("name", ["primes", "steep", "11_channels"])
def test_waves_of_no_amplitude_are_as_no_waves_bit_for_bit(name: str, isa: str, kernel: Kernel) -> None:
    plain = PLAIN[name]()
    still = replace(has_wave(plain), waves=waves_of(has_wave(plain)) * np.array([0, 0, 1, 1], np.float32))
    grad = cotangent(plain, kernel)
    np.testing.assert_array_equal(forward(still, kernel, isa=isa), forward(plain, kernel, isa=isa))
    *others, by_waves = backward(still, grad, kernel, isa=isa)
    for mine, same in zip(others, backward(plain, grad, kernel, isa=isa), strict=True):
        np.testing.assert_array_equal(mine, same)
    assert not by_waves.any()
    assert not true_backward(still, grad, kernel)[3].any()


@KERNELS
@ISAS
def test_drawn_in_place_is_drawn_beside(isa: str, kernel: Kernel) -> None:
    """Half of the picture has Gaussians, some with waves, half has nothing; one is narrower than a vector."""
    for width in (200, 5):
        scene = has_wave(scattered(12, 71, 69))
        waves_of(scene)[::2, :2] = 0.5
        waves_of(scene)[1::2, :2] = 0
        scene = replace(scene, width=width)
        background = np.random.default_rng(0).uniform(-1, 1, scene.image_shape).astype(np.float32)
        beside = forward(scene, kernel, background=background, isa=isa)
        size, results = (scene.height, scene.width), []
        for threads in (1, 3):
            image = background.copy()
            cpu.forward(scene.splats, *size, kernel, background=image, image=image, threads=threads, isa=isa)
            np.testing.assert_allclose(image, beside, atol=5e-6)
            np.testing.assert_array_equal(image[..., 100:], background[..., 100:])
            results.append(image)
        np.testing.assert_array_equal(results[0], results[1])


@KERNELS
@ENGINES
@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_gaussian_with_a_broken_wave_is_as_if_it_were_not_there(
    broken: float, column: int, isa: str, kernel: Kernel
) -> None:
    wave = np.array([0.5, 0.5, 1, 1])
    wave[column] = broken
    scene = with_wave(wave)
    rest = without(scene, 9)
    np.testing.assert_array_equal(forward(scene, kernel, isa=isa), forward(rest, kernel, isa=isa))
    assert not reference.drawable(*scene.doubles[:2], scene.double_waves)[9]
    grad = cotangent(rest, kernel)
    with_it = backward(scene, grad, kernel, isa=isa)
    for mine, others in zip(with_it, backward(rest, grad, kernel, isa=isa), strict=True):
        assert not mine[9].any()
        np.testing.assert_array_equal(np.delete(mine, 9, axis=0), others)
    frequencies = np.ascontiguousarray(waves_of(scene)[:, 2:])
    for product in correlate_waves(scene, frequencies, grad, kernel, isa):
        assert product[9].any() == (column < 2)


@ENGINES
@pytest.mark.parametrize(
    "wave",
    [(0.7, -0.4, 6.2, 6.4), (0.7, -0.4, -40, 55), (0.7, -0.4, 1e-6, 0), (1e-30, 1e-30, 1, 1), (0, 1e6, 1, 1)],
)
def test_extreme_waves_are_drawn_as_the_reference_draws_them(wave: ArrayLike, isa: str) -> None:
    scene = with_wave(wave)
    bound = 1e-5 * max(1, abs(np.asarray(wave)[:2]).max())
    image = forward(scene, Kernel.COMPACT, isa=isa)
    np.testing.assert_allclose(image, true_forward(scene, Kernel.COMPACT), atol=bound)


@ENGINES
def test_waves_of_any_frequency_are_safe(isa: str) -> None:
    rng, n = np.random.default_rng(0), how_many(isa)
    scene = has_wave(scattered(n, 71, 139))
    any_bits = rng.integers(0, 2**32, (n, 2), np.uint32).view(np.float32)
    waves_of(scene)[:, 2:] = np.clip(any_bits, -1e30, 1e30)  # the center's gradient grows with them
    for kernel in Kernel:
        image = forward(scene, kernel, isa=isa)
        assert (abs(image) <= 1501).all()  # a weight is at most 1, and so are A and B, but for rounding
        for gradient in backward(scene, image, kernel, isa=isa):
            assert np.isfinite(gradient).all()
        correlate_waves(scene, frequencies_of(scene), image, kernel, isa)


@ENGINES
@pytest.mark.parametrize("angle", np.linspace(0, np.pi, 4))
def test_the_phase_holds_along_a_gaussian_of_hundreds_of_radians(angle: float, isa: str) -> None:
    """300 pixels of standard deviation: 900 pixels, up to 2700 radians, to either side of the center."""
    scene = make([[500.3, 499.6]], conics_of(300, [0.7], angle), 1000, 1000, 1)
    scene = replace(scene, waves=np.array([[0.6, -0.8, 3 * np.cos(angle), 3 * np.sin(angle)]], np.float32))
    np.testing.assert_allclose(
        forward(scene, Kernel.COMPACT, isa=isa), true_forward(scene, Kernel.COMPACT), atol=2e-5
    )


@KERNELS
@ENGINES
@pytest.mark.parametrize("name", PLAIN)
def test_products_agree_with_the_reference(name: str, isa: str, kernel: Kernel) -> None:
    scene = scene_for(isa, name)
    image, frequencies = cotangent(scene, kernel), frequencies_of(scene)
    grams, products, wave_products = correlate_waves(scene, frequencies, image, kernel, isa)
    doubles, k, image64 = scene.doubles[:2], frequencies.astype(np.float64), image.astype(np.float64)
    true_grams, true_products, true_waves = reference.correlate_waves(*doubles, k, image64, kernel)
    squares, reached = reference.correlate(*doubles, abs(image64), kernel)
    # A pixel at the edge of the cut kernel, there or not there, is (1/255)^2.
    edge = 2e-5 * scene.height * scene.width if kernel is Kernel.CUT else 1e-6
    assert (abs(grams - true_grams) <= 1e-4 * squares[:, None, None] + edge).all()
    assert (abs(products - true_products) <= 1e-4 * reached + 1e-6).all()
    assert (abs(wave_products - true_waves) <= 1e-4 * reached.sum(axis=1)[:, None] + 1e-6).all()


@KERNELS
@ISAS
def test_threads_change_no_bit_of_products(isa: str, kernel: Kernel) -> None:
    scene = PLAIN["several_tiles"]()
    arguments = *scene.arrays[:2], frequencies_of(scene), cotangent(scene, kernel), kernel
    alone = cpu.correlate_waves(*arguments, isa=isa, threads=1)
    for together, same in zip(cpu.correlate_waves(*arguments, isa=isa, threads=5), alone, strict=True):
        np.testing.assert_array_equal(together, same)


@KERNELS
def test_products_find_the_wave_and_the_gray_of_an_image(kernel: Kernel) -> None:
    scene = make([[20.2, 14.9]], conics_of(7, [4], 0.6), 31, 43)
    gray, wave = 0.37, np.array([0.5, -0.3, 0.8, -1.1], np.float32)
    scene = replace(scene, colors=np.full((1, 3), gray, np.float32), waves=wave[None])
    image = forward(scene, kernel)
    grams, products, wave_products = cpu.correlate_waves(
        *scene.arrays[:2], np.ascontiguousarray(wave[None, 2:]), image, kernel
    )
    right = np.array([products[0].mean(), *wave_products[0] / 3])
    np.testing.assert_allclose(np.linalg.solve(grams[0], right), [gray, *wave[:2]], atol=1e-5)


def test_wrong_waves_are_refused() -> None:
    scene = has_wave(scattered(4, 8, 8))
    arrays, waves = scene.arrays, waves_of(scene)
    grad, frequencies = np.zeros((3, 8, 8), np.float32), frequencies_of(scene)

    def refuses(error: type[Exception], wrong: Any) -> None:
        with pytest.raises(error):
            cpu.forward(Splats(*arrays, wrong), 8, 8, Kernel.COMPACT)
        with pytest.raises(error):
            cpu.backward(Splats(*arrays, wrong), grad, Kernel.COMPACT)

    refuses(ValueError, waves[:3])
    refuses(TypeError, waves[:, :3].copy())
    refuses(TypeError, waves.astype(np.float64))
    refuses(TypeError, np.asfortranarray(waves))

    def refuses_products(
        error: type[Exception], k: Any = frequencies, image: Any = grad, conics: Any = arrays[1]
    ) -> None:
        with pytest.raises(error):
            cpu.correlate_waves(arrays[0], conics, k, image, Kernel.COMPACT)

    refuses_products(ValueError, frequencies[:3])
    refuses_products(ValueError, conics=arrays[1][:3])
    refuses_products(ValueError, image=grad[:0])
    refuses_products(TypeError, waves)
    refuses_products(TypeError, frequencies.astype(np.float64))
    refuses_products(TypeError, image=grad[0])
