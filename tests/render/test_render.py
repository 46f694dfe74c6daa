"""Placing and drawing Gaussians: any part of the picture at any size, filtered where it shrinks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from gicodec.format import Header, Kernel
from gicodec.gaussians import Gaussians
from gicodec.render import FOOTPRINT_VARIANCE, Splats, View, covered_pixels, place, reference, render
from gicodec.render.reduce import render_at

WIDTH, HEIGHT = 90, 70
KERNELS = pytest.mark.parametrize("kernel", list(Kernel), ids=lambda kernel: kernel.name.lower())
FULL = View(WIDTH, HEIGHT)


def some(n: int = 50, *, smallest: float = 0.5, largest: float = 9) -> Gaussians:
    rng = np.random.default_rng(n)
    return Gaussians(
        centers=rng.uniform(0, [WIDTH, HEIGHT], (n, 2)),
        log_sizes=rng.uniform(np.log(smallest), np.log(largest), n),
        log_elongations=rng.uniform(0, 0.8, n),
        angles=rng.uniform(0, np.pi, n),
        colors=rng.uniform(-1, 1, (n, 3)),
    )


def with_waves(gaussians: Gaussians, wave: list[float]) -> Gaussians:
    """The same one for all."""
    return replace(gaussians, waves=np.tile(wave, (gaussians.n_gaussians, 1)).astype(np.float64))


def inverses(symmetric: NDArray[np.float64]) -> NDArray[np.float64]:
    """[N, 3] to [N, 3], by another route than place()."""
    xx, xy, yy = symmetric.T
    inverse = np.linalg.inv(np.stack([xx, xy, xy, yy], axis=1).reshape(-1, 2, 2))
    return inverse.reshape(-1, 4)[:, [0, 1, 3]]


def integrals(conics: NDArray[np.float64], colors: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, c = conics.T
    integral: NDArray[np.float64] = 2 * np.pi * (colors / np.sqrt(a * c - b * b)[:, None]).sum(axis=0)
    return integral


def scaled(zx: float, zy: float | None = None) -> View:
    """The whole picture."""
    zy = zy or zx
    return View(round(WIDTH * zx), round(HEIGHT * zy), zx, zy)


def test_at_full_size_gaussians_stay_as_they_are() -> None:
    gaussians = some()
    centers, conics, colors = place(gaussians, FULL)
    np.testing.assert_array_equal(centers, gaussians.centers)
    np.testing.assert_allclose(conics, inverses(gaussians.covariances()), rtol=1e-9)
    np.testing.assert_array_equal(colors, gaussians.colors)


@pytest.mark.parametrize(("zx", "zy"), [(1.5, 1.5), (7, 7), (2, 3), (1, 4)])
def test_zoom_scales_and_filters_nothing(zx: float, zy: float) -> None:
    gaussians = some()
    centers, conics, colors = place(gaussians, scaled(zx, zy))
    np.testing.assert_array_equal(centers, gaussians.centers * (zx, zy))
    np.testing.assert_allclose(conics, inverses(gaussians.covariances() * (zx**2, zx * zy, zy**2)), rtol=1e-9)
    np.testing.assert_array_equal(colors, gaussians.colors)


@pytest.mark.parametrize(("zx", "zy"), [(0.5, 0.5), (0.99, 0.99), (0.05, 0.05), (0.3, 1), (0.4, 2.5)])
def test_shrinking_keeps_every_integral(zx: float, zy: float) -> None:
    gaussians = some()
    _, conics, colors = place(gaussians, scaled(zx, zy))
    before = integrals(inverses(gaussians.covariances()), gaussians.colors)
    np.testing.assert_allclose(integrals(conics, colors), zx * zy * before, rtol=1e-9)


@KERNELS
@pytest.mark.parametrize(("zx", "zy"), [(1, 1), (0.5, 0.5), (0.2, 0.2), (2.3, 2.3), (0.6, 1.7)])
def test_a_view_is_what_the_reference_makes_of_placed_gaussians(zx: float, zy: float, kernel: Kernel) -> None:
    gaussians, view = with_waves(some(), [0.3, -0.2, 0.9, -1.4]), scaled(zx, zy)
    truth = reference.forward(place(gaussians, view), view.height, view.width, kernel)
    wrong = abs(render(gaussians, view, kernel) - truth) > 3e-5  # some ten Gaussians at every pixel
    # The kernel that is cut jumps by 1/255 where a pixel lies on its edge.
    assert not wrong.any() if kernel is Kernel.COMPACT else wrong.mean() < 1e-3


@pytest.mark.parametrize("z", [1.0, 0.37, 2.5])
def test_a_crop_is_the_part_of_the_whole(z: float) -> None:
    gaussians, whole = some(), scaled(z)
    image = render(gaussians, whole)
    for x, y, width, height in ((0, 0, 5, 9), (3, 7, 20, 11), (whole.width - 1, whole.height - 1, 1, 1)):
        part = render(gaussians, View(width, height, z, z, x, y))
        np.testing.assert_allclose(part, image[:, y : y + height, x : x + width], atol=1e-5)


@pytest.mark.parametrize(("zx", "zy"), [(3, 3), (5, 5), (3, 1), (1, 3)])
def test_every_odd_zoom_passes_through_the_same_samples(zx: int, zy: int) -> None:
    gaussians = some()
    zoomed = render(gaussians, scaled(zx, zy))
    np.testing.assert_allclose(zoomed[:, zy // 2 :: zy, zx // 2 :: zx], render(gaussians, FULL), atol=3e-5)


def test_twice_the_size_lies_between_the_samples() -> None:
    gaussians = some(smallest=4)
    twice = render(gaussians, scaled(2))
    mean = twice.reshape(3, HEIGHT, 2, WIDTH, 2).mean(axis=(2, 4))
    # The mean of four samples around a point, 1/4 pixel away: off by 1/16 of the Laplacian, over 2.
    np.testing.assert_allclose(mean, render(gaussians, FULL), atol=0.02)


@pytest.mark.parametrize(("zx", "zy"), [(0.5, 0.5), (0.5, 1), (1, 0.5)])
def test_half_the_size_of_a_smooth_picture_is_the_mean_of_its_pixels(zx: float, zy: float) -> None:
    gaussians = some(smallest=4)
    columns, rows = round(1 / zx), round(1 / zy)
    full = render(gaussians, FULL)
    mean = full.reshape(3, HEIGHT // rows, rows, WIDTH // columns, columns).mean(axis=(2, 4))
    assert full.std() > 0.3  # a picture of some contrast
    np.testing.assert_allclose(render(gaussians, scaled(zx, zy)), mean, atol=0.025)


@pytest.mark.parametrize(("zx", "zy"), [(0.5, 0.5), (0.5, 1), (1, 0.5), (0.3, 0.7)])
@pytest.mark.parametrize("wave", [None, [0.4, -0.5, 0.3, -0.2], [0.5, 0.2, 2, -1]])
def test_a_smaller_picture_is_the_full_one_reduced_by_lanczos(
    zx: float, zy: float, wave: list[float] | None
) -> None:
    gaussians = with_waves(some(), wave) if wave else some()
    view = scaled(zx, zy)
    size, resampling = (view.width, view.height), Image.Resampling.LANCZOS
    planes = [Image.fromarray(plane) for plane in np.clip(render(gaussians, FULL), 0, 1)]
    truth = np.stack([np.asarray(plane.resize(size, resampling)) for plane in planes])
    np.testing.assert_allclose(reduced(gaussians, view), truth, atol=1e-5)


def reduced(gaussians: Gaussians, view: View) -> NDArray[np.float32]:
    """Draw as a decoder does."""
    return render_at(gaussians, view, Header(WIDTH, HEIGHT), threads=0, device="cpu")


def test_details_too_small_to_show_turn_into_their_mean() -> None:
    gaussians = some(3000, smallest=0.3, largest=0.5)
    full, small = (render(gaussians, view) for view in (FULL, scaled(0.1)))
    mean = full.reshape(3, 7, 10, 9, 10).mean(axis=(2, 4))
    assert np.corrcoef(small.ravel(), mean.ravel())[0, 1] > 0.8  # a smooth filter is not a box
    assert small.std() < 0.3 * full.std()  # unfiltered samples would be as rough as the picture


@pytest.mark.parametrize("z", [0.3, 1, 2])
def test_the_cost_is_known_before(z: float) -> None:
    gaussians, view = some(), scaled(z)
    _, conics, _ = place(gaussians, view)
    centers = np.broadcast_to([view.width / 2, view.height / 2], (len(conics), 2))
    covered = [
        np.count_nonzero(
            reference.forward(
                Splats(c[None], q[None], np.ones((1, 1))), view.height, view.width, Kernel.COMPACT
            )
        )
        for c, q in zip(centers, conics, strict=True)
    ]
    assert sum(covered) <= covered_pixels(gaussians, view) <= 4 * sum(covered)


def test_no_gaussians_are_black() -> None:
    none = Gaussians(np.zeros((0, 2)), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros((0, 3)))
    for z in (0.5, 1, 2):
        assert not render(none, scaled(z)).any()


@pytest.mark.parametrize("z", [0.4, 1, 2])
def test_waves_of_no_amplitude_change_no_bit(z: float) -> None:
    gaussians = some()
    still = with_waves(gaussians, [0, 0, 1, 2])
    np.testing.assert_array_equal(render(still, scaled(z)), render(gaussians, scaled(z)))


def test_at_full_size_waves_stay_as_they_are() -> None:
    gaussians = with_waves(some(), [0.3, -0.2, 1, 2])
    np.testing.assert_array_equal(place(gaussians, FULL).waves, gaussians.waves)


@pytest.mark.parametrize(("zx", "zy"), [(2, 2), (3, 5)])
def test_zoom_keeps_waves(zx: float, zy: float) -> None:
    gaussians = with_waves(some(), [0.3, -0.2, 0.9, -1.4])
    zoomed = render(gaussians, View(3 * WIDTH, 3 * HEIGHT, 3, 3))
    np.testing.assert_allclose(zoomed[:, 1::3, 1::3], render(gaussians, FULL), atol=3e-5)
    *_, waves = place(gaussians, scaled(zx, zy))
    np.testing.assert_allclose(waves, [[0.3, -0.2, 0.9 / zx, -1.4 / zy]] * 50)


@pytest.mark.parametrize(("zx", "zy"), [(0.5, 0.5), (0.5, 1), (1, 0.5)])
def test_half_the_size_of_slow_waves_is_the_mean_of_their_pixels(zx: float, zy: float) -> None:
    gaussians = with_waves(some(smallest=4), [0.4, -0.5, 0.3, -0.2])
    columns, rows = round(1 / zx), round(1 / zy)
    mean = (
        render(gaussians, FULL).reshape(3, HEIGHT // rows, rows, WIDTH // columns, columns).mean(axis=(2, 4))
    )
    np.testing.assert_allclose(render(gaussians, scaled(zx, zy)), mean, atol=0.055)


@pytest.mark.parametrize("angle", [0, 0.5, np.pi / 2])
def test_a_texture_too_fine_for_half_the_size_turns_flat(angle: float) -> None:
    """A frequency of 0.9 pi leaves an image of itself, slow and in full, where no filter takes it away."""
    wave = [0.5, 0, 0.9 * np.pi * np.cos(angle), 0.9 * np.pi * np.sin(angle)]
    flat = Gaussians(np.array([[45, 35]]), np.array([3.0]), np.zeros(1), np.zeros(1), np.full((1, 3), 0.5))
    gaussians = with_waves(flat, wave)
    views = FULL, scaled(0.5), scaled(0.25)
    changes = [abs(reduced(gaussians, view) - reduced(flat, view)) for view in views]
    full, half, quarter = (change[:, 3:-3, 3:-3].max() for change in changes)  # all of Lanczos' kernel inside
    assert full > 0.45
    assert half < 0.01  # of an amplitude of 0.5
    assert quarter < 1e-3


def exact(row: list[NDArray[np.float64]], x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """One channel of a row of place(), its bell not cut at three sigma, at points."""
    (cx, cy), (a, b, c), (color,), (cos, sin, kx, ky) = row
    dx, dy = np.asarray(x) - cx, np.asarray(y) - cy
    phase = kx * dx + ky * dy
    weights = np.exp(-(a * dx * dx + 2 * b * dx * dy + c * dy * dy) / 2)
    values: NDArray[np.float64] = weights * (color + cos * np.cos(phase) + sin * np.sin(phase))
    return values


@pytest.mark.parametrize(("zx", "zy"), [(0.5, 0.5), (1, 0.3), (0.2, 1.5)])
def test_a_smaller_view_of_a_wave_is_its_convolution_with_the_prefilter(zx: float, zy: float) -> None:
    one = Gaussians(np.zeros((1, 2)), np.array([1.5]), np.array([0.4]), np.array([0.7]), np.array([[0.6]]))
    gaussians, view = with_waves(one, [0.7, -0.4, 0.5, -0.8]), View(1, 1, zx, zy)
    covariance = gaussians.covariances() * (zx * zx, zx * zy, zy * zy)
    sharp = [np.zeros(2), inverses(covariance)[0], one.colors[0], np.array([0.7, -0.4, 0.5 / zx, -0.8 / zy])]
    offsets = np.linspace(-25, 25, 2001)
    for x, y in ((0.0, 0.0), (1.5, -1.0), (-2.0, 0.5)):
        gx, gy = (bell(offsets, FOOTPRINT_VARIANCE * max(0, 1 - z**2)) for z in (zx, zy))
        ggx, ggy = (np.convolve(g, g, "same") for g in (gx, gy))
        around = exact(sharp, x - offsets, y - offsets[:, None])
        truth = 2 * gy @ around @ gx - ggy @ around @ ggx
        rendered = sum(exact([a[i] for a in place(gaussians, view)], x, y) for i in (0, 1))
        np.testing.assert_allclose(rendered, truth, atol=1e-9)


def bell(offsets: NDArray[np.float64], variance: float) -> NDArray[np.float64]:
    """Weights of sum one; the middle alone where the variance is zero."""
    weights = np.exp(-(offsets**2) / (2 * max(variance, 1e-9)))
    normalized: NDArray[np.float64] = weights / weights.sum()
    return normalized
