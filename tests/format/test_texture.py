"""The TEXTURE section: chosen as asked for, and read and drawn as the specification says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from spec_decoder.cosines import cosine_by_spec, draw_texture_by_spec
from spec_decoder.texture import decode_texture_by_spec

from gicodec import decode
from gicodec.format import CorruptFileError, GsiFile, GsiPayload, Header, Metadata, Section, describe
from gicodec.format.arrays import FloatArray
from gicodec.format.constants import SectionType
from gicodec.format.container import read_sections, write_sections
from gicodec.format.gsi.head import nearest_step_code, step_of
from gicodec.format.varint import write_varint
from gicodec.texture.cosines import analyze
from gicodec.texture.layer import CodedTexture, read_texture, shape_of, write_texture

Layer = NDArray[np.float32]  # amplitudes before they are rounded, [C, rows, columns, 8, 8]
STEP_CODE = 200
HEADERS = [
    Header(w, h, c) for w, h, c in [(1, 1, 1), (8, 8, 3), (9, 8, 1), (40, 7, 3), (3, 33, 1), (25, 17, 3)]
]
SMALL = Header(17, 9)


def write(layer: Layer, price: float = 0.0, code: int = STEP_CODE) -> CodedTexture:
    weights = np.ones(layer.shape[1:3], np.float32)
    return write_texture(layer * np.float32(step_of(code)), weights, code, price)


def laplacian(header: Header, scale: float) -> Layer:
    rng = np.random.default_rng(header.width)
    return rng.laplace(0, scale, shape_of(header)).astype(np.float32)


def sparse(header: Header) -> Layer:
    """A layer of which most blocks are empty, and few amplitudes are not 0, some of them large."""
    rng = np.random.default_rng(header.height)
    layer = laplacian(header, 3) * (rng.random(shape_of(header)[:3]) < 0.4)[..., None, None]
    return np.asarray(layer * (rng.random(shape_of(header)) < 0.1) * 10, np.float32)


def picture(header: Header) -> Layer:
    """The layer of stripes, an edge, a ramp, and noise."""
    y, x = np.mgrid[: header.height, : header.width]
    gray = np.sin(x * 0.9 + y * 0.4) + (x > y) + y / 40
    noise = np.random.default_rng(0).normal(0, 0.1, (header.channels, *gray.shape))
    channels = np.array([1, 0.3, -0.2])[: header.channels, None, None]
    return analyze((gray * channels + noise).astype(np.float32)) * np.float32(6)


def last_alone(header: Header) -> Layer:
    """Blocks of one amplitude, the last of their 64."""
    layer = np.zeros(shape_of(header), np.float32)
    layer[..., 7, 7] = np.arange(layer[..., 7, 7].size).reshape(layer.shape[:3]) * 9 % 40 - 20
    return layer


LAYERS: dict[str, Callable[[Header], Layer]] = {
    "none": lambda header: np.zeros(shape_of(header), np.float32),
    "small": lambda header: laplacian(header, 0.4),
    "medium": lambda header: laplacian(header, 4),
    "large": lambda header: laplacian(header, 3000),
    "huge": lambda header: laplacian(header, 1e5),
    "sparse": sparse,
    "picture": picture,
    "last alone": last_alone,
}


def centers(n: int, scale: float) -> FloatArray:
    """Return where the pixels of a larger picture are, in pixels of this one."""
    return np.asarray((np.arange(int(n * scale)) + 0.5) / scale, np.float64)


def by_spec(payload: bytes, header: Header) -> tuple[float, NDArray[np.int16]]:
    step, amplitudes, _ = decode_texture_by_spec(payload, header.width, header.height, header.channels)
    return step, np.array(amplitudes, np.int16)


# What is written


@pytest.mark.parametrize("header", HEADERS, ids=lambda h: f"{h.width}x{h.height}x{h.channels}")
@pytest.mark.parametrize("name", LAYERS)
def test_what_was_chosen_is_what_a_reader_and_the_specification_see(name: str, header: Header) -> None:
    for price in (0, 0.13):
        coded = write(LAYERS[name](header), price)
        seen = read_texture(coded.payload, header)
        step, amplitudes = by_spec(coded.payload, header)
        assert step == seen.step == coded.texture.step == step_of(coded.step_code)
        np.testing.assert_array_equal(seen.amplitudes, coded.texture.amplitudes)
        np.testing.assert_array_equal(amplitudes, coded.texture.amplitudes)


@pytest.mark.parametrize("name", LAYERS)
def test_large_layers_come_back(name: str) -> None:
    header = Header(300, 203)
    coded = write(LAYERS[name](header), 0.1)
    np.testing.assert_array_equal(read_texture(coded.payload, header).amplitudes, coded.texture.amplitudes)


@pytest.mark.parametrize("name", LAYERS)
def test_where_bits_are_free_amplitudes_are_the_nearest(name: str) -> None:
    layer = LAYERS[name](Header(100, 60))
    chosen = write(layer).texture.amplitudes
    nearest = np.sign(layer) * np.minimum(np.floor(abs(layer) + np.float32(0.5)), 2**15 - 1)
    np.testing.assert_array_equal(chosen, nearest)


def test_where_bits_cost_layers_are_smaller() -> None:
    layer = picture(Header(100, 60))
    coded = [write(layer, price) for price in (0, 0.1, 0.5, 1e9)]
    sizes = [len(one.payload) for one in coded]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == len(write_varint(STEP_CODE))  # no bytes at all are a layer of zeros
    assert [one.texture.is_empty for one in coded] == [False, False, False, True]


# Its section


@pytest.mark.parametrize("alpha", [None, b"alpha"])
def test_a_file_with_a_layer_comes_back(alpha: bytes | None) -> None:
    payload = write(sparse(SMALL)).payload
    file = GsiFile(SMALL, GsiPayload.empty(3), payload, alpha, Metadata(exif=b"exif"), (Section(5, b"more"),))
    data = file.to_bytes()
    read = GsiFile.from_bytes(data)
    assert (read.header, read.texture, read.alpha, read.metadata) == (SMALL, payload, alpha, file.metadata)
    assert read.to_bytes() == data
    assert describe(data).has_texture
    assert dict(describe(data).sections)["texture"] == len(payload)
    assert not describe(GsiFile(SMALL, GsiPayload.empty(3)).to_bytes()).has_texture


def test_a_layer_is_between_gaussians_and_alpha_and_there_once() -> None:
    (header, gaussians, *_), _ = read_sections(GsiFile(SMALL, GsiPayload.empty(3)).to_bytes())
    texture, alpha, note = (
        Section(SectionType.TEXTURE, b"\1"),
        Section(SectionType.ALPHA, b"\1"),
        Section(5, b""),
    )
    for order in (
        [header, gaussians, texture],
        [header, gaussians, texture, alpha],
        [header, note, gaussians, note, texture, note, alpha, note],
    ):
        assert GsiFile.from_bytes(write_sections(order)).texture == b"\1"
    for order in (
        [header, texture],
        [header, texture, gaussians],
        [texture, header, gaussians],
        [header, gaussians, alpha, texture],
        [header, gaussians, texture, texture],
        [header, gaussians, texture, alpha, texture],
    ):
        with pytest.raises(CorruptFileError, match="at most one texture"):
            GsiFile.from_bytes(write_sections(order))
        with pytest.raises(CorruptFileError, match="at most one texture"):
            describe(write_sections(order))


# What it draws


@pytest.mark.parametrize("header", HEADERS, ids=lambda h: f"{h.width}x{h.height}x{h.channels}")
@pytest.mark.parametrize("scale", [1, 2.5])
def test_layers_are_drawn_as_the_specification_says(scale: float, header: Header) -> None:
    payload = write(sparse(header)).payload
    columns, rows = centers(header.width, scale), centers(header.height, scale)
    drawn = read_texture(payload, header).draw(rows, columns)
    step, amplitudes, _ = decode_texture_by_spec(payload, header.width, header.height, header.channels)
    expected = draw_texture_by_spec(step, amplitudes, columns.tolist(), rows.tolist())
    most = abs(np.array(expected)).max()
    np.testing.assert_allclose(drawn, expected, atol=2e-6 * max(1, most))  # 24 bits, and some 16 terms


def test_cosines_are_orthonormal() -> None:
    places = np.arange(24) + 0.5
    cosines = np.array([[cosine_by_spec(b, 3, k, x) for x in places] for b in range(3) for k in range(8)])
    np.testing.assert_allclose(cosines @ cosines.T, np.eye(24), atol=1e-12)


def test_a_file_draws_its_layer_on_its_base() -> None:
    header = Header(17, 9, 3, bit_depth=16, base=(30000, 20000, 40000))
    payload = write(laplacian(header, 1), code=nearest_step_code(0.1)).payload
    samples = decode(GsiFile(header, GsiPayload.empty(3), payload).to_bytes())
    step, amplitudes, _ = decode_texture_by_spec(payload, 17, 9, 3)
    drawn = draw_texture_by_spec(step, amplitudes, centers(17, 1).tolist(), centers(9, 1).tolist())
    expected = np.clip(np.moveaxis(np.array(drawn), 0, 2) * 65535 + header.base, 0, 65535)
    np.testing.assert_allclose(np.asarray(samples), expected, atol=0.6)  # half a step, and 24 bits
