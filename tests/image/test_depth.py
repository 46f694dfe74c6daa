"""Samples of more than 8 bits: PNG, TIFF, and PPM come in and go out as they are."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import png  # type: ignore[import-untyped]
import pytest
import tifffile
from numpy.typing import NDArray

from gicodec.errors import ImageError
from gicodec.image.picture import Picture
from gicodec.image.read import read_image
from gicodec.image.write import encode_image

HEIGHT, WIDTH = 13, 17
Deep = NDArray[np.uint16]


def deep(n_channels: int) -> Deep:
    """Return samples that are not only what 8 bits become."""
    samples = np.random.default_rng(n_channels).integers(0, 65536, (HEIGHT, WIDTH, n_channels), np.uint16)
    samples[0, 0], samples[0, 1] = 0, 65535
    return samples


def read(data: bytes) -> tuple[Picture, list[str]]:
    return read_image(io.BytesIO(data))


def assert_read(data: bytes, colors: NDArray[Any], alpha: Deep | None = None) -> None:
    """Assert that a file has these samples, and that alpha's 8 bits are the only loss."""
    picture, warnings = read(data)
    assert picture.samples.dtype == np.uint16
    np.testing.assert_array_equal(picture.samples, colors)
    if alpha is None:
        assert picture.alpha is None
        assert warnings == []
    else:
        assert picture.alpha is not None
        np.testing.assert_allclose(picture.alpha, alpha / 257, atol=0.5)
        assert warnings == ["alpha reduced to 8 bits"]


def as_png(samples: Deep, **options: Any) -> bytes:
    stream = io.BytesIO()
    n_channels = samples.shape[2]
    writer = png.Writer(
        WIDTH, HEIGHT, bitdepth=16, greyscale=n_channels < 3, alpha=n_channels in (2, 4), **options
    )
    writer.write(stream, samples.reshape(HEIGHT, -1).tolist())
    return stream.getvalue()


@pytest.mark.parametrize("interlace", [False, True])
@pytest.mark.parametrize("n_channels", [1, 2, 3, 4])
def test_png_of_16_bits(n_channels: int, interlace: bool) -> None:
    samples = deep(n_channels)
    data = as_png(samples, interlace=interlace)
    if n_channels in (1, 3):
        assert_read(data, samples)
    else:
        assert_read(data, samples[:, :, :-1], samples[:, :, -1])


@pytest.mark.parametrize("n_channels", [1, 3])
def test_a_transparent_color_of_16_bits(n_channels: int) -> None:
    samples = deep(n_channels)
    samples[3:5, 2:7] = samples[0, 3]
    color = tuple(samples[0, 3].tolist())
    data = as_png(samples, transparent=color[0] if n_channels == 1 else color)
    picture, warnings = read(data)
    np.testing.assert_array_equal(picture.samples, samples)
    assert picture.alpha is not None
    np.testing.assert_array_equal(picture.alpha == 0, (samples == samples[0, 3]).all(axis=2))
    assert set(np.unique(picture.alpha)) == {0, 255}
    assert warnings == []


