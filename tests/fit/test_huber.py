"""The loss for Gaussians that a layer will follow: squares of small coefficients, magnitudes of large."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import photograph

from gicodec.fit import as_target
from gicodec.fit.objective import Objective
from gicodec.quantize import TRANSFORM
from gicodec.render.cpu import Array
from gicodec.texture.cosines import analyze
from gicodec.texture.huber import Huber

HUBER = Huber(0.1, every=1)


def errors(height: int = 24, width: int = 40, scale: float = 0.1) -> Array:
    noise = np.random.default_rng(0).normal(size=(3, height, width))
    return (scale * noise).astype(np.float32)


def loss(error: Array) -> float:
    """Half of the usual Huber loss of all coefficients."""
    colors = np.einsum("kc,cyx->kyx", TRANSFORM, error.astype(np.float64)).astype(np.float32)
    size = np.abs(analyze(colors)).astype(np.float64)
    t = HUBER.threshold
    return float(np.where(size < t, size**2 / 2, t * size - t**2 / 2).sum())


def test_an_eased_error_is_the_gradient_of_the_loss() -> None:
    error, step = errors(), 1e-2
    eased = HUBER.ease(error, 1)
    for seed in range(5):
        way = np.random.default_rng(seed).normal(size=error.shape).astype(np.float32)
        slope = (loss(error + step * way) - loss(error - step * way)) / (2 * step)
        np.testing.assert_allclose(slope, (eased * way).sum(dtype=np.float64), rtol=0.01, atol=0.05)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (1, 1), (3, 100), (24, 17), (40, 64)])
def test_small_errors_are_left_alone_and_large_ones_eased(height: int, width: int) -> None:
    small = errors(height, width, 1e-3)
    np.testing.assert_allclose(HUBER.ease(small, 1), small, atol=1e-6)
    large = errors(height, width, 10)
    assert np.square(HUBER.ease(large, 1)).sum() < 0.01 * np.square(large).sum()


def test_the_loss_falls_where_the_squared_error_that_is_minimized_in_its_place_does() -> None:
    error = errors()
    eased = HUBER.ease(error, 1)
    for seed, length in enumerate([0.1, 0.5, 1.0, 1.9]):
        noise = 0.01 * np.random.default_rng(seed).normal(size=error.shape)
        moved = error - np.float32(length) * eased + noise.astype(np.float32)
        bound = np.square(moved - error + eased).sum() - np.square(eased).sum()
        assert loss(moved) - loss(error) <= bound / 2 + 1e-3


@pytest.mark.parametrize("weighted", [False, True])
def test_an_objective_has_the_eased_error_from_then_on(weighted: bool) -> None:
    target = as_target(photograph())
    weights = np.ones(target.shape[1:], np.float32)
    weights[:, :16], weights[:, 16:32] = 0, 0.3
    objective = Objective(target, weights=weights if weighted else None, threads=1)
    objective.huber = Huber(0.02, every=2)
    nothing = np.zeros((1, 12), np.float32)
    nothing[0, 2] = 1
    for _ in range(2):  # the second is not due
        objective.residual_and_gradient(nothing)
        expected = -target * weights if weighted else -target
        np.testing.assert_allclose(objective.residual, expected, atol=1e-6)
    objective.residual_and_gradient(nothing)
    seen = weights > 0 if weighted else 1
    eased = objective.huber.ease(-target * np.float32(seen), 1)
    np.testing.assert_allclose(objective.residual, eased * weights if weighted else eased, atol=1e-6)
