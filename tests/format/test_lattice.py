"""The lattice: places are found again, nothing moves by more than half a step, every level has its bin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from payloads import random_payload

from gicodec.format import Header
from gicodec.format.arrays import IntArray
from gicodec.format.entropy.binned import Bins
from gicodec.format.gsi.colors import color_scales, color_shifts
from gicodec.format.gsi.lattice import (
    MAX_FREQUENCY,
    N_CLASSES,
    Shapes,
    angle_levels,
    color_classes,
    energy_classes,
    shape_steps,
    wave_steps,
)
from gicodec.format.gsi.waves import FREQUENCY_ENDS

KODAK = Header(768, 512)


def random_shapes(seed: int, n: int = 2000) -> tuple[Shapes, IntArray]:
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 20, n)
    payload = random_payload(rng, n, KODAK, classes=classes)
    return payload.gaussians.shapes(), payload.cells


@pytest.mark.parametrize("seed", range(5))
def test_a_place_is_nearest_to_its_own_center(seed: int) -> None:
    shapes, cells = random_shapes(seed)
    columns, rows = shapes.nearest_places(cells[:, :2] + np.random.default_rng(seed).random((2000, 2)))
    again = shapes.nearest_places(shapes.centers(columns, rows))
    np.testing.assert_array_equal(again[0], columns)
    np.testing.assert_array_equal(again[1], rows)


@pytest.mark.parametrize("seed", range(5))
def test_centers_move_by_at_most_half_a_step(seed: int) -> None:
    shapes, cells = random_shapes(seed)
    centers = cells[:, :2] + np.random.default_rng(seed).random((2000, 2)) * cells[:, 2:]
    moved = centers - shapes.centers(*shapes.nearest_places(centers))
    along_the_row = moved[:, 0] - shapes.xy / shapes.yy * moved[:, 1]
    half = 0.5 * (1 + 1e-6)
    assert (abs(moved[:, 1]) <= half * shapes.row_steps).all()
    assert (abs(along_the_row) <= half * shapes.column_steps + 1e-9).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_place_inside_a_cell_is_one_of_its_places(seed: int) -> None:
    shapes, cells = random_shapes(seed)
    centers = cells[:, :2] + np.random.default_rng(seed).random((2000, 2)) * cells[:, 2:]
    columns, rows = shapes.nearest_places(centers)
    rounded = shapes.centers(columns, rows)
    edge = np.minimum(rounded - cells[:, :2], cells[:, :2] + cells[:, 2:] - rounded).min(axis=1)
    inside = edge > 1e-9
    assert inside.mean() > 0.3
    for place, (first, count) in (
        (rows, shapes.rows_in(cells)),
        (columns, shapes.columns_in(cells, rows)),
    ):
        assert (count >= 1).all()
        assert ((first <= place) & (place < first + count))[inside].all()


def test_a_cell_of_the_lattice_is_as_large_as_the_gaussian_asks() -> None:
    shapes, _ = random_shapes(1)
    area = shapes.row_steps * shapes.column_steps
    expected = 2 * np.sqrt(shapes.determinant) / shapes.amplitudes**2
    np.testing.assert_allclose(area, expected, rtol=1e-12)
    np.testing.assert_allclose(shapes.xx * shapes.yy - shapes.xy**2, shapes.determinant, rtol=1e-6)


def test_circles_have_one_angle_and_long_ones_many() -> None:
    classes = np.arange(N_CLASSES)
    assert (angle_levels(classes, np.zeros(N_CLASSES, np.int64)) == 1).all()
    steps = shape_steps(classes)
    elongations = np.rint(1.0 / steps).astype(np.int64)
    exact = math.pi / steps * np.sinh(2 * elongations * steps)
    levels = angle_levels(classes, elongations)
    assert (abs(levels - exact) <= 1 + 1e-9 * exact).all()


def test_classes_are_half_octaves_of_length() -> None:
    for value, expected in ((0, 0), (1, 0), (2, 2), (3, 3), (4, 4), (5, 4), (2**20, 31)):
        assert energy_classes(np.array([[value], [0], [0]]))[0] == expected
    squares = np.array([1, 2, 3, 4, 7, 8])
    colors = np.array([[1, 1, 1, 2, 2, 2], [0, 1, 1, 0, 1, 2], [0, 0, 1, 0, 1, 0]])
    bits = [math.floor(math.log2(s)) for s in np.square(colors).sum(axis=0)]
    assert len(squares) == len(bits)
    np.testing.assert_array_equal(energy_classes(colors), bits)
    steps = shape_steps(np.arange(N_CLASSES))
    np.testing.assert_allclose(steps, 2.0 ** (-(2 * np.arange(N_CLASSES) + 1) / 4), rtol=1e-15)


@pytest.mark.parametrize("k", range(N_CLASSES))
@pytest.mark.parametrize(("least", "width", "n_bins"), [(-2.1, 0.35, 26), (0.0, 0.3, 12)])
def test_every_level_has_its_bin(k: int, least: float, width: float, n_bins: int) -> None:
    step = shape_steps(np.array([k]))[0]
    first, end = math.ceil(least / step), math.ceil((least + n_bins * width) / step)
    levels = np.unique(np.linspace(first, end - 1, 3000).astype(np.int64))
    ends = least + np.arange(n_bins + 1, dtype=np.float64) * width
    bins = Bins(ends, np.full(len(levels), step)).of(levels)
    assert (np.diff(bins) >= 0).all()
    assert bins[0] >= 0
    assert bins[-1] < n_bins
    values: NDArray[np.float64] = (levels * step - least) / width
    assert (abs(values - bins - 0.5) <= 0.5 + 1e-9).all()


def test_colors_reach_all_that_their_class_needs() -> None:
    k = np.arange(N_CLASSES)
    largest = np.sqrt(2.0 ** (k + 1))  # a class's energy is below 2^(k + 1)
    assert (16 << color_shifts(k) >= largest).all()


def test_colors_have_the_energy_that_a_wave_leaves() -> None:
    classes = np.full(6, 4)  # 16 to 31 in all
    amplitudes = np.array([[0, 2, 2, 3, 4, 9], [0, 2, 3, 2, 0, 9]])
    np.testing.assert_array_equal(color_classes(classes, amplitudes), [4, 4, 3, 3, 1, 1])


def test_scales_of_colors_are_those_that_have_a_law() -> None:
    k = np.arange(N_CLASSES)
    scales = color_scales(k, k)
    np.testing.assert_array_equal(scales, np.where(k < 8, k, 6 + k % 2))
    assert (color_scales(k, np.minimum(k, 1)) >= 0).all()


def test_frequencies_are_as_fine_as_their_wave_is_strong() -> None:
    k = np.arange(N_CLASSES)
    np.testing.assert_allclose(wave_steps(k), math.sqrt(2) * shape_steps(k), rtol=1e-15)


@pytest.mark.parametrize("k", range(N_CLASSES))
def test_every_frequency_has_its_bin(k: int) -> None:
    step = wave_steps(np.array([k]))[0]
    levels = np.unique(np.linspace(0, math.ceil(MAX_FREQUENCY / step) - 1, 3000).astype(np.int64))
    bins = Bins(FREQUENCY_ENDS, np.full(len(levels), step)).of(levels)
    assert (bins >= 0).all()
    assert (FREQUENCY_ENDS[bins] <= levels * step * (1 + 1e-12)).all()
    assert (levels * step < FREQUENCY_ENDS[bins + 1] * (1 + 1e-12)).all()


def test_bins_of_frequencies_grow_with_them() -> None:
    widths = np.diff(FREQUENCY_ENDS)
    assert (widths[:8] == 0.5).all()
    assert (widths[8:] <= FREQUENCY_ENDS[8:-1] / 4).all()
    assert FREQUENCY_ENDS[-1] == MAX_FREQUENCY
