"""From the Gaussians of a fit to symbols: within half a step, in one order, always what a file can hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from payloads import assert_same
from scenes import Array

from gicodec.encoder.tuning.state import FrozenState, State, to_parameters, to_state
from gicodec.fit.parameters import AMPLITUDES, COLOR, FREQUENCIES, SIZE, WAVE, U, V, to_gaussians
from gicodec.format import GsiFile, GsiPayload, Header
from gicodec.format.arrays import FloatArray
from gicodec.format.gsi.cells import MARGIN
from gicodec.format.gsi.head import step_of
from gicodec.format.gsi.lattice import MAX_FREQUENCY, angle_levels, energy_classes, shape_steps, wave_steps
from gicodec.quantize import dequantize

KODAK = Header(768, 512)
STEP_CODE = 170
STEP = step_of(STEP_CODE)
N = 400


def some(seed: int = 0, n: int = N) -> Array:
    """States whose rounded colors all differ, so that each is found again; see :func:`matched`."""
    rng = np.random.default_rng(seed)
    values = np.zeros((n, 12))
    values[:, 0] = rng.uniform(20, KODAK.width - 20, n)
    values[:, 1] = rng.uniform(20, KODAK.height - 20, n)
    values[:, SIZE] = rng.uniform(-1.5, 4, n)
    r, turn = rng.uniform(0, 2.9, n), rng.uniform(-math.pi, math.pi, n)
    values[:, U], values[:, V] = r * np.cos(turn), r * np.sin(turn)
    triples = np.stack(np.unravel_index(rng.permutation(13**3)[:n], (13, 13, 13)), axis=1) - 6
    values[::2, AMPLITUDES] = STEP * rng.uniform(-6, 6, (n, 2))[::2]
    values[::2, FREQUENCIES] = rng.uniform(-1.5, 1.5, (n, 2))[::2]
    values[:, COLOR:] = STEP * (triples * rng.choice([1, 8]) + rng.uniform(-0.49, 0.49, (n, 3)))
    return values.astype(np.float32)


def matched(values: Array, payload: GsiPayload) -> NDArray[np.int64]:
    """Find the row of every Gaussian of a payload by its color."""
    colors = np.rint(values[:, COLOR:].astype(np.float64) / STEP).astype(np.int64)
    rows = {tuple(color): row for row, color in enumerate(colors.tolist())}
    return np.array([rows[tuple(color)] for color in payload.gaussians.colors.tolist()])


def assert_file_holds(payload: GsiPayload, header: Header) -> None:
    assert_same(GsiFile.from_bytes(GsiFile(header, payload).to_bytes()).payload, payload)


def test_parameters_and_states_are_each_other() -> None:
    values = some()
    np.testing.assert_allclose(to_state(to_parameters(values)), values, rtol=1.3e-6, atol=1e-5)
    gaussians = to_gaussians(to_parameters(values))
    energy = np.linalg.norm(gaussians.colors, axis=1) * np.exp(gaussians.log_sizes)
    np.testing.assert_allclose(energy, np.linalg.norm(values[:, COLOR:], axis=1), rtol=1e-5)
    assert gaussians.waves is not None
    channels = 3 * np.square(gaussians.waves[:, :2]).sum(axis=1) / 2  # of a wave, half
    energy = channels * np.exp(2 * gaussians.log_sizes)
    np.testing.assert_allclose(energy, np.square(values[:, AMPLITUDES]).sum(axis=1), rtol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_no_attribute_is_off_by_more_than_half_a_step(seed: int) -> None:
    values = some(seed)
    payload = State(values, STEP).payload(KODAK)
    assert payload.step == STEP_CODE
    assert payload.n_gaussians == N
    before = values.astype(np.float64)[matched(values, payload)]
    after = dequantize(payload)
    half = 0.5 * (1 + 1e-5)
    steps = shape_steps(payload.gaussians.classes)
    assert (abs(before[:, COLOR:] / STEP - payload.gaussians.colors) <= half).all()
    assert (abs(before[:, SIZE] - after.log_sizes) <= half * steps).all()
    r = np.hypot(before[:, U], before[:, V])
    assert (abs(r - after.log_elongations) <= half * steps).all()
    levels = angle_levels(payload.gaussians.classes, payload.gaussians.elongations)
    turn = (np.arctan2(before[:, V], before[:, U]) / 2 - after.angles) % math.pi
    assert (np.minimum(turn, math.pi - turn) <= half * math.pi / levels).all()
    assert_centers_are_near(before[:, :2], payload, half)
    assert_waves_are_near(before[:, WAVE], payload, half)


def assert_waves_are_near(before: FloatArray, payload: GsiPayload, half: float) -> None:
    """Each, or the same with all signs but A's turned."""
    after = dequantize(payload).waves
    assert after is not None
    amplitudes = payload.gaussians.amplitudes
    turned = np.where((after[:, 2:] * before[:, 2:]).sum(axis=1) < 0, -1, 1)
    expected = before[:, :2] / STEP * np.stack([np.ones(N), turned], axis=1)
    exact = payload.gaussians.frequencies.any(axis=1)  # of those of frequency 0 the sign is lost
    assert (abs(expected - amplitudes) <= half)[exact].all()
    steps = wave_steps(energy_classes(payload.gaussians.amplitudes.T))[:, None]
    shapes = dequantize(payload).covariances()[:, [0, 1, 1, 2]].reshape(-1, 2, 2)
    error = before[:, 2:] - after[:, 2:] * turned[:, None]
    # In standard deviations along and across: at most half a step of each.
    distance = np.sqrt(np.einsum("ni,nij,nj->n", error, shapes, error))
    within = (abs(payload.gaussians.frequencies * steps) < MAX_FREQUENCY - steps).all(axis=1)
    kept = payload.gaussians.amplitudes.any(axis=1) & exact & within
    assert kept.sum() > N / 4
    assert (distance <= np.sqrt(2) * half * steps[:, 0])[kept].all()
    assert not after[~payload.gaussians.amplitudes.any(axis=1)].any()


