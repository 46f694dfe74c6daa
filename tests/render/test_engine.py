"""The engine: every instruction set as the reference, and any number of threads alike."""

from __future__ import annotations

import numpy as np
import pytest
from engines import (
    ENGINES,
    ISAS,
    KERNELS,
    at_the_edge,
    backward,
    correlate,
    cotangent,
    forward,
    scene_for,
    true_backward,
    true_forward,
)
from scenes import PLAIN, SCENES, Array, make, scattered

from gicodec.format import Kernel
from gicodec.render import Splats, reference


@KERNELS
@ENGINES
@pytest.mark.parametrize("name", SCENES)
def test_values_agree_with_the_reference(name: str, isa: str, kernel: Kernel) -> None:
    scene = scene_for(isa, name)
    centers, conics, colors = scene.doubles
    brightest = abs(colors) + scene.amplitudes[:, None]
    overlap = reference.forward(Splats(centers, conics, brightest), scene.height, scene.width, kernel)
    # 1e-5 of what is added up at the pixel: the exponent, up to 5.5, has a relative error of some 1e-6, the
    # recurrence of a wave one of 4e-6; and 1e-6 for weights next to zero.
    bound = 1e-5 * overlap + 1e-6
    wrong = abs(forward(scene, kernel, isa=isa) - true_forward(scene, kernel)) > bound
    if kernel is Kernel.CUT:
        wrong &= ~at_the_edge(scene, kernel)
    assert not wrong.any()


@KERNELS
@ENGINES
@pytest.mark.parametrize("name", SCENES)
def test_gradients_agree_with_the_reference(name: str, isa: str, kernel: Kernel) -> None:
    scene = scene_for(isa, name)
    grad = cotangent(scene, kernel)
    mine, truth = backward(scene, grad, kernel, isa=isa), true_backward(scene, grad, kernel)
    # The largest that each gradient could be: |d| <= 3.4 standard deviations, and all pixels pulling one way.
    _, conics, colors = scene.doubles
    reached = reference.backward(Splats(*scene.doubles), abs(grad.astype(np.float64)), Kernel.CUT).colors
    total = reached.sum(axis=1)[:, None]
    swing = scene.amplitudes[:, None] * total
    pull = (abs(colors) * reached).sum(axis=1)[:, None] + swing
    a, b, c = conics.T
    variance = np.stack([c, np.sqrt(a * c), a], axis=1) / (a * c - b * b)[:, None]
    largest = [3.4 * np.sqrt(conics[:, [0, 2]]) * pull, 5.7 * variance * pull, reached]
    if scene.waves is not None:
        largest[0] += abs(scene.waves[:, 2:]) * swing
        largest.append(np.hstack([total, total, 3.4 * np.sqrt(variance[:, [0, 2]]) * swing]))
    for gradient, true, most in zip(mine, truth, largest, strict=True):
        # 1e-4: a float's 6e-8, times the cancellation in a 50:1 Gaussian, times the roundings of a sum.
        assert (abs(gradient - true) <= 1e-4 * most).all()


@KERNELS
@ENGINES
@pytest.mark.parametrize("name", PLAIN)
def test_products_agree_with_the_reference(name: str, isa: str, kernel: Kernel) -> None:
    scene = scene_for(isa, name)
    image = cotangent(scene, kernel)
    squares, products = correlate(scene, image, kernel, isa)
    doubles, image64 = scene.doubles[:2], image.astype(np.float64)
    true_squares, true_products = reference.correlate(*doubles, image64, kernel)
    _, reached = reference.correlate(*doubles, abs(image64), kernel)
    assert (abs(products - true_products) <= 1e-4 * reached + 1e-6).all()
    # A pixel at the edge of the cut kernel, there or not there, is (1/255)^2.
    edge = 2e-5 * scene.height * scene.width if kernel is Kernel.CUT else 1e-6
    assert (abs(squares - true_squares) <= 1e-4 * true_squares + edge).all()


@KERNELS
@ENGINES
def test_the_background_is_added_to(isa: str, kernel: Kernel) -> None:
    scene = scattered(30, 71, 139)
    background = np.random.default_rng(0).uniform(-1, 1, scene.image_shape).astype(np.float32)
    over = forward(scene, kernel, background=background, isa=isa)
    np.testing.assert_allclose(over, background + forward(scene, kernel, isa=isa), atol=3e-6)  # sums to 8
    nothing = make(np.zeros((0, 2)), np.zeros((0, 3)), 71, 139)
    np.testing.assert_array_equal(forward(nothing, kernel, background=background, isa=isa), background)


@KERNELS
@ISAS
@pytest.mark.parametrize(
    "name",
    [
        "several_tiles",
        "several_band_groups",
        "11_channels",
        "one_column",
        "several_tiles_waved",
        "primes_waved",
    ],
)
def test_threads_change_no_bit(name: str, isa: str, kernel: Kernel) -> None:
    scene = SCENES[name]()
    grad = cotangent(scene, kernel)

    def run(threads: int) -> tuple[Array, ...]:
        grads = backward(scene, grad, kernel, isa=isa, threads=threads)
        return forward(scene, kernel, isa=isa, threads=threads), *grads

    alone = run(1)
    for threads in (2, 5):
        for together, same in zip(run(threads), alone, strict=True):
            np.testing.assert_array_equal(together, same)


@KERNELS
@pytest.mark.parametrize("with_waves", [False, True])
def test_the_reference_is_its_own_derivative(with_waves: bool, kernel: Kernel) -> None:
    scene = scattered(6, 13, 17)
    grad = cotangent(scene, kernel).astype(np.float64)
    rng = np.random.default_rng(3)
    waves = rng.uniform(-1, 1, (6, 4)) * (1, 1, 2, 2) if with_waves else None
    splats = Splats(*scene.doubles, waves)
    gradients = reference.backward(splats, grad, kernel)
    step = 1e-7  # moves no exponent by the 1e-4 that at_the_edge() leaves out

    def loss() -> float:
        image = reference.forward(splats, scene.height, scene.width, kernel)
        return float((image * grad).sum())

    for values, gradient in zip(splats, gradients, strict=True):
        for index in np.ndindex(*values.shape):
            middle = values[index]
            values[index] = middle + step
            above = loss()
            values[index] = middle - step
            below = loss()
            values[index] = middle
            # A sum of 700 terms loses some 1e-14, divided by the step.
            np.testing.assert_allclose((above - below) / (2 * step), gradient[index], rtol=1e-5, atol=1e-5)
