"""Random payloads that a file can hold, for the tests of the format and of what reads it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Header, Payload
from gicodec.format.coder import SymbolWriter
from gicodec.format.color_codes import color_shifts
from gicodec.format.lattice import (
    MAX_FREQUENCY,
    MIN_LOG_SIZE,
    N_CLASSES,
    N_STEP_CODES,
    Shapes,
    angle_levels,
    energy_classes,
    shape_steps,
    wave_steps,
)
from gicodec.format.laws import COLOR_REACH
from gicodec.format.shape_codes import ELONGATION_BIN, N_ELONGATION_BINS, N_SIZE_BINS, SIZE_BIN
from gicodec.format.tree import MARGIN, code_cells

Symbols = NDArray[np.int64]


def random_points(rng: np.random.Generator, n: int, header: Header) -> Symbols:
    """Draw [n, 2] pixels, of which some are alike and some in the margin."""
    most = np.array([header.width, header.height]) + MARGIN - 1
    points = rng.integers(-MARGIN, most + 1, (n, 2))
    crowd = rng.random(n) < 0.3
    points[crowd] = rng.normal(most / 2, most / 20, (crowd.sum(), 2))
    return np.clip(points, -MARGIN, most)


def between(rng: np.random.Generator, low: Symbols, high: Symbols) -> Symbols:
    """Draw from low to high - 1, one in five of them an end of it."""
    drawn = rng.integers(low, high)
    ends = np.where(rng.random(len(low)) < 0.5, low, high - 1)
    return np.where(rng.random(len(low)) < 0.2, ends, drawn)


def random_payload(
    rng: np.random.Generator,
    n: int,
    header: Header,
    points: Symbols | None = None,
    classes: Symbols | None = None,
    waves: float | None = None,
) -> Payload:
    """Draw n Gaussians over all that the lattice has, near its limits more often than elsewhere.

    So many of them have a wave, as a share; None draws that too.
    """
    if not n:
        return Payload.empty(header.channels)
    points = random_points(rng, n, header) if points is None else points
    cells, _ = code_cells(SymbolWriter(), n, header.width, header.height, points)
    if classes is None:
        classes = np.where(rng.random(n) < 0.2, rng.integers(0, N_CLASSES, n), rng.binomial(12, 0.4, n))
    reach = COLOR_REACH << color_shifts(classes)
    colors = np.clip(rng.laplace(0, reach / 8, (header.channels, n)), -reach, reach).astype(np.int64)
    colors[:, ::7] = reach[::7] + (1 << color_shifts(classes[::7])) - 1
    steps = shape_steps(classes)
    m_end, r_end = MIN_LOG_SIZE + N_SIZE_BINS * SIZE_BIN, N_ELONGATION_BINS * ELONGATION_BIN
    sizes = between(rng, whole(MIN_LOG_SIZE / steps), whole(m_end / steps))
    elongations = between(rng, np.zeros_like(classes), whole(r_end / steps))
    elongations[::3] = 0
    angles = between(rng, np.zeros_like(classes), angle_levels(classes, elongations))
    shapes = Shapes.of(classes, sizes, elongations, angles)
    first, count = shapes.rows_in(cells)
    rows = between(rng, first, first + count)
    first, count = shapes.columns_in(cells, rows)
    columns = between(rng, first, first + count)
    step = int(rng.integers(N_STEP_CODES))
    share = rng.choice([0, 0.3, 1]) if waves is None else waves
    pairs = random_waves(rng, classes, rng.random(n) < share)
    return Payload(step, cells, classes, colors, sizes, elongations, angles, columns, rows, *pairs)


def random_waves(
    rng: np.random.Generator, classes: Symbols, which: NDArray[np.bool_]
) -> tuple[Symbols, Symbols]:
    """Draw amplitudes and frequencies [2, N] of the waves that some have [N]."""
    reach = (COLOR_REACH << color_shifts(classes)) + (1 << color_shifts(classes)) - 1
    amplitudes = np.clip(rng.laplace(0, reach / 8, (2, len(classes))), -reach, reach).astype(np.int64)
    amplitudes[:, ::5] = reach[::5] * rng.choice([-1, 1], (2, len(classes)))[:, ::5]
    amplitudes[rng.integers(2), ::3] = 0
    amplitudes *= which
    end = whole(MAX_FREQUENCY / wave_steps(energy_classes(amplitudes)))
    along, across = between(rng, 1 - end, end), between(rng, np.zeros_like(end), end)
    across[::4] = 0
    along = np.where(across == 0, abs(along), along)
    return amplitudes, np.stack([along, across]) * amplitudes.any(axis=0)


def whole(values: NDArray[np.float64]) -> Symbols:
    """Round up."""
    return np.ceil(values).astype(np.int64)


def assert_same(a: Payload, b: Payload) -> None:
    """Assert that all symbols are equal."""
    for name in (field.name for field in fields(Payload)):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
