"""Random payloads that a file can hold, for the tests of the format and of what reads it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format import GsiFile, GsiPayload, Header, Payload, RecordPayload
from gicodec.format.arrays import IntArray
from gicodec.format.constants import MAX_SIDE
from gicodec.format.file import RECORD_MODELS
from gicodec.format.gsi.cells import MARGIN, code_cells
from gicodec.format.gsi.colors import color_shifts
from gicodec.format.gsi.head import N_STEP_CODES
from gicodec.format.gsi.lattice import (
    MAX_FREQUENCY,
    MIN_LOG_SIZE,
    N_CLASSES,
    Shapes,
    angle_levels,
    energy_classes,
    shape_steps,
    wave_steps,
)
from gicodec.format.gsi.priors import COLOR_REACH
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.format.gsi.shapes import ELONGATION_BIN, N_ELONGATION_BINS, N_SIZE_BINS, SIZE_BIN
from gicodec.format.records.gaussianimage import GaussianImage
from gicodec.format.records.gaussianimage_plus import GaussianImagePlus
from gicodec.format.records.payload import RecordModel

KODAK = Header(768, 512)
HEADERS = (KODAK, Header(1, 1), Header(1, 300), Header(300, 1), Header(MAX_SIDE, 4096), Header(97, 61))
"""Of pictures of many shapes."""


def random_points(rng: np.random.Generator, n: int, header: Header) -> IntArray:
    """Draw [n, 2] pixels, of which some are alike and some in the margin."""
    most = np.array([header.width, header.height]) + MARGIN - 1
    points = rng.integers(-MARGIN, most + 1, (n, 2))
    crowd = rng.random(n) < 0.3
    points[crowd] = rng.normal(most / 2, most / 20, (crowd.sum(), 2))
    return np.clip(points, -MARGIN, most)


def between(rng: np.random.Generator, low: IntArray, high: IntArray) -> IntArray:
    """Draw from low to high - 1, one in five of them an end of it."""
    drawn = rng.integers(low, high)
    ends = np.where(rng.random(len(low)) < 0.5, low, high - 1)
    return np.where(rng.random(len(low)) < 0.2, ends, drawn)


def random_payload(
    rng: np.random.Generator,
    n: int,
    header: Header,
    points: IntArray | None = None,
    classes: IntArray | None = None,
    waves: float | None = None,
) -> GsiPayload:
    """Draw n Gaussians over all that the lattice has, near its limits more often than elsewhere.

    So many of them have a wave, as a share; None draws that too.
    """
    if not n:
        return GsiPayload.empty(header.channels)
    points = random_points(rng, n, header) if points is None else points
    cells, _ = code_cells(None, n, header.width, header.height, points)
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
    amplitudes, frequencies = random_waves(rng, classes, rng.random(n) < share)
    symbols = amplitudes.T, energy_classes(amplitudes), frequencies.T
    gaussians = QuantizedGaussians(classes, colors.T, sizes, elongations, angles, columns, rows, *symbols)
    return GsiPayload(step, cells, gaussians)


def random_waves(
    rng: np.random.Generator, classes: IntArray, which: NDArray[np.bool_]
) -> tuple[IntArray, IntArray]:
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


def random_records(
    rng: np.random.Generator, n: int, header: Header, *, any_order: bool = False
) -> RecordPayload:
    """Draw n Gaussians of one of the papers' methods: some alike, one in five symbols an end of its range."""
    model = random_model(rng, header)
    columns = [between(rng, np.zeros(n, np.int64), np.full(n, 1 << depth)) for _, depth in model.fields()]
    records = np.stack(columns, axis=1)
    if isinstance(model, GaussianImage):
        records[:, :2] = rng.normal(0, 2, (n, 2)).astype(np.float16).view(np.uint16)
    records[2::3] = records[: n - n // 3 : 2][: len(records[2::3])]
    return RecordPayload(model, records, any_order and n > 2)


def random_model(rng: np.random.Generator, header: Header) -> RecordModel:
    """Draw what the Gaussians of a file share."""
    kind = RECORD_MODELS[header.method]
    if kind is GaussianImagePlus:
        n = 5 + header.channels
        numbers = rng.normal(0, 1, (2, n)).astype(np.float32) / [[64], [1]]
        return GaussianImagePlus((12, 10, 6), *numbers.astype(np.float32))
    assert issubclass(kind, GaussianImage)
    scales, offsets = rng.random((2, 3)).astype(np.float32)
    codebooks = rng.normal(0, 1, (2, 8, header.channels)).astype(np.float16)
    return kind((header.width, header.height), scales, offsets, codebooks)


def whole(values: NDArray[np.float64]) -> IntArray:
    """Round up."""
    return np.ceil(values).astype(np.int64)


def gsi_payload(file: GsiFile) -> GsiPayload:
    """Return the payload of a file of our method."""
    assert isinstance(file.payload, GsiPayload)
    return file.payload


def assert_same(a: Payload, b: Payload) -> None:
    """Assert that all symbols, and what they share, are equal."""
    assert type(a) is type(b)
    if isinstance(a, RecordPayload) and isinstance(b, RecordPayload):
        assert type(a.model) is type(b.model)
        pairs = {**vars(a), **vars(a.model)}, {**vars(b), **vars(b.model)}
        for one in pairs:
            del one["model"]
    else:
        assert isinstance(a, GsiPayload)
        assert isinstance(b, GsiPayload)
        pairs = {**vars(a), **vars(a.gaussians)}, {**vars(b), **vars(b.gaussians)}
        for one in pairs:
            del one["gaussians"]
    for name, value in pairs[0].items():
        np.testing.assert_array_equal(value, pairs[1][name], err_msg=name)