def test_alpha_that_8_bits_hold_is_no_news() -> None:
    samples = deep(4)
    samples[:, :, 3] = samples[:, :, 3] // 257 * 257
    picture, warnings = read(as_png(samples))
    assert picture.alpha is not None
    np.testing.assert_array_equal(picture.alpha, samples[:, :, 3] // 257)
    assert warnings == []


def as_tiff(samples: NDArray[Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    byte_order = options.pop("byteorder", "<")
    with tifffile.TiffWriter(stream, byteorder=byte_order) as writer:
        writer.write(samples, metadata=None, **options)
    return stream.getvalue()


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_gray_tiff_of_16_bits(byteorder: str, compression: str | None) -> None:
    samples = deep(1)
    options = {"photometric": "minisblack", "byteorder": byteorder, "compression": compression}
    assert_read(as_tiff(samples[:, :, 0], **options), samples)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
def test_color_tiff_of_16_bits(byteorder: str, compression: str | None, planarconfig: str) -> None:
    samples = deep(3)
    given = samples if planarconfig == "contig" else np.moveaxis(samples, 2, 0)
    options = {"photometric": "rgb", "byteorder": byteorder, "compression": compression}
    assert_read(as_tiff(given, planarconfig=planarconfig, **options), samples)


@pytest.mark.parametrize("rowsperstrip", [1, 4])
def test_tiff_of_strips_and_of_tiles(rowsperstrip: int) -> None:
    samples = deep(3)
    assert_read(as_tiff(samples, photometric="rgb", rowsperstrip=rowsperstrip), samples)
    assert_read(as_tiff(samples, photometric="rgb", tile=(16, 16)), samples)


def test_gray_tiff_where_white_is_zero() -> None:
    samples = deep(1)
    assert_read(as_tiff(samples[:, :, 0], photometric="miniswhite"), 65535 - samples)


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
def test_alpha_of_tiff(planarconfig: str) -> None:
    samples = deep(4)
    given = samples if planarconfig == "contig" else np.moveaxis(samples, 2, 0)
    data = as_tiff(given, photometric="rgb", planarconfig=planarconfig, extrasamples=["unassalpha"])
    assert_read(data, samples[:, :, :-1], samples[:, :, -1])


def test_colors_that_tiff_multiplied_by_alpha_are_divided_by_it() -> None:
    samples = deep(4)
    samples[:, :, -1] = 20000 + samples[:, :, -1] // 3
    alpha = samples[:, :, -1:]
    product = np.rint(samples[:, :, :-1].astype(np.float64) * alpha / 65535).astype(np.uint16)
    data = as_tiff(np.dstack([product, alpha]), photometric="rgb", extrasamples=["assocalpha"])
    picture, _ = read(data)
    np.testing.assert_allclose(picture.samples.astype(int), samples[:, :, :-1], atol=2)


def test_other_extra_samples_of_tiff_are_left_out() -> None:
    samples = deep(4)
    data = as_tiff(samples, photometric="rgb", planarconfig="contig", extrasamples=["unspecified"])
    assert_read(data, samples[:, :, :-1])


def twelve_bits(samples: Deep, byteorder: str) -> bytes:
    """Return a gray TIFF of 12 bits a sample, two in three bytes, as Pillow and others read it."""
    rows = b""
    for row in samples:
        bits = "".join(f"{sample:012b}" for sample in row)
        rows += int(bits.ljust(len(bits) + -len(bits) % 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    short, long = byteorder + "HHIHH", byteorder + "HHII"
    tags = [(256, WIDTH), (257, HEIGHT), (258, 12), (259, 1), (262, 1)]
    entries = [struct.pack(short, tag, 3, 1, value, 0) for tag, value in tags]
    start = 8 + 2 + 12 * 8 + 4
    entries.append(struct.pack(long, 273, 4, 1, start))
    entries.append(struct.pack(short, 278, 3, 1, HEIGHT, 0))
    entries.append(struct.pack(long, 279, 4, 1, len(rows)))
    mark = b"II" if byteorder == "<" else b"MM"
    head = mark + struct.pack(byteorder + "HI", 42, 8) + struct.pack(byteorder + "H", len(entries))
    return head + b"".join(entries) + bytes(4) + rows


def test_gray_tiff_of_12_bits() -> None:
    samples = deep(1)[:, :, 0] // np.uint16(16)
    expected = np.rint(samples * (65535 / 4095)).astype(np.uint16)
    assert_read(twelve_bits(samples, "<"), expected[:, :, None])


GRAY_ALPHA = {"photometric": "minisblack", "planarconfig": "contig", "extrasamples": ["unassalpha"]}
UNKNOWN_TO_PILLOW = {
    "12 bits, big-endian": twelve_bits(deep(1)[:, :, 0] // np.uint16(16), ">"),
    "white is zero, big-endian": as_tiff(deep(1)[:, :, 0], photometric="miniswhite", byteorder=">"),
    "gray with alpha": as_tiff(deep(2), **GRAY_ALPHA),
}


@pytest.mark.parametrize("kind", UNKNOWN_TO_PILLOW)
def test_what_pillow_does_not_know_is_refused_and_never_misread(kind: str) -> None:
    with pytest.raises(ImageError, match="not a picture that Pillow can open"):
        read(UNKNOWN_TO_PILLOW[kind])


@pytest.mark.parametrize("kind", [np.int16, np.float32, np.float64, np.int32, np.uint32, np.int8])
@pytest.mark.parametrize("n_channels", [1, 3])
def test_samples_that_are_no_levels_are_refused(kind: type, n_channels: int) -> None:
    photometric = "minisblack" if n_channels == 1 else "rgb"
    samples: NDArray[Any] = np.squeeze(deep(n_channels) // 600).astype(kind)
    with pytest.raises(ImageError):
        read(as_tiff(samples, photometric=photometric))


@pytest.mark.parametrize("top", [65535, 1023])
def test_ppm_of_more_than_8_bits(top: int) -> None:
    samples = (deep(3).astype(np.int64) * top // 65535).astype(np.uint16)
    data = f"P6\n# a comment\n{WIDTH} {HEIGHT}\n{top}\n".encode() + samples.astype(">u2").tobytes()
    assert_read(data, np.rint(samples * (65535 / top)).astype(np.uint16))


def test_pgm_of_16_bits() -> None:
    samples = deep(1)
    data = f"P5 {WIDTH} {HEIGHT} 65535\n".encode() + samples.astype(">u2").tobytes()
    assert_read(data, samples)


@pytest.mark.parametrize(
    ("format", "n_channels"), [("png", 1), ("png", 3), ("ppm", 1), ("ppm", 3), ("pgm", 1)]
)
def test_16_bits_are_written_as_they_are(format: str, n_channels: int) -> None:
    samples = deep(n_channels)
    assert_read(encode_image(Picture(samples), format), samples)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_16_bits_and_alpha_are_written_as_png(n_channels: int) -> None:
    samples, alpha = deep(n_channels), (deep(1)[:, :, 0] >> 8).astype(np.uint8)
    data = encode_image(Picture(samples, alpha), "png")
    picture, warnings = read(data)
    np.testing.assert_array_equal(picture.samples, samples)
    np.testing.assert_array_equal(picture.alpha, alpha)
    assert warnings == []
    _, _, rows, about = png.Reader(bytes=data).read()  # by another's reader
    assert (about["bitdepth"], about["alpha"]) == (16, True)
    expected = np.dstack([samples, alpha * np.uint16(257)]).reshape(HEIGHT, -1)
    np.testing.assert_array_equal(np.vstack(list(rows)), expected)


@pytest.mark.parametrize("format", ["jpg", "webp", "tif", "bmp"])
def test_formats_without_16_bits_get_8(format: str) -> None:
    picture, _ = read(encode_image(Picture(deep(3)), format))
    assert picture.bits == 8


def test_a_broken_png_of_16_bits_is_refused() -> None:
    data = as_png(deep(3))
    at = data.index(b"IDAT") + 12
    broken = data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]
    for bad in (broken, data[:-40], data[: at + 8]):
        with pytest.raises(ImageError):
            read(bad)
