"""A step of a fit in C++ is that of the reference in NumPy, whatever the instruction set and the threads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engines import ISAS, ReferenceEngine
from pictures import photograph
from scenes import Array

from gicodec.encoder.tuning.rate import TuningLaw, expected_bits
from gicodec.encoder.tuning.state import to_state
from gicodec.fit import Objective, as_target
from gicodec.fit.adam import Moments, Motion, adam_step
from gicodec.fit.backend import Engine, NativeEngine
from gicodec.fit.frozen import Frozen
from gicodec.fit.law import Law
from gicodec.fit.optimizer import rates_of_columns
from gicodec.fit.parameters import AMPLITUDES, COLOR, FREQUENCIES, SIZE, WAVE, A, U, V, X, Y

HEIGHT, WIDTH = 150, 215
LAWS = pytest.mark.parametrize("law", [None, TuningLaw(0.2)], ids=["fit", "tuning"])
WAVES = pytest.mark.parametrize("waves", [False, True])


def rows(n: int = 200, *, waves: bool = True) -> Array:
    """Return Gaussians of all sizes, the largest half of the picture; some outside."""
    generator = np.random.default_rng(n)
    values = generator.standard_normal((n, COLOR + 3), np.float32)
    values[:, X] = values[:, X] * 60 + WIDTH / 2
    values[:, Y] = values[:, Y] * 45 + HEIGHT / 2
    values[:, SIZE] = generator.random(n) * 4.5 - 0.3
    values[:, U:A] *= 0.5
    values[: n // 20, U:A] = 0  # circles
    values[:, AMPLITUDES] *= 0.3
    values[:, FREQUENCIES] *= 2 * np.exp(-values[:, SIZE : SIZE + 1])
    values[::2, WAVE] = 0
    if not waves:
        values[:, WAVE] = 0
    values[:, COLOR:] *= 0.2
    return values


def target() -> Array:
    picture = as_target(photograph(WIDTH, HEIGHT))
    assert picture.shape == (3, HEIGHT, WIDTH)
    return picture


def drawn(engine: Engine, values: Array, law: Law | None, *, waves: bool) -> tuple[Array, Array]:
    """Return the residual and the gradient."""
    objective = Objective(target(), engine=engine)
    gradient = objective.residual_and_gradient(values, law=law, waves=waves)
    return np.asarray(objective.residual), gradient


@ISAS
@LAWS
@WAVES
def test_the_gradient_is_that_of_the_reference(
    law: Law | None, waves: bool, isa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GSI_ISA", isa)
    values = rows(waves=waves) if law is None else to_state(rows(waves=waves))
    residual, gradient = drawn(NativeEngine(2), values, law, waves=waves)
    true_residual, true_gradient = drawn(ReferenceEngine(2), values, law, waves=waves)
    # Large Gaussians are drawn on smaller images: half a percent of a color, and some lie on each other.
    colors = abs(rows(waves=waves)[:, COLOR:]).max(axis=1) + np.hypot(*rows(waves=waves)[:, AMPLITUDES].T)
    assert abs(residual - true_residual).max() < 0.01 * colors.max()
    assert np.square(residual - true_residual).mean() < 1e-5
    for column in range(COLOR + 3):
        scale = abs(true_gradient[:, column]).max()
        difference = abs((gradient - true_gradient)[:, column]).max()
        assert difference <= 0.01 * scale, column


@ISAS
def test_what_is_small_is_drawn_exactly(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GSI_ISA", isa)
    values = rows()
    values[:, SIZE], values[:, U:A] = np.minimum(values[:, SIZE], 0.3), np.clip(values[:, U:A], -0.3, 0.3)
    for law in (None, TuningLaw(0.2)):
        given = values if law is None else to_state(values)
        residual, gradient = drawn(NativeEngine(1), given, law, waves=True)
        true_residual, true_gradient = drawn(ReferenceEngine(1), given, law, waves=True)
        np.testing.assert_allclose(residual, true_residual, rtol=0, atol=1e-5)
        scale = abs(true_gradient).max(axis=0)
        assert (abs(gradient - true_gradient) <= 1e-4 * scale).all()


def test_the_gradient_is_exact_for_what_is_drawn() -> None:
    """The picture is linear in the colors, and so the gradient by them is a product with the residual."""
    values, engine = rows(waves=False), NativeEngine(1)
    residual, gradient = drawn(engine, values, None, waves=False)
    moved = values.copy()
    change = np.random.default_rng(1).standard_normal((len(values), 3), np.float32)
    moved[:, COLOR:] += change
    there, _ = drawn(engine, moved, None, waves=False)
    by_residual = 2 * np.sum(residual * (there - residual), dtype=np.float64)
    np.testing.assert_allclose(np.sum(gradient[:, COLOR:] * change, dtype=np.float64), by_residual, rtol=1e-4)


@LAWS
def test_threads_change_no_bit(law: Law | None) -> None:
    values = rows(3000) if law is None else to_state(rows(3000))
    first = drawn(NativeEngine(1), values, law, waves=True)
    for threads in (2, 3, 8):
        for one, other in zip(first, drawn(NativeEngine(threads), values, law, waves=True), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("size", [(1, 1), (15, 300), (33, 47), (64, 64), (129, 257)])
def test_every_size_of_picture_has_its_levels(size: tuple[int, int]) -> None:
    values = rows()
    values[:, X] *= size[1] / WIDTH
    values[:, Y] *= size[0] / HEIGHT
    picture = np.random.default_rng(0).random((3, *size), np.float32)
    images = []
    for engine in (NativeEngine(2), ReferenceEngine(2)):
        objective = Objective(picture, engine=engine)
        objective.residual_and_gradient(values)
        images.append(objective.residual)
    assert abs(images[0] - images[1]).max() < 0.01


def motions() -> list[Motion]:
    frozen = Frozen.none(200)
    for i, mask in enumerate(vars(frozen).values()):
        mask[i::7] = True
    plain = Motion(rates_of_columns(3))
    limited = replace(plain, largest_gain=5.0, limits=(-0.2, 3.0, 0.0, 200.0, 10.0, 140.0))
    return [plain, limited, replace(limited, frozen=frozen)]


@WAVES
@pytest.mark.parametrize("motion", motions(), ids=["free", "limited", "frozen"])
def test_a_step_is_that_of_the_reference(motion: Motion, waves: bool) -> None:
    native, reference = rows(waves=waves), rows(waves=waves)
    native_moments, moments = Moments(native), Moments(reference)
    generator = np.random.default_rng(0)
    for _ in range(5):
        gradient = generator.standard_normal(native.shape, np.float32)
        if not waves:
            gradient[:, WAVE] = 0
        NativeEngine(2).adam_step(native, gradient.copy(), native_moments, motion, 0.7, waves=waves)
        adam_step(reference, gradient.copy(), moments, motion, 0.7, waves=waves)
    np.testing.assert_allclose(native, reference, rtol=1e-4, atol=1e-4)
    moved = abs(native - rows(waves=waves))
    assert moved[:, [X, Y, SIZE, U, V, COLOR]].mean() > 0.01


def test_expected_bits_fall_as_the_step_grows() -> None:
    values = to_state(rows())
    bits = [expected_bits(values, step) for step in (0.05, 0.1, 0.2, 0.4, 100.0)]
    assert all(np.diff(bits) < 0)
    assert bits[-1] == 0
