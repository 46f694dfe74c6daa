"""Where Gaussians are added: where the error is."""

from __future__ import annotations

import numpy as np
import pytest

from gicodec import _native
from gicodec.fit.initialization import rows_at_errors
from gicodec.fit.parameters import COLOR
from gicodec.render.cpu import Array


def residual(height: int, width: int) -> Array:
    return np.random.default_rng(0).normal(size=(3, height, width)).astype(np.float32)


def window_means(error: Array) -> Array:
    """Average over 3x3 pixels, as far as there are."""
    height, width = error.shape
    means = np.empty_like(error)
    for y, x in np.ndindex(height, width):
        means[y, x] = error[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2].mean()
    return means


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (33, 2), (20, 30)])
def test_the_density_is_the_square_of_the_error_around(height: int, width: int, threads: int) -> None:
    missed, density = residual(height, width), np.empty((height, width))
    _native.error_density(missed, density, threads)
    np.testing.assert_allclose(density, window_means(np.square(missed).sum(axis=0)) ** 2, rtol=1e-4)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_is_a_sum_of_squares_over_weights(threads: int) -> None:
    missed, weights = residual(50, 40), np.random.default_rng(1).random((50, 40)).astype(np.float32)
    weights[3:5] = 0
    plain = _native.squared_error(missed, None, threads)
    np.testing.assert_allclose(plain, np.square(missed.astype(np.float64)).sum(), rtol=1e-6)
    weighted = _native.squared_error(missed * weights, weights, threads)
    np.testing.assert_allclose(weighted, (np.square(missed) * weights).sum(dtype=np.float64), rtol=1e-3)


def test_rows_are_where_the_error_is_and_have_what_is_missing() -> None:
    missed = np.zeros((3, 40, 50), np.float32)
    missed[:, 10, 20], missed[:, 30:32, 40:42] = -0.5, 0.25
    rows = rows_at_errors(missed, 400, 400, np.random.default_rng(0))
    first = np.hypot(rows[:, 0] - 20.5, rows[:, 1] - 10.5) < 2.2
    assert first.sum() + (np.hypot(rows[:, 0] - 41, rows[:, 1] - 31) < 3.2).sum() == 400
    # Nine windows of (0.75 / 9)^2 against four of (0.1875 * 4 / 9)^2 and twelve with less.
    assert 0.4 < first.mean() < 0.75
    colored = rows[first & (rows[:, 0] // 1 == 20) & (rows[:, 1] // 1 == 10)]
    assert (colored[:, COLOR:] > 0).all()
    assert len(colored) > 0


def test_no_error_has_rows_all_the_same() -> None:
    rows = rows_at_errors(np.zeros((3, 5, 7), np.float32), 4, 4, np.random.default_rng(0))
    assert rows.shape == (4, 12)
    assert np.isfinite(rows).all()
