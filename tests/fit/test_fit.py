"""The fit: exact gradients, good pictures, the same result every time, and an end for every picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pictures import Pixels, photograph, texture

from gicodec.fit import Fit, FitSettings, Objective, as_target, fit, to_gaussians
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
    has_wave,
    inverse_roots,
    keep_phases,
    limit_elongation,
    limit_frequency,
    root_covariances,
)
from gicodec.format import Kernel
from gicodec.gaussians import Gaussians
from gicodec.options import Progress
from gicodec.render import Splats, View, place, reference, render

QUICK = FitSettings(n_iterations=200)


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
    gradient = 2 * objective.residual_and_gradient(rows.float())
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
    gradient = 2 * exact.residual_and_gradient(rows)
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


def test_waves_are_for_texture() -> None:
    pixels, settings = texture(), FitSettings(400)
    plain, waved = fit(pixels, 150, settings), fit(pixels, 150, settings, waves=True)
    n_waves = int(has_wave(waved.parameters).sum())
    assert n_waves > 0
    assert len(waved.parameters) < 150
    assert waved.psnr > plain.psnr + 0.2
    np.testing.assert_allclose(true_psnr(waved, pixels), waved.psnr, atol=0.01)
    assert not has_wave(plain.parameters).any()


def true_psnr(result: Fit, pixels: Pixels) -> float:
    height, width, _ = pixels.shape
    image = render(to_gaussians(result.parameters), View(width, height))
    return -10 * float(np.log10(np.square(image - as_target(pixels).numpy()).mean()))


def test_neighbors_on_the_curve_are_neighbors_in_the_picture() -> None:
    rows = torch.rand(2000, 12, generator=torch.Generator().manual_seed(0)) * 800 - 20
    order = morton_order(rows)
    assert order.sort().values.tolist() == list(range(2000))

    def mean_step(centers: torch.Tensor) -> float:
        return float(centers.diff(dim=0).norm(dim=1).mean())

    assert mean_step(rows[order, :2]) < 0.1 * mean_step(rows[:, :2])


def test_a_photograph_is_fitted_well() -> None:
    pixels = photograph()
    few, many = fit(pixels, 30, QUICK), fit(pixels, 200, QUICK)
    assert (len(few.parameters), len(many.parameters)) == (30, 200)
    assert few.psnr > 20
    assert many.psnr > 31
    for result in (few, many):
        np.testing.assert_allclose(true_psnr(result, pixels), result.psnr, atol=0.01)


def test_longer_is_better() -> None:
    pixels = photograph()
    assert fit(pixels, 100, FitSettings(600)).psnr > fit(pixels, 100, FitSettings(100)).psnr + 2


def test_a_plan_changes_how_many_there_will_be() -> None:
    pixels = photograph()
    asked: list[tuple[int, float]] = []

    def plan(n: int, psnr: float) -> int:
        asked.append((n, psnr))
        return 150

    result = fit(pixels, 40, QUICK, plan=plan)
    assert len(result.parameters) == 150
    assert len(asked) == 20
    assert asked[0][0] == 4
    assert asked[0][1] < asked[-1][1] < result.psnr
    same = fit(pixels, 40, QUICK, plan=lambda n, psnr: 40)
    assert torch.equal(same.parameters, fit(pixels, 40, QUICK).parameters)
    assert len(fit(pixels, 40, QUICK, plan=lambda n, psnr: 10**9).parameters) == 64 * 48


def test_a_crowd_does_not_overshoot() -> None:
    """New Gaussians are drawn where the error is; hundreds on one spot must not all bring what is missing."""
    pixels = photograph()
    assert fit(pixels, 64 * 48 // 2, QUICK).psnr > 45


def test_only_the_seed_decides() -> None:
    pixels = photograph()
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first = fit(pixels, 60, QUICK, seed=3, threads=1)
    np.random.seed(8)  # noqa: NPY002  # the fit must not read any global state
    torch.manual_seed(9)
    for threads in (1, 3):
        assert torch.equal(fit(pixels, 60, QUICK, seed=3, threads=threads).parameters, first.parameters)
    assert not torch.equal(fit(pixels, 60, QUICK, seed=4, threads=1).parameters, first.parameters)
    torch.manual_seed(5)
    assert torch.equal(torch.get_rng_state(), state)


def test_torch_is_left_as_it_was() -> None:
    n_threads, state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(n_threads + 1)
    pixels = photograph()
    try:
        fit(pixels, 10, FitSettings(20))

        def fail(_: Progress) -> None:
            assert torch.get_num_threads() == 1
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fit(pixels, 10, FitSettings(20), progress=fail)
        assert torch.get_num_threads() == n_threads + 1
    finally:
        torch.set_num_threads(n_threads)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()


def test_the_picture_is_left_as_it_was() -> None:
    pixels = photograph()
    pixels.flags.writeable = False
    copy = pixels.copy()
    fit(np.require(pixels, requirements="W"), 10, FitSettings(20))
    np.testing.assert_array_equal(pixels, copy)


def test_progress_is_reported_and_rises() -> None:
    reports: list[Progress] = []
    result = fit(photograph(), 60, QUICK, progress=reports.append)
    done = [report.done for report in reports]
    assert done == sorted(set(done))
    assert len(done) >= 4
    assert {(report.stage, report.total) for report in reports} == {("fit", 200)}
    assert reports[-1].n_gaussians <= 60
    assert reports[0].psnr < reports[-1].psnr <= result.psnr + 0.5


FLAT = [(1, 1), (1, 40), (40, 1), (3, 2), (24, 31)]


@pytest.mark.parametrize(("height", "width"), FLAT)
@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_flat_pictures_are_exact_and_soon(height: int, width: int, level: int) -> None:
    pixels = np.full((height, width, 3), level, np.uint8)
    result = fit(pixels, 20, FitSettings(300))
    assert result.parameters.isfinite().all()
    assert result.psnr > 50
    if level == 0:
        assert result.n_iterations == 1


@pytest.mark.parametrize(("height", "width"), FLAT)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_small_pictures_with_more_gaussians_than_pixels_work(height: int, width: int, channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, channels), np.uint8)
    result = fit(pixels, 10_000, QUICK)
    assert len(result.parameters) <= height * width
    assert result.parameters.shape[1] == COLOR + channels
    assert result.parameters.isfinite().all()
    assert np.isfinite(result.psnr)


def color_problem(n: int) -> tuple[Gaussians, NDArray[np.float32]]:
    gaussians = to_gaussians(fit(photograph(), n, FitSettings(40)).parameters)
    return gaussians, as_target(photograph()).numpy()


def placed(gaussians: Gaussians) -> list[NDArray[np.float32]]:
    return [np.ascontiguousarray(a, np.float32) for a in place(gaussians, View(64, 48))]


def replace_colors(gaussians: Gaussians, colors: NDArray[np.float32]) -> Gaussians:
    return Gaussians(
        gaussians.centers,
        gaussians.log_sizes,
        gaussians.log_elongations,
        gaussians.angles,
        colors.astype(np.float64),
    )