def assert_centers_are_near(before: FloatArray, payload: GsiPayload, half: float) -> None:
    """All that the lattice has inside the picture's margin; a coarse one may have none there."""
    shapes = payload.gaussians.shapes()
    moved = before - dequantize(payload).centers
    nearest = shapes.centers(*shapes.nearest_places(before))
    inside = ((nearest > -MARGIN) & (nearest < np.array([768, 512]) + MARGIN)).all(axis=1)
    assert inside.mean() > 0.9
    along_the_row = moved[:, 0] - shapes.xy / shapes.yy * moved[:, 1]
    assert (abs(moved[:, 1]) <= half * shapes.row_steps)[inside].all()
    assert (abs(along_the_row) <= half * shapes.column_steps + 1e-6)[inside].all()


def test_classes_are_those_of_the_colors_until_they_are_frozen() -> None:
    free = State(some(), STEP * 1.003)
    payload = free.payload(KODAK)
    coefficients = np.hstack([payload.gaussians.colors, payload.gaussians.amplitudes])
    np.testing.assert_array_equal(payload.gaussians.classes, energy_classes(coefficients.T))
    state = free.freeze_classes()
    assert state.step == STEP  # one that a file can name
    before = state.payload(KODAK)
    state.values[:, COLOR:] *= 1.7
    after = state.payload(KODAK)
    np.testing.assert_array_equal(after.gaussians.classes, before.gaussians.classes)
    np.testing.assert_array_equal(after.gaussians.columns, before.gaussians.columns)
    assert (after.gaussians.colors != before.gaussians.colors).any()
    assert_file_holds(after, KODAK)


def in_one_order(values: Array) -> NDArray[np.int64]:
    """Symbols in the order of the file; those of one pixel, whose order is the state's, by color."""
    payload = State(values, STEP).payload(KODAK)
    symbols = np.column_stack([payload.cells, *vars(payload.gaussians).values()])
    _, cells = np.unique(payload.cells, axis=0, return_inverse=True)
    first_seen = np.array([np.flatnonzero(cells == cell)[0] for cell in cells])
    return symbols[np.lexsort((*payload.gaussians.colors.T, first_seen))]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_does_not_matter(seed: int) -> None:
    values = some(seed)
    order = np.random.default_rng(seed).permutation(N)
    np.testing.assert_array_equal(in_one_order(values[order]), in_one_order(values))


def test_symbols_are_their_own_quantization() -> None:
    state = State(some(), STEP)
    payload = state.payload(KODAK)
    gaussians = dequantize(payload)
    assert gaussians.waves is not None
    parameters = np.column_stack(
        [gaussians.centers, gaussians.log_sizes, np.zeros((N, 2)), gaussians.waves, gaussians.colors]
    )
    parameters[:, U] = gaussians.log_elongations * np.cos(2 * gaussians.angles)
    parameters[:, V] = gaussians.log_elongations * np.sin(2 * gaussians.angles)
    again = State(to_state(parameters.astype(np.float32)), STEP)
    assert_same(again.payload(KODAK), payload)


@pytest.mark.parametrize("size", [(1, 1), (1, 70), (64, 48), (65535, 4096)])
@pytest.mark.parametrize("scale", [0.0, 1.0, 300.0, 1e4, 1e6])
def test_whatever_the_state_a_file_can_hold_it(size: tuple[int, int], scale: float) -> None:
    header = Header(*size)
    rng = np.random.default_rng(int(scale))
    values = rng.normal(0, 3, (64, 12))
    values[::3, WAVE] = 0
    values[:, 0] = rng.uniform(-30, size[0] + 30, 64)
    values[:, 1] = rng.uniform(-30, size[1] + 30, 64)
    values[:, SIZE] = rng.uniform(-4, 9, 64)
    values[:, COLOR:] *= STEP * scale
    values[:, AMPLITUDES] *= STEP * scale
    free = State(values.astype(np.float32), STEP)
    assert_file_holds(free.payload(header), header)
    state = free.freeze_classes()
    state.values[:, COLOR:] *= -40
    assert_file_holds(state.payload(header), header)


def test_few_gaussians_are_fine_too() -> None:
    for n in (1, 2):
        payload = State(some(n=n), STEP).payload(KODAK)
        assert payload.n_gaussians == n
        assert_file_holds(payload, KODAK)


def test_rows_can_be_left_out() -> None:
    state = State(some(), STEP).freeze_classes()
    fewer = state.without(np.array([0, 3, N - 1]))
    assert fewer.payload(KODAK).n_gaussians == N - 3
    assert len(fewer.classes()) == N - 3
    assert not isinstance(state.at_step(0.5), FrozenState)
    assert len(state.at_step(0.5).values) == N
