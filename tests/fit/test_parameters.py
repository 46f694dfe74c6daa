"""The rows of a fit: exact gradients, and numbers that keep to their ranges."""

from __future__ import annotations

import numpy as np
import pytest
import torch
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


def parameters(n: int = 12, channels: int = 3) -> torch.Tensor:
    """Some Gaussians for a 20x15 picture, of all shapes, half with waves; the first two are circles."""
    generator = torch.Generator().manual_seed(n)
    rows = torch.randn(n, COLOR + channels, generator=generator, dtype=torch.float64)
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
    target = torch.rand(channels, 15, 20, generator=torch.Generator().manual_seed(1))

    def true_loss() -> float:
        gaussians = to_gaussians(rows)
        shapes = inverses(gaussians.covariances())
        splats = Splats(gaussians.centers, shapes, gaussians.colors, gaussians.waves)
        image = reference.forward(splats, 15, 20, Kernel.COMPACT)
        return float(np.square(image - target.numpy()).sum())

    objective = Objective(target)
    gradient = objective.residual_and_gradient(rows.float())
    np.testing.assert_allclose(objective.error(), true_loss(), rtol=1e-5)
    step, unmoved = 1e-5, rows.clone()

    def moved(index: tuple[int, ...], by: float) -> float:
        rows.copy_(unmoved)
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
        np.testing.assert_allclose(gradient[index].item(), (above - below) / (2 * step), rtol=1e-3, atol=2e-3)


def test_the_gradient_is_zero_only_at_the_target() -> None:
    rows = parameters().float()
    objective = Objective(torch.zeros(3, 15, 20))
    objective.residual_and_gradient(rows)
    exact = Objective(objective.residual.clone())
    gradient = exact.residual_and_gradient(rows)
    assert exact.error() < 1e-10  # rounding, which starts from the target
    assert gradient.abs().max() < 1e-3
    assert exact.psnr(0.0) == np.inf


def test_shapes_are_those_of_the_gaussians() -> None:
    rows = parameters()
    covariances = to_gaussians(rows).covariances()
    np.testing.assert_allclose(conics(rows).numpy(), inverses(covariances), rtol=1e-5, atol=1e-9)
    roots = root_covariances(rows)
    both = roots, inverse_roots(rows, roots)
    for root, square in zip(both, (covariances, inverses(covariances)), strict=True):
        xx, xy, yy = (part.numpy() for part in root)
        squared = np.stack([xx * xx + xy * xy, xy * (xx + yy), xy * xy + yy * yy], axis=1)
        np.testing.assert_allclose(squared, square, rtol=1e-5, atol=1e-5)


def test_gaussians_keep_to_their_ranges() -> None:
    gaussians = to_gaussians(parameters(500))
    assert (gaussians.log_elongations >= 0).all()
    assert ((gaussians.angles >= 0) & (gaussians.angles < np.pi)).all()


def test_elongation_is_limited_and_its_direction_kept() -> None:
    rows = parameters(50)
    rows[2:, U:A] *= 30
    before = rows.clone()
    limit_elongation(rows)
    r = torch.hypot(rows[:, U], rows[:, V])
    assert r.max() <= 3.0 + 1e-9
    assert torch.allclose(torch.atan2(rows[:, V], rows[:, U]), torch.atan2(before[:, V], before[:, U]))
    short = torch.hypot(before[:, U], before[:, V]) <= 3
    assert torch.equal(rows[short], before[short])


def test_frequencies_are_limited_and_their_direction_kept() -> None:
    rows = parameters(50)
    rows[:10, FREQUENCIES] *= 30
    before = rows.clone()
    limit_frequency(rows)
    assert rows[:, FREQUENCIES].norm(dim=1).max() <= np.pi + 1e-9
    cross = rows[:, FREQUENCIES] * before[:, FREQUENCIES].flip(1)
    torch.testing.assert_close(cross[:, 0], cross[:, 1])
    low = before[:, FREQUENCIES].norm(dim=1) <= np.pi
    assert torch.equal(rows[low], before[low])


def test_a_wave_stays_where_it_is_while_its_center_moves() -> None:
    rows = parameters(50)
    moves = torch.randn(50, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    spot = torch.tensor([11.0, 5.0], dtype=torch.float64)

    def oscillation(rows: torch.Tensor) -> torch.Tensor:
        phase = (rows[:, FREQUENCIES] * (spot - rows[:, : Y + 1])).sum(dim=1)
        return rows[:, A] * phase.cos() + rows[:, A + 1] * phase.sin()

    after = rows.clone()
    after[:, : Y + 1] += moves
    keep_phases(after, moves)
    torch.testing.assert_close(oscillation(after), oscillation(rows))


def test_neighbors_on_the_curve_are_neighbors_in_the_picture() -> None:
    rows = torch.rand(2000, 12, generator=torch.Generator().manual_seed(0)) * 800 - 20
    order = morton_order(rows)
    assert order.sort().values.tolist() == list(range(2000))

    def mean_step(centers: torch.Tensor) -> float:
        return float(centers.diff(dim=0).norm(dim=1).mean())

    assert mean_step(rows[order, :2]) < 0.1 * mean_step(rows[:, :2])
