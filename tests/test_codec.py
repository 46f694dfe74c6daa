"""The two pipelines: the same bytes and pixels every time, at any size, from any file or a clean refusal."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from functools import cache
from itertools import groupby

import numpy as np
import pytest
from numpy.typing import NDArray
from payloads import assert_same, random_payload, random_points
from pictures import photograph, texture

from gicodec import (
    Crop,
    DecodeOptions,
    Encoded,
    EncodeOptions,
    GsiError,
    LimitError,
    Progress,
    UnsupportedFileError,
    decode,
    encode,
    psnr,
)
from gicodec.codec import MAX_WORK
from gicodec.format import MAX_PIXELS, GsiFile, GsiPayload, Header, Kernel, Section
from gicodec.format.constants import SectionType
from gicodec.format.container import write_sections
from gicodec.format.gsi.cells import MARGIN, code_cells
from gicodec.format.gsi.colors import color_shifts
from gicodec.format.gsi.lattice import (
    MAX_LOG_SIZE,
    N_CLASSES,
    N_STEP_CODES,
    Shapes,
    angle_levels,
    shape_steps,
)
from gicodec.format.gsi.priors import COLOR_REACH
from gicodec.format.varint import write_varint
from gicodec.quantize import dequantize

OPTIONS = EncodeOptions(bpp=1, effort="fast")


@cache
def encoded() -> Encoded:
    return encode(photograph(), OPTIONS)


def test_a_photograph_survives() -> None:
    assert encoded().psnr > 23
    picture = decode(encoded().data)
    assert picture.shape == photograph().shape
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert psnr(photograph(), picture) == encoded().psnr
    assert GsiFile.from_bytes(encoded().data).payload.n_gaussians == encoded().n_gaussians


def test_psnr_is_in_decibels_of_8_bits() -> None:
    black, white = np.zeros((2, 3, 3), np.uint8), np.full((2, 3, 3), 255, np.uint8)
    assert psnr(black, black) == math.inf
    assert psnr(black, white) == psnr(white, black) == 0
    np.testing.assert_allclose(psnr(black, black + np.uint8(1)), 48.13, atol=0.01)


def test_only_picture_and_options_decide_the_bytes() -> None:
    for threads in (1, 3):
        options = EncodeOptions(bpp=1, effort="fast", threads=threads)
        assert encode(photograph().copy(), options).data == encoded().data
    rows_reversed = np.ascontiguousarray(photograph()[::-1])[::-1]
    assert encode(rows_reversed, OPTIONS).data == encoded().data
    assert encode(photograph(), EncodeOptions(bpp=1, effort="fast", seed=1)).data != encoded().data


def test_threads_change_no_pixel() -> None:
    alone = decode(encoded().data, DecodeOptions(threads=1, scale=7, bits=16))
    for threads in (2, 5):
        together = decode(encoded().data, DecodeOptions(threads=threads, scale=7, bits=16))
        np.testing.assert_array_equal(together, alone)


def test_progress_is_of_the_fit_and_then_of_the_tuning() -> None:
    reports: list[Progress] = []
    encode(photograph(), OPTIONS, reports.append)
    assert [stage for stage, _ in groupby(report.stage for report in reports)] == ["fit", "tune"]
    assert reports[-1].done == reports[-1].total
    assert reports[-1].n_gaussians >= encoded().n_gaussians > 0


def test_texture_gets_waves_and_what_needs_none_is_as_without() -> None:
    for pixels, needed in ((texture(), True), (photograph(), False)):
        free = encode(pixels, EncodeOptions(bpp=1, effort="fast", waves=True))
        plain = encode(pixels, EncodeOptions(bpp=1, effort="fast", waves=False))
        n_waves, none = (GsiFile.from_bytes(e.data).payload.n_waves for e in (free, plain))
        assert none == 0
        assert (n_waves > 0) == needed
        assert (free.data != plain.data) == needed
        assert free.psnr >= plain.psnr + 0.3 * needed


def test_a_number_of_gaussians_is_of_plain_ones() -> None:
    encoded = encode(texture(), EncodeOptions(gaussians=60, effort="fast", waves=True))
    assert encoded.n_gaussians == 60
    assert GsiFile.from_bytes(encoded.data).payload.n_waves == 0


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 1), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), np.uint16),
    ],
    ids=lambda pixels: f"{pixels.dtype}-{pixels.shape}",
)
def test_other_arrays_are_refused(pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="must be uint8"):
        encode(pixels, OPTIONS)


@pytest.mark.parametrize("shape", [(0, 4, 3), (4, 0, 3)])
def test_empty_pictures_are_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises((ValueError, LimitError)):
        encode(np.zeros(shape, np.uint8), OPTIONS)


def test_16_bits_round_to_the_8() -> None:
    eight = decode(encoded().data).astype(int)
    sixteen = decode(encoded().data, DecodeOptions(bits=16))
    assert sixteen.dtype == np.uint16
    assert (abs(sixteen / 257 - eight) <= 0.5 + 1 / 257).all()
    assert len(np.unique(sixteen)) > 1000


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7, 3.0, 0.001])
def test_any_scale_has_its_size(scale: float) -> None:
    height, width, _ = photograph().shape
    expected = max(1, round(height * scale)), max(1, round(width * scale)), 3
    assert decode(encoded().data, DecodeOptions(scale=scale)).shape == expected


def test_any_scale_shows_the_same_picture() -> None:
    full = decode(encoded().data)
    tripled = decode(encoded().data, DecodeOptions(scale=3))
    assert abs(tripled[1::3, 1::3].astype(int) - full).max() <= 1  # the same samples, rounded apart
    half = decode(encoded().data, DecodeOptions(size=(32, 24)))
    mean = full.reshape(24, 2, 32, 2, 3).mean(axis=(1, 3))
    assert psnr(np.rint(mean).astype(np.uint8), half) > 28
    np.testing.assert_array_equal(decode(encoded().data, DecodeOptions(scale=0.5)), half)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_a_crop_is_the_part_of_the_whole(scale: float) -> None:
    whole = decode(encoded().data, DecodeOptions(scale=scale))
    height, width, _ = whole.shape
    for crop in (Crop(width, height, 0, 0), Crop(5, 7, 3, 2), Crop(1, 1, width - 1, height - 1)):
        part = decode(encoded().data, DecodeOptions(scale=scale, crop=crop))
        of_whole = whole[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width]
        assert part.shape == of_whole.shape
        assert abs(part.astype(int) - of_whole).max() <= 1  # rounded after another sum


@pytest.mark.parametrize(
    "crop", [Crop(65, 1, 0, 0), Crop(1, 49, 0, 0), Crop(1, 1, 64, 0), Crop(1, 1, -1, 0), Crop(0, 1, 0, 0)]
)
def test_a_crop_beyond_the_picture_is_refused(crop: Crop) -> None:
    with pytest.raises(ValueError, match="not inside"):
        decode(encoded().data, DecodeOptions(crop=crop))


def plain_file(header: Header, n: int, log_size: float, log_elongation: float = 0) -> bytes:
    """A file of n equal, very bright, diagonal Gaussians at (1, 1), or next to it."""
    classes = np.full(n, N_CLASSES - 1)
    sizes, elongations = (np.rint(m / shape_steps(classes)).astype(int) for m in (log_size, log_elongation))
    angles = angle_levels(classes, elongations) // 4
    shapes = Shapes.of(classes, sizes, elongations, angles)
    columns, rows = shapes.nearest_places(np.ones((n, 2)))
    points = np.floor(shapes.centers(columns, rows)).astype(np.int64)
    cells, _ = code_cells(None, n, header.width, header.height, points)
    colors = np.tile([[COLOR_REACH], [0], [0]], n) << color_shifts(classes)
    none = np.zeros((2, n), np.int64)
    planes = (sizes, elongations, angles, columns, rows, none, none)
    return GsiFile(header, GsiPayload(N_STEP_CODES - 1, cells, classes, colors, *planes)).to_bytes()


def assert_refused_in_little_memory(data: bytes, options: DecodeOptions, reason: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match=reason):
            decode(data, options)
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()


def test_too_many_pixels_are_refused_before_they_are_allocated() -> None:
    data = plain_file(Header(2000, 1000), 1, 1)
    side = math.isqrt(MAX_PIXELS)
    for options in (
        DecodeOptions(scale=1000),
        DecodeOptions(size=(side, side + 1)),
        DecodeOptions(scale=1e9, crop=Crop(side, side + 1, 5, 5)),
        DecodeOptions(scale=1.7e308),
        DecodeOptions(size=(10**400, 1)),
        DecodeOptions(size=(2**60, 2**60), crop=Crop(1, 1, 0, 0)),
    ):
        assert_refused_in_little_memory(data, options, "pixels")


def test_a_crop_of_an_immense_picture_is_drawn() -> None:
    data = plain_file(Header(2000, 1000), 1, 1)
    ((x, y),) = dequantize(GsiFile.from_bytes(data).payload).centers
    for scale in (1e4, 1e9, 1e12):
        crop = Crop(4, 3, round(x * scale), round(y * scale))
        picture = decode(data, DecodeOptions(scale=scale, crop=crop))
        assert picture.shape == (3, 4, 3)
        assert picture.min() == 255  # the Gaussian's center


def test_too_much_work_is_refused_before_it_is_begun() -> None:
    side = 8192
    limit = MAX_WORK // side**2
    data = plain_file(Header(side, side), limit + 1, MAX_LOG_SIZE - 0.1, 3)
    assert len(data) < 20 * limit  # little to read, much to do
    assert_refused_in_little_memory(data, DecodeOptions(), "Gaussian-pixels")
    assert decode(data, DecodeOptions(crop=Crop(2, 2, 0, 0))).shape == (2, 2, 3)
    assert decode(data, DecodeOptions(size=(70, 70))).shape == (70, 70, 3)


def test_more_gaussians_than_a_picture_may_have_are_not_decoded() -> None:
    header = Header(16, 4)
    most = plain_file(header, header.max_gaussians, 1)
    assert decode(most).shape == (4, 16, 3)
    head = Section(SectionType.HEADER, header.to_bytes())
    for n in (header.max_gaussians + 1, 2**31):
        body = Section(SectionType.GAUSSIANS, write_varint(n) + bytes(5))
        assert_refused_in_little_memory(write_sections([head, body]), DecodeOptions(), "Gaussians")


@pytest.mark.parametrize("seed", range(40))
def test_extreme_symbols_are_drawn_or_refused(seed: int) -> None:
    """Warnings are errors here."""
    rng = np.random.default_rng(seed)
    n, channels = int(rng.integers(1, 60)), 3 if seed % 8 else int(rng.integers(1, 5))
    header = Header(1 + seed, 41 - seed, channels, kernel=Kernel(seed % 2))
    classes = rng.choice([0, 5, 16, N_CLASSES - 1], n) if seed % 4 else np.full(n, N_CLASSES - 1)
    step = [0, N_STEP_CODES // 2, N_STEP_CODES - 1][seed % 3]
    payload = replace(random_payload(rng, n, header, classes=classes), step=step)
    data = GsiFile(header, payload).to_bytes()
    assert_same(GsiFile.from_bytes(data).payload, payload)
    for options in (
        DecodeOptions(),
        DecodeOptions(scale=0.3),
        DecodeOptions(scale=3.3, bits=16),
        DecodeOptions(size=(90, 7)),
        DecodeOptions(size=(7, 90), crop=Crop(3, 40, 4, 50)),
    ):
        try:
            picture = decode(data, options)
        except GsiError:
            assert channels != 3
            continue
        assert picture.shape[2] == channels


@pytest.mark.parametrize("size", [(65535, 1), (1, 65535), (16384, 16384)])
def test_extreme_symbols_of_large_pictures_are_drawn_or_refused(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    header = Header(*size)
    points = random_points(rng, 32, header)
    points[:2] = [[-MARGIN, -MARGIN], [header.width + MARGIN - 1, header.height + MARGIN - 1]]
    payload = random_payload(rng, 32, header, points, np.tile([0, N_CLASSES - 1], 16))
    data = GsiFile(header, payload).to_bytes()
    for options in (DecodeOptions(size=(9, 9)), DecodeOptions(crop=Crop(1, 1, 0, 0))):
        assert decode(data, options).shape[2] == 3


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_other_channels_than_three_are_refused(channels: int) -> None:
    header = Header(5, 5, channels)
    data = GsiFile(header, random_payload(np.random.default_rng(0), 2, header)).to_bytes()
    with pytest.raises(UnsupportedFileError, match=f"{channels} channels"):
        decode(data)


def test_no_gaussians_are_black() -> None:
    data = GsiFile(Header(9, 5), GsiPayload.empty(3)).to_bytes()
    for options in (DecodeOptions(), DecodeOptions(scale=0.5), DecodeOptions(scale=3)):
        assert not decode(data, options).any()
