"""Random payloads that a file can hold, for the tests of the format and of what reads it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Header, Payload
from gicodec.format.coder import SymbolWriter
from gicodec.format.lattice import MIN_LOG_SIZE, N_CLASSES, N_STEP_CODES, Shapes, angle_levels, shape_steps
from gicodec.format.laws import COLOR_REACH
from gicodec.format.payload import color_shifts
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
) -> Payload:
    """Draw n Gaussians over all that the lattice has, near its limits more often than elsewhere."""
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
    return Payload(step, cells, classes, colors, sizes, elongations, angles, columns, rows)


def whole(values: NDArray[np.float64]) -> Symbols:
    """Round up."""
    return np.ceil(values).astype(np.int64)


def assert_same(a: Payload, b: Payload) -> None:
    """Assert that all symbols are equal."""
    assert a.step == b.step
    names = ("cells", "classes", "colors", "sizes", "elongations", "angles", "columns", "rows")
    for name in names:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
