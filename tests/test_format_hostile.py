"""Whatever the bytes, a reader answers with a GsiError or a file, soon and in little memory."""

import tracemalloc
import zlib
from contextlib import suppress

import numpy as np
import pytest

from gicodec.format import (
    CorruptFileError,
    GsiError,
    GsiFile,
    Header,
    LimitError,
    Payload,
    Section,
    TruncatedFileError,
    UnsupportedFileError,
    describe,
)
from gicodec.format.bits import write_varint
from gicodec.format.constants import MAX_SECTIONS, SectionType
from gicodec.format.sections import write_sections

HEADER = Section(SectionType.HEADER, Header(64, 48).to_bytes())
HUGE = write_varint(2**32 - 1)
STEPS = bytes(5)
CONSTANT = bytes([0, 0])


def small_file() -> bytes:
    rng = np.random.default_rng(0)
    planes = np.rint(rng.laplace(0, 6, (8, 150))).astype(np.int32)
    x, y, size, elongation, angle, *colors = planes
    payload = Payload((1, 2, 3, 4, 5), x, y, size, elongation, angle, np.stack(colors))
    return GsiFile(Header(64, 48), payload).to_bytes()


def seal(body: bytes) -> bytes:
    """Add the checksum that the bytes need."""
    return body + zlib.crc32(body).to_bytes(4, "little")


def file_of(payload: bytes, header: Section = HEADER) -> bytes:
    return write_sections([header, Section(SectionType.GAUSSIANS, payload)])


def gaussians(n: int, *models: bytes, words: bytes = b"") -> bytes:
    """Build a payload whose first planes have these models; the others are constant."""
    tables = b"".join(models) + CONSTANT * (8 - len(models))
    return file_of(write_varint(n) + STEPS + tables + words)


def test_every_truncation_is_refused() -> None:
    data = small_file()
    for length in range(len(data)):
        with pytest.raises(CorruptFileError):
            GsiFile.from_bytes(data[:length])
        with pytest.raises(CorruptFileError):
            describe(data[:length])


def test_every_flipped_bit_is_refused() -> None:
    data = small_file()
    for index in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[index] ^= 1 << bit
            with pytest.raises((CorruptFileError, UnsupportedFileError, LimitError)):
                GsiFile.from_bytes(bytes(damaged))


def test_extra_bytes_are_refused() -> None:
    for extra in (b"\0", b"\n", small_file()):
        with pytest.raises(CorruptFileError, match="after the end"):
            GsiFile.from_bytes(small_file() + extra)


def test_sealed_nonsense_is_refused_or_read() -> None:
    body = small_file()[:-4]
    rng = np.random.default_rng(1)
    for index in range(9, len(body)):
        for value in (0, 1, 0x7F, 0x80, 0xFF, int(rng.integers(256))):
            damaged = bytearray(body)
            damaged[index] = value
            with suppress(GsiError):
                GsiFile.from_bytes(seal(bytes(damaged)))


def test_random_payloads_are_refused_or_read() -> None:
    rng = np.random.default_rng(2)
    for _ in range(500):
        noise = rng.bytes(int(rng.integers(1, 80)))
        tables = bytes(rng.integers(0, 3, 30, dtype=np.uint8))
        for payload in (noise, b"\x05" + STEPS + noise, b"\x05" + STEPS + tables + noise):
            with suppress(GsiError):
                GsiFile.from_bytes(file_of(payload))


def test_other_versions_are_unsupported() -> None:
    data = bytearray(small_file())
    data[8] = 1
    with pytest.raises(UnsupportedFileError, match="version 1, this build reads 0"):
        GsiFile.from_bytes(bytes(data))


def test_other_signatures_are_refused() -> None:
    with pytest.raises(CorruptFileError, match="wrong signature"):
        GsiFile.from_bytes(b"\x89PNG\r\n\x1a\n" + small_file()[8:])
    with pytest.raises(TruncatedFileError, match="signature"):
        GsiFile.from_bytes(b"")


def test_unknown_sections_follow_the_rule() -> None:
    payload = Section(SectionType.GAUSSIANS, bytes(6))
    ancillary, critical = Section(0x33, b"note"), Section(0xB3, b"more")
    read = GsiFile.from_bytes(write_sections([HEADER, ancillary, payload]))
    assert read.ancillary == (ancillary,)
    with pytest.raises(UnsupportedFileError, match="0xb3"):
        GsiFile.from_bytes(write_sections([HEADER, payload, critical]))


def test_sections_must_be_there_once_and_in_order() -> None:
    payload, note = Section(SectionType.GAUSSIANS, bytes(6)), Section(0x33, b"")
    for sections in (
        [],
        [HEADER],
        [payload],
        [payload, HEADER],
        [note, HEADER, payload],
        [HEADER, HEADER, payload],
        [HEADER, payload, payload],
    ):
        with pytest.raises(CorruptFileError, match="sections"):
            GsiFile.from_bytes(write_sections(sections))
    with pytest.raises(LimitError, match="sections"):
        GsiFile.from_bytes(write_sections([HEADER, payload, *[note] * MAX_SECTIONS]))


