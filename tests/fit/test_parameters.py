"""The rows of a fit: exact gradients, and numbers that keep to their ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gicodec.fit import Objective, to_gaussians
from gicodec.fit.morton import morton_order
from gicodec.fit.parameters import (
    AMPLITUDES,
    COLOR,
    FREQUENCIES,
    SIZE,
    WAVE,
    A,
    U,
    V,
    X,
    Y,
    conics,
    inverse_roots,
    keep_phases,
    limit_elongation,
    limit_frequency,
    root_covariances,
)
from gicodec.format import Kernel
from gicodec.render import Splats, reference


def parameters(n: int = 12, channels: int = 3) -> NDArray[Any]:
    """Some Gaussians for a 20x15 picture, of all shapes, half with waves; the first two are circles."""
    rows = np.random.default_rng(n).standard_normal((n, COLOR + channels))
    rows[:, X] = rows[:, X] * 6 + 10
    rows[:, Y] = rows[:, Y] * 5 + 7
    rows[:, SIZE] = rows[:, SIZE] * 0.4 + 0.7
    rows[:, U:A] *= 0.4
    rows[:2, U:A] = 0
    rows[::2, WAVE] = 0
    return rows


def inverses(symmetric: NDArray[np.float64]) -> NDArray[np.float64]:
    xx, xy, yy = symmetric.T
    inverse = np.linalg.inv(np.stack([xx, xy, xy, yy], axis=1).reshape(-1, 2, 2))
    return inverse.reshape(-1, 4)[:, [0, 1, 3]]


@pytest.mark.parametrize("channels", [1, 3])
def test_the_gradient_is_that_of_the_reference(channels: int) -> None:
    rows = parameters(channels=channels)
    target = np.random.default_rng(1).random((channels, 15, 20), np.float32)

    def true_loss() -> float:
        gaussians = to_gaussians(rows)
        shapes = inverses(gaussians.covariances())
        splats = Splats(gaussians.centers, shapes, gaussians.colors, gaussians.waves)
        image = reference.forward(splats, 15, 20, Kernel.COMPACT)
        return float(np.square(image - target).sum())

    objective = Objective(target)
    gradient = objective.residual_and_gradient(rows.astype(np.float32))
    np.testing.assert_allclose(objective.error(), true_loss(), rtol=1e-5)
    step, unmoved = 1e-5, rows.copy()

    def moved(index: tuple[int, ...], by: float) -> float:
        rows[:] = unmoved
        rows[index] += by
        keep_phases(rows, rows[:, : Y + 1] - unmoved[:, : Y + 1])
        return true_loss()

    for index in np.ndindex(*rows.shape):
        of_wave = A <= index[1] < COLOR
        if unmoved[index[0], AMPLITUDES].any() or not of_wave:
            above, below = moved(index, step), moved(index, -step)
        else:  # there is no wave to change
            above = below = 0.0
        # Sums in float32 of 300 samples, up to some 10 each.
        np.testing.assert_allclose(gradient[index], (above - below) / (2 * step), rtol=1e-3, atol=2e-3)


def test_the_gradient_is_zero_only_at_the_target() -> None:
    rows = parameters().astype(np.float32)
    objective = Objective(np.zeros((3, 15, 20), np.float32))
    objective.residual_and_gradient(rows)
    exact = Objective(objective.residual.copy())
    gradient = exact.residual_and_gradient(rows)
    assert exact.error() < 1e-10  # rounding, which starts from the target
    assert abs(gradient).max() < 1e-3
    assert exact.psnr(0.0) == np.inf


def test_shapes_are_those_of_the_gaussians() -> None:
    rows = parameters()
    covariances = to_gaussians(rows).covariances()
    np.testing.assert_allclose(conics(rows), inverses(covariances), rtol=1e-5, atol=1e-9)
    roots = root_covariances(rows)
    both = roots, inverse_roots(rows, roots)
    for root, square in zip(both, (covariances, inverses(covariances)), strict=True):
        xx, xy, yy = root
        squared = np.stack([xx * xx + xy * xy, xy * (xx + yy), xy * xy + yy * yy], axis=1)
        np.testing.assert_allclose(squared, square, rtol=1e-5, atol=1e-5)


def test_gaussians_keep_to_their_ranges() -> None:
    gaussians = to_gaussians(parameters(500))
    assert (gaussians.log_elongations >= 0).all()
    assert ((gaussians.angles >= 0) & (gaussians.angles < np.pi)).all()


def test_elongation_is_limited_and_its_direction_kept() -> None:
    rows = parameters(50)
    rows[2:, U:A] *= 30
    before = rows.copy()
    limit_elongation(rows)
    r = np.hypot(rows[:, U], rows[:, V])
    assert r.max() <= 3.0 + 1e-9
    direction, old = (np.arctan2(some[:, V], some[:, U]) for some in (rows, before))
    np.testing.assert_allclose(direction, old, rtol=1e-5, atol=1e-8)
    short = np.hypot(before[:, U], before[:, V]) <= 3
    np.testing.assert_array_equal(rows[short], before[short])


def test_frequencies_are_limited_and_their_direction_kept() -> None:
    rows = parameters(50)
    rows[:10, FREQUENCIES] *= 30
    before = rows.copy()
    limit_frequency(rows)
    assert np.hypot(*rows[:, FREQUENCIES].T).max() <= np.pi + 1e-9
    cross = rows[:, FREQUENCIES] * before[:, FREQUENCIES][:, ::-1]
    np.testing.assert_allclose(cross[:, 0], cross[:, 1], rtol=1e-7, atol=1e-7)
    low = np.hypot(*before[:, FREQUENCIES].T) <= np.pi
    np.testing.assert_array_equal(rows[low], before[low])


def test_a_wave_stays_where_it_is_while_its_center_moves() -> None:
    rows = parameters(50)
    moves: NDArray[Any] = np.random.default_rng(3).standard_normal((50, 2))
    spot = np.array([11.0, 5.0])

    def oscillation(rows: NDArray[Any]) -> NDArray[Any]:
        phase = (rows[:, FREQUENCIES] * (spot - rows[:, : Y + 1])).sum(axis=1)
        return np.asarray(rows[:, A] * np.cos(phase) + rows[:, A + 1] * np.sin(phase))

    after = rows.copy()
    after[:, : Y + 1] += moves
    keep_phases(after, moves)
    np.testing.assert_allclose(oscillation(after), oscillation(rows), rtol=1e-7, atol=1e-7)


def test_neighbors_on_the_curve_are_neighbors_in_the_picture() -> None:
    rows = np.random.default_rng(0).random((2000, 12), np.float32) * 800 - 20
    order = morton_order(rows)
    assert sorted(order) == list(range(2000))

    def mean_step(centers: NDArray[Any]) -> float:
        return float(np.hypot(*np.diff(centers, axis=0).T).mean())

    assert mean_step(rows[order, :2]) < 0.1 * mean_step(rows[:, :2])
