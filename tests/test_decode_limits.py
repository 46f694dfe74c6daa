"""Decoding at its limits: immense pictures, too much work, extreme symbols."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from payloads import assert_same, random_payload, random_points

from gicodec import Crop, LimitError, decode
from gicodec.drawing import MAX_WORK
from gicodec.format import MAX_PIXELS, GsiFile, GsiPayload, Header, Kernel, Section
from gicodec.format.constants import SectionType
from gicodec.format.container import write_sections
from gicodec.format.gsi.cells import MARGIN, code_cells
from gicodec.format.gsi.colors import color_shifts
from gicodec.format.gsi.head import N_STEP_CODES
from gicodec.format.gsi.lattice import MAX_LOG_SIZE, N_CLASSES, Shapes, angle_levels, shape_steps
from gicodec.format.gsi.priors import COLOR_REACH
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.format.varint import write_varint
from gicodec.quantize import dequantize


def plain_file(header: Header, n: int, log_size: float, log_elongation: float = 0) -> bytes:
    """A file of n equal, very bright, diagonal Gaussians at (1, 1), or next to it."""
    classes = np.full(n, N_CLASSES - 1)
    sizes, elongations = (np.rint(m / shape_steps(classes)).astype(int) for m in (log_size, log_elongation))
    angles = angle_levels(classes, elongations) // 4
    shapes = Shapes.of(classes, sizes, elongations, angles)
    columns, rows = shapes.nearest_places(np.ones((n, 2)))
    points = np.floor(shapes.centers(columns, rows)).astype(np.int64)
    cells, _ = code_cells(None, n, header.width, header.height, points)
    colors = np.tile([COLOR_REACH, 0, 0], (n, 1)) << color_shifts(classes)[:, None]
    none = np.zeros((n, 2), np.int64)
    planes = (sizes, elongations, angles, columns, rows, none, none[:, 0], none)
    gaussians = QuantizedGaussians(classes, colors, *planes)
    return GsiFile(header, GsiPayload(N_STEP_CODES - 1, cells, gaussians)).to_bytes()


def assert_refused_in_little_memory(data: bytes, reason: str, **options: Any) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match=reason):
            decode(data, **options)
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()


def test_too_many_pixels_are_refused_before_they_are_allocated() -> None:
    data = plain_file(Header(2000, 1000), 1, 1)
    side = math.isqrt(MAX_PIXELS)
    views: tuple[dict[str, Any], ...] = (
        {"scale": 1000},
        {"size": (side, side + 1)},
        {"scale": 1e9, "crop": Crop(side, side + 1, 5, 5)},
        {"scale": 1.7e308},
        {"size": (10**400, 1)},
        {"size": (2**60, 2**60), "crop": Crop(1, 1, 0, 0)},
    )
    for view in views:
        assert_refused_in_little_memory(data, "pixels", **view)


def test_a_crop_of_an_immense_picture_is_drawn() -> None:
    data = plain_file(Header(2000, 1000), 1, 1)
    ((x, y),) = dequantize(GsiFile.from_bytes(data).payload).centers
    for scale in (1e4, 1e9, 1e12):
        crop = Crop(4, 3, round(x * scale), round(y * scale))
        picture = decode(data, scale=scale, crop=crop)
        assert picture.shape == (3, 4, 3)
        assert picture.min() == 255  # the Gaussian's center


def test_too_much_work_is_refused_before_it_is_begun() -> None:
    side = 8192
    limit = MAX_WORK // side**2
    data = plain_file(Header(side, side), limit + 1, MAX_LOG_SIZE - 0.1, 3)
    assert len(data) < 20 * limit  # little to read, much to do
    assert_refused_in_little_memory(data, "Gaussian-pixels")
    assert decode(data, crop=Crop(2, 2, 0, 0)).shape == (2, 2, 3)
    assert decode(data, size=(70, 70)).shape == (70, 70, 3)


def test_more_gaussians_than_a_picture_may_have_are_not_decoded() -> None:
    header = Header(16, 4)
    most = plain_file(header, header.max_gaussians, 1)
    assert decode(most).shape == (4, 16, 3)
    head = Section(SectionType.HEADER, header.to_bytes())
    for n in (header.max_gaussians + 1, 2**31):
        body = Section(SectionType.GAUSSIANS, write_varint(n) + bytes(5))
        assert_refused_in_little_memory(write_sections([head, body]), "Gaussians")


@pytest.mark.parametrize("seed", range(40))
def test_extreme_symbols_are_drawn_or_refused(seed: int) -> None:
    """Warnings are errors here."""
    rng = np.random.default_rng(seed)
    n, channels = int(rng.integers(1, 60)), 3 if seed % 8 else 1
    header = Header(1 + seed, 41 - seed, channels, kernel=Kernel(seed % 2))
    classes = rng.choice([0, 5, 16, N_CLASSES - 1], n) if seed % 4 else np.full(n, N_CLASSES - 1)
    step = [0, N_STEP_CODES // 2, N_STEP_CODES - 1][seed % 3]
    payload = replace(random_payload(rng, n, header, classes=classes), step=step)
    data = GsiFile(header, payload).to_bytes()
    assert_same(GsiFile.from_bytes(data).payload, payload)
    views: tuple[dict[str, Any], ...] = (
        {},
        {"scale": 0.3},
        {"scale": 3.3, "bits": 16},
        {"size": (90, 7)},
        {"size": (7, 90), "crop": Crop(3, 40, 4, 50)},
    )
    for view in views:
        assert decode(data, **view).shape[2:] == (() if channels == 1 else (3,))


@pytest.mark.parametrize("size", [(65535, 1), (1, 65535), (16384, 16384)])
def test_extreme_symbols_of_large_pictures_are_drawn_or_refused(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    header = Header(*size)
    points = random_points(rng, 32, header)
    points[:2] = [[-MARGIN, -MARGIN], [header.width + MARGIN - 1, header.height + MARGIN - 1]]
    payload = random_payload(rng, 32, header, points, np.tile([0, N_CLASSES - 1], 16))
    data = GsiFile(header, payload).to_bytes()
    assert decode(data, size=(9, 9)).shape == (9, 9, 3)
    assert decode(data, crop=Crop(1, 1, 0, 0)).shape == (1, 1, 3)
