"""Gaussians to integers and back: within half a step, in one order, whatever came in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from gicodec.format import Payload, step_of
from gicodec.gaussians import Gaussians
from gicodec.quantize import Steps, dequantize, quantize, strongest

FINE = Steps.near(position=1 / 64, size=0.01, elongation=0.01, angle=math.pi / 512, color=1 / 512)
COARSE = Steps.near(position=1.5, size=0.3, elongation=0.2, angle=math.pi / 7, color=0.1)
ODD = Steps.near(position=0.3, size=0.07, elongation=0.11, angle=0.9, color=0.03)
STEPS = pytest.mark.parametrize("steps", [FINE, COARSE, ODD], ids=["fine", "coarse", "odd"])


def some(n: int = 400) -> Gaussians:
    """Gaussians of which none is quantized to a circle or to no color."""
    rng = np.random.default_rng(n)
    return Gaussians(
        centers=rng.uniform(-20, 500, (n, 2)),
        log_sizes=rng.normal(1, 1, n),
        log_elongations=rng.uniform(0.11, 2, n),
        angles=np.append(rng.uniform(0, math.pi, n - 2), [0, np.nextafter(math.pi, 0)]),
        colors=rng.choice([-1, 1], (n, 3)) * rng.uniform(0.06, 1.5, (n, 3)),
    )


def take(gaussians: Gaussians, rows: NDArray[np.intp]) -> Gaussians:
    return Gaussians(
        gaussians.centers[rows],
        gaussians.log_sizes[rows],
        gaussians.log_elongations[rows],
        gaussians.angles[rows],
        gaussians.colors[rows],
    )


def in_order_of_rows(gaussians: Gaussians, steps: Steps) -> Gaussians:
    x, y = np.rint(gaussians.centers / step_of(steps.position)).T
    return take(gaussians, np.lexsort((x, y)))


def assert_same(a: Payload, b: Payload) -> None:
    assert a.steps == b.steps
    for mine, theirs in zip(a.planes(), b.planes(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@STEPS
def test_every_attribute_is_within_half_a_step(steps: Steps) -> None:
    before = in_order_of_rows(some(), steps)
    after = dequantize(quantize(before, steps))
    position, size, elongation, angle, color = (step_of(code) for code in steps.as_tuple())
    half = 0.5 + 1e-9  # of a step
    assert (abs(after.centers - before.centers) <= half * position).all()
    assert (abs(after.log_sizes - before.log_sizes) <= half * size).all()
    assert (abs(after.log_elongations - before.log_elongations) <= half * elongation).all()
    assert (abs(after.colors - before.colors) <= half * color).all()
    turn = (after.angles - before.angles) % math.pi
    assert (np.minimum(turn, math.pi - turn) <= half * angle).all()


@STEPS
def test_angles_wrap_at_half_a_turn(steps: Steps) -> None:
    payload = quantize(some(), steps)
    assert payload.angle.min() == 0
    assert payload.angle.max() * step_of(steps.angle) < math.pi


@pytest.mark.parametrize("step", [math.pi / 4, math.pi / 4.3, math.pi / 4.7, 2, 3, 4, 7, 60_000])
def test_any_step_wraps_any_angle(step: float) -> None:
    steps = Steps.near(position=1, size=1, elongation=0.01, angle=step, color=0.01)
    before = take(some(), np.zeros(999, np.intp))
    before.angles[:] = np.linspace(0, np.nextafter(math.pi, 0), 999)
    turn = (dequantize(quantize(before, steps)).angles - before.angles) % math.pi
    assert (np.minimum(turn, math.pi - turn) <= (0.5 + 1e-9) * step_of(steps.angle)).all()


@STEPS
def test_the_order_does_not_matter(steps: Steps) -> None:
    gaussians = some()
    payload = quantize(gaussians, steps)
    rows = np.stack([payload.y, payload.x])
    assert (np.lexsort((rows[1], rows[0])) == np.arange(400)).all()
    shuffled = take(gaussians, np.random.default_rng(0).permutation(400))
    if steps is FINE:  # no two Gaussians at one place
        assert_same(quantize(shuffled, steps), payload)


@STEPS
def test_integers_are_their_own_quantization(steps: Steps) -> None:
    payload = quantize(some(), steps)
    assert_same(quantize(dequantize(payload), steps), payload)


def test_circles_have_no_angle() -> None:
    circles = take(some(), np.arange(9))
    circles.log_elongations[:] = step_of(FINE.elongation) * 0.49
    payload = quantize(circles, FINE)
    assert not payload.elongation.any()
    assert not payload.angle.any()


def test_what_has_no_color_left_is_dropped() -> None:
    gaussians = take(some(), np.arange(9))
    gaussians.colors[2:5] = 0.49 * step_of(COARSE.color)
    assert quantize(gaussians, COARSE).n_gaussians == 6
    gaussians.colors[:] = 0
    assert quantize(gaussians, COARSE).n_gaussians == 0
    assert dequantize(quantize(gaussians, COARSE)).n_gaussians == 0


def test_no_gaussians_are_no_integers() -> None:
    assert quantize(take(some(), np.zeros(0, np.intp)), FINE).n_gaussians == 0


def test_the_nearest_steps_are_near() -> None:
    asked = (1 / 64, 0.01, 0.01, math.pi / 512, 1 / 512)
    for code, step in zip(FINE.as_tuple(), asked, strict=True):
        assert abs(step_of(code) / step - 1) <= 1 / 16  # eight steps for every octave


def test_the_strongest_are_kept_in_their_order() -> None:
    gaussians = some(50)
    energy = np.square(gaussians.colors).sum(axis=1) * np.exp(2 * gaussians.log_sizes)
    for n in (0, 1, 20, 50, 70):
        kept = strongest(gaussians, n)
        expected = np.flatnonzero(energy >= np.sort(energy)[-n]) if 0 < n <= 50 else np.arange(50 * (n > 0))
        np.testing.assert_array_equal(kept.centers, gaussians.centers[expected])
        np.testing.assert_array_equal(kept.colors, gaussians.colors[expected])
