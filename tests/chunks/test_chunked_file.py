"""Pictures that are divided into chunks, as files: section 13 of the format page."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from chunked_files import HANDMADE, SIDE, handmade
from spec_decoder.payload import decode_by_spec
from web_files import example

from gicodec.format import (
    ChunkedFile,
    CorruptFileError,
    GsiError,
    GsiFile,
    Header,
    Method,
    Section,
    UnsupportedFileError,
    bits_by_attribute,
    describe,
    read,
)
from gicodec.format.chunked import write_chunked
from gicodec.format.chunks import HALO, chunks_of, header_of
from gicodec.format.constants import SectionType
from gicodec.format.container import read_sections, write_sections
from gicodec.format.file import read_chunk_payload
from gicodec.format.header import CHUNK_SIDES
from gicodec.format.scan import scan
from gicodec.format.sections import Parts
from gicodec.quantize import dequantize

TINY = Header(100, 8, channels=1, chunk_side=64)


def opened(data: bytes) -> ChunkedFile:
    file = read(data)
    assert isinstance(file, ChunkedFile)
    return file


@pytest.mark.parametrize("side", [64, 512])
def test_chunks_cover_the_picture_once(side: int) -> None:
    for width, height in [(1, 1), (95, 96), (97, 2000), (3000, 641), (1023, 1537)]:
        covered = np.zeros((height, width), np.uint8)
        for x, y, w, h in chunks_of(Header(width, height, chunk_side=side)):
            assert x % side == y % side == 0
            assert all(
                side / 2 <= own < 1.5 * side or own == whole for own, whole in ((w, width), (h, height))
            )
            covered[y : y + h, x : x + w] += 1
        assert (covered == 1).all()


def test_the_file_is_the_bytes_of_the_spec() -> None:
    blob = example("chunks")
    assert write_chunked(TINY, [(Parts(b"\0"), 0)] * 2).hex(" ") == blob.hex(" ")
    assert opened(blob).header == TINY


def test_headers_keep_the_side() -> None:
    for side in CHUNK_SIDES:
        header = Header(20, 30, chunk_side=side)
        assert Header.from_bytes(header.to_bytes()) == header
    with pytest.raises(ValueError, match="no chunks"):
        Header(20, 30, chunk_side=100)
    with pytest.raises(ValueError, match="no chunks"):
        Header(20, 30, method=Method.GAUSSIANIMAGE, chunk_side=64)
    for traits in (9 << 17, 1 << 17 | 1 << 11):  # a side, and a method, that cannot be
        with pytest.raises(UnsupportedFileError):
            Header.from_bytes(b"\1\1" + bytes([traits & 127 | 128, traits >> 7 & 127 | 128, traits >> 14]))


def test_what_is_written_is_read() -> None:
    file = opened(handmade())
    assert file.has_alpha
    assert [file.name_of(i) for i in (0, 5)] == ["chunk 64x64+0+0", "chunk 72x36+128+64"]
    parts = [file.parts(i) for i in range(len(file.chunks))]
    reaches = [entry.reach for entry in file.entries]
    assert write_chunked(file.header, list(zip(parts, reaches, strict=True))) == handmade()


def test_the_spec_decodes_each_chunk() -> None:
    file = opened(handmade())
    for i, chunk in enumerate(file.chunks):
        parts = file.parts(i)
        payload, header = read_chunk_payload(file, i, parts)
        assert (header.width, header.height) == (chunk.width + 2 * HALO, chunk.height + 2 * HALO)
        if payload.n_gaussians:
            decoded, _ = decode_by_spec(parts.gaussians, header)
            np.testing.assert_allclose(dequantize(payload).centers, decoded["centers"], atol=1e-9)


def test_a_description_sums_up_the_chunks() -> None:
    about = describe(handmade())
    assert about.n_gaussians == 5 * 30
    assert about.has_alpha
    assert about.has_texture
    assert dict(about.sections).keys() == {"header", "index", "gaussians", "texture", "alpha"}
    assert about.n_bytes == len(handmade())
    file = opened(handmade())
    alone = [read_chunk_payload(file, i, file.parts(i)) for i in range(6)]
    bits = sum(sum(payload.write(header)[1].values()) for payload, header in alone)
    assert sum(bits_by_attribute(handmade()).values()) == pytest.approx(bits)


def test_a_scan_needs_the_beginning_only() -> None:
    for alpha in (True, False):
        scanned = scan(io.BytesIO(handmade(alpha=alpha)[:150]))
        assert scanned.header == HANDMADE
        assert scanned.has_alpha == alpha


def test_a_reader_of_whole_pictures_says_what_it_cannot_read() -> None:
    with pytest.raises(UnsupportedFileError, match="chunks"):
        GsiFile.from_bytes(handmade())


def read_all(data: bytes) -> None:
    file = opened(data)
    for i in range(len(file.chunks)):
        read_chunk_payload(file, i, file.parts(i))


def test_truncations_and_extra_bytes_are_refused() -> None:
    data = handmade()
    for length in [*range(120), *range(120, len(data), 61), len(data) - 1]:
        with pytest.raises(CorruptFileError):
            read_all(data[:length])
    with pytest.raises(CorruptFileError, match="extra"):
        read_all(data + b"\0")


def test_damage_is_told_by_the_name_of_the_chunk() -> None:
    data = bytearray(handmade())
    data[-20] ^= 1
    file = opened(bytes(data))
    for i in range(5):
        file.parts(i)
    with pytest.raises(CorruptFileError, match=r"chunk 72x36\+128\+64"):
        file.parts(5)


def test_every_damage_is_found() -> None:
    data, rng = handmade(n=3), np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(data)
        damaged[rng.integers(len(data))] ^= 1 << rng.integers(8)
        with pytest.raises(GsiError):
            read_all(bytes(damaged))


def with_index(index: bytes, body: bytes = b"", header: Header = TINY) -> bytes:
    sections = [Section(SectionType.HEADER, header.to_bytes()), Section(SectionType.INDEX, index)]
    return write_sections(sections) + body


def entry(body: bytes) -> bytes:
    import zlib

    return bytes([len(body), 0]) + zlib.crc32(body).to_bytes(4, "little")


EMPTY = b"\x82\1\0"


def bad_bodies() -> Iterator[tuple[bytes, type[GsiError]]]:
    yield b"", CorruptFileError  # nothing
    yield EMPTY + EMPTY, CorruptFileError
    yield EMPTY + b"\1\0", CorruptFileError  # metadata
    yield EMPTY + b"\xff\0", UnsupportedFileError
    yield EMPTY + b"\x83\1\1", CorruptFileError  # alpha, where the index knows of none
    yield b"\x82\5\0", CorruptFileError  # truncated
    yield b"\x84\1\0" + EMPTY, CorruptFileError  # out of order


@pytest.mark.parametrize(("body", "error"), list(bad_bodies()))
def test_chunks_of_other_sections_are_refused(body: bytes, error: type[GsiError]) -> None:
    read_all(with_index(b"\0" + 2 * entry(EMPTY), 2 * EMPTY))
    with pytest.raises(error):
        read_all(with_index(b"\0" + entry(body) + entry(EMPTY), body + EMPTY))


def test_other_indices_are_refused() -> None:
    right = b"\0" + 2 * entry(EMPTY)
    for index, error in [
        (right[:-1], CorruptFileError),
        (right + b"\0", CorruptFileError),
        (b"\2" + right[1:], UnsupportedFileError),
        (b"\1" + right[1:], CorruptFileError),
    ]:
        with pytest.raises(error):
            read_all(with_index(index, 2 * EMPTY))


def test_a_divided_picture_has_an_index_and_no_other_has_one() -> None:
    (header, index), _ = read_sections(with_index(b"\0" + 2 * entry(EMPTY)))
    gaussians = Section(SectionType.GAUSSIANS, b"\0")
    whole = Section(SectionType.HEADER, Header(100, 8, channels=1).to_bytes())
    for sections in ([header], [header, gaussians], [header, index, gaussians], [header, index, index]):
        with pytest.raises(CorruptFileError):
            read(write_sections(sections) + 2 * EMPTY)
    for sections in ([whole, index], [whole, gaussians, index]):
        with pytest.raises(CorruptFileError):
            read(write_sections(sections))


def test_a_side_is_one_of_the_format() -> None:
    assert SIDE in CHUNK_SIDES
    assert header_of(chunks_of(HANDMADE)[0], HANDMADE).chunk_side == 0