def traits(value: int) -> bytes:
    return b"\x01\x01" + write_varint(value)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (b"", TruncatedFileError),
        (b"\x01\x01", TruncatedFileError),
        (b"\x01\x01\x02\x00", CorruptFileError),  # a byte too many
        (b"\x00\x01\x02", CorruptFileError),  # no width
        (b"\x81\x00\x01\x02", CorruptFileError),  # a needless byte
        (b"\xff\xff\xff\xff\x1f\x01\x02", CorruptFileError),  # 33 bits
        (b"\xff" * 9, CorruptFileError),
        (HUGE + b"\x01\x02", LimitError),
        (write_varint(2**16) + b"\x01\x02", LimitError),
        (write_varint(2**15) * 2 + b"\x02", LimitError),
        (traits(2 | 1 << 2), UnsupportedFileError),  # bit depth
        (traits(2 | 2 << 4), UnsupportedFileError),  # kernel
        (traits(2 | 1 << 7), UnsupportedFileError),  # color space
        (traits(2 | 1 << 11), UnsupportedFileError),  # method
        (traits(2 | 1 << 16), UnsupportedFileError),  # no field yet
    ],
)
def test_bad_headers_are_refused(header: bytes, error: type[GsiError]) -> None:
    data = file_of(bytes(6), Section(SectionType.HEADER, header))
    with pytest.raises(error):
        GsiFile.from_bytes(data)


def counts_model(low: bytes, packed: int, n_bins: bytes, bits: bytes = b"") -> bytes:
    return b"\x02" + low + bytes([packed]) + n_bins + bits


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (file_of(HUGE + STEPS), LimitError),
        (gaussians(64 * 48 + 1), LimitError),
        (file_of(b"\x01" + STEPS[1:]), TruncatedFileError),
        (file_of(b"\x00" + STEPS + b"\x00"), CorruptFileError),  # models of no Gaussians
        (gaussians(3, b"\x03\x00"), CorruptFileError),  # unknown model
        (gaussians(3, b"\x01\x00\x00"), CorruptFileError),  # uniform over one level
        (gaussians(3, b"\x01\x00" + HUGE), CorruptFileError),
        (gaussians(3, b"\x01" + write_varint(2**32 - 2) + b"\x01"), CorruptFileError),  # overflow
        (gaussians(3, counts_model(b"\0", 0, HUGE)), CorruptFileError),
        (gaussians(3, counts_model(b"\0", 15, write_varint(2**16))), CorruptFileError),
        (gaussians(3, counts_model(b"\0", 0, b"\x00")), CorruptFileError),
        (gaussians(3, counts_model(b"\0", 0, b"\x01", b"\x40")), CorruptFileError),  # one bin
        (gaussians(3, counts_model(b"\0", 8 << 4, b"\x02", b"\x48")), CorruptFileError),  # order
        (gaussians(3, counts_model(b"\0", 0, b"\x02", b"\xc0")), CorruptFileError),  # empty ends
        (gaussians(3, counts_model(b"\0", 0, b"\x02", b"\x49")), CorruptFileError),  # padding
        (gaussians(3, counts_model(b"\0", 0, b"\x02", b"\0\0\0")), CorruptFileError),  # prefix
        (gaussians(3, counts_model(b"\0", 7 << 4, b"\x02", b"\0\xff\xff\xff")), CorruptFileError),
        (gaussians(3, words=b"\x01"), CorruptFileError),  # words that nobody takes
        (gaussians(3, b"\x01\x00\x01", words=b"\x01\x00"), CorruptFileError),  # zero at the end
        (gaussians(3, b"\x01\x00\x01", words=b"\xff" * 12), CorruptFileError),  # left over
    ],
)
def test_bad_payloads_are_refused(data: bytes, error: type[GsiError]) -> None:
    with pytest.raises(error):
        GsiFile.from_bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        small_file()[:9] + b"\x81" + HUGE + small_file()[11:],  # a section of 4 GB
        file_of(HUGE + STEPS + CONSTANT * 8),
        file_of(bytes(6), Section(SectionType.HEADER, HUGE * 2 + b"\x02")),
        gaussians(3, b"\x01\x00" + HUGE),
        gaussians(3, counts_model(b"\0", 0, HUGE)),
        gaussians(3, counts_model(b"\0", 0, write_varint(2**16), b"\x80" + b"\0\1" * 40)),
    ],
)
def test_claims_are_checked_before_memory_is_taken(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(GsiError):
            GsiFile.from_bytes(data)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
