"""Whatever the bytes, a reader answers with a GsiError or a file, soon and in little memory."""

from __future__ import annotations

import time
import tracemalloc
import zlib
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from payloads import random_payload

from gicodec.format import (
    CorruptFileError,
    GsiError,
    GsiFile,
    Header,
    LimitError,
    Section,
    TruncatedFileError,
    UnsupportedFileError,
    describe,
)
from gicodec.format.arrays import IntArray
from gicodec.format.constants import MAX_SECTIONS, MAX_SIDE, SectionType
from gicodec.format.container import write_sections
from gicodec.format.entropy import ans
from gicodec.format.entropy.ans import Coder, SymbolReader
from gicodec.format.gsi.waves import code_waves
from gicodec.format.varint import write_varint
from gicodec.gaussians import Gaussians
from gicodec.quantize import dequantize

SMALL = Header(64, 48)
HEADER = Section(SectionType.HEADER, SMALL.to_bytes())
HUGE = write_varint(2**32 - 1)
ALL_HEADERS = (SMALL, Header(1, 1), Header(1, MAX_SIDE), Header(768, 512), Header(MAX_SIDE, 4096))


def small_file() -> bytes:
    return GsiFile(SMALL, random_payload(np.random.default_rng(0), 60, SMALL)).to_bytes()


def seal(body: bytes) -> bytes:
    """Add the checksum that the bytes need."""
    return body + zlib.crc32(body).to_bytes(4, "little")


def file_of(payload: bytes, header: Section = HEADER) -> bytes:
    return write_sections([header, Section(SectionType.GAUSSIANS, payload)])


def gaussians(n: int, words: bytes = b"", step: int = 0, header: Header = SMALL) -> bytes:
    payload = write_varint(n) + write_varint(step) + words
    return file_of(payload, Section(SectionType.HEADER, header.to_bytes()))


def read_all(data: bytes) -> Gaussians | None:
    """Decode as far as there is anything to refuse; every number must be one."""
    try:
        payload = GsiFile.from_bytes(data).payload
        described = describe(data)
    except GsiError:
        return None
    assert described.n_gaussians == payload.n_gaussians
    gaussians = dequantize(payload)
    for values in (array for array in vars(gaussians).values() if array is not None):
        assert np.isfinite(values).all()
    return gaussians


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
            with suppress(UnsupportedFileError):  # a HEADER of one channel
                read_all(seal(bytes(damaged)))


def test_random_payloads_are_refused_or_read() -> None:
    rng = np.random.default_rng(2)
    for _ in range(500):
        read_all(file_of(rng.bytes(int(rng.integers(0, 80)))))


@pytest.mark.parametrize("header", ALL_HEADERS, ids=lambda header: f"{header.width}x{header.height}")
def test_random_words_are_refused_or_read(header: Header) -> None:
    rng = np.random.default_rng(3)
    n_read = 0
    for _ in range(1200):
        n = int(rng.choice([1, 1, 2, 3, 10, 60]))
        words = rng.bytes(int(rng.integers(0, 30 * n)))
        n_read += read_all(gaussians(n, words, int(rng.integers(384)), header)) is not None
    assert n_read < 600


@pytest.mark.parametrize("header", ALL_HEADERS, ids=lambda header: f"{header.width}x{header.height}")
def test_whatever_can_be_decoded_is_a_number(header: Header, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, but words may be left over, so that most are read to the end."""
    monkeypatch.setattr(SymbolReader, "close", lambda self: None)
    rng = np.random.default_rng(4)
    n_read = 0
    for _ in range(300):
        data = gaussians(1, rng.bytes(90), int(rng.integers(384)), header)
        n_read += read_all(data) is not None
    assert n_read > 150


def test_few_bytes_are_little_work() -> None:
    rng = np.random.default_rng(5)
    header = Header(8192, 8192)
    for n_bytes in (0, 1, 1000, 10_000):
        most = 4096 + 16 * n_bytes
        words = rng.bytes(n_bytes)[:-1] + b"\1" * (n_bytes > 0)
        with pytest.raises(LimitError, match=f"{most + 1} Gaussians .* {most} "):
            GsiFile.from_bytes(gaussians(most + 1, words, 0, header))
        with pytest.raises(LimitError, match=f"{most + 1} Gaussians .* {most} "):
            describe(gaussians(most + 1, words, 0, header))
        begin = time.perf_counter()
        with suppress(CorruptFileError):
            GsiFile.from_bytes(gaussians(most, words, 0, header))
        assert time.perf_counter() - begin < 5


def test_other_versions_are_unsupported() -> None:
    data = bytearray(small_file())
    for version in (0, 1, 3, 255):
        data[8] = version
        with pytest.raises(UnsupportedFileError, match=f"version {version}, this build reads 2"):
            GsiFile.from_bytes(bytes(data))


def test_other_signatures_are_refused() -> None:
    with pytest.raises(CorruptFileError, match="wrong signature"):
        GsiFile.from_bytes(b"\x89PNG\r\n\x1a\n" + small_file()[8:])
    with pytest.raises(TruncatedFileError, match="signature"):
        GsiFile.from_bytes(b"")


def test_unknown_sections_follow_the_rule() -> None:
    payload = Section(SectionType.GAUSSIANS, bytes(1))
    ancillary, critical = Section(0x33, b"note"), Section(0xB3, b"more")
    read = GsiFile.from_bytes(write_sections([HEADER, ancillary, payload]))
    assert read.ancillary == (ancillary,)
    with pytest.raises(UnsupportedFileError, match="0xb3"):
        GsiFile.from_bytes(write_sections([HEADER, payload, critical]))


def test_sections_must_be_there_once_and_in_order() -> None:
    payload, note = Section(SectionType.GAUSSIANS, bytes(1)), Section(0x33, b"")
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
        (traits(2 | 4 << 11), UnsupportedFileError),  # method
        (traits(2 | 1 << 16), UnsupportedFileError),  # no field yet
    ],
)
def test_bad_headers_are_refused(header: bytes, error: type[GsiError]) -> None:
    data = file_of(bytes(1), Section(SectionType.HEADER, header))
    with pytest.raises(error):
        GsiFile.from_bytes(data)


def spare_words() -> bytes:
    """A file whose decoder does not end where the encoder began."""
    payload = random_payload(np.random.default_rng(0), 3, SMALL)
    words = payload.to_bytes(SMALL)[len(write_varint(3) + write_varint(payload.step)) :]
    return gaussians(3, b"\1\2\3\4" + words, payload.step)


def truncated_words() -> bytes:
    payload = random_payload(np.random.default_rng(0), 3, SMALL).to_bytes(SMALL)
    return payload[2:-1].rstrip(b"\0")


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (file_of(HUGE + b"\0"), LimitError, "4294967295 Gaussians"),
        (gaussians(64 * 48 + 1), LimitError, "limit of 3072 "),
        (file_of(b""), TruncatedFileError, "gaussians"),
        (file_of(b"\x01"), TruncatedFileError, "gaussians"),
        (file_of(b"\x81\x00\x00"), CorruptFileError, "needless"),
        (file_of(b"\x00\x00"), CorruptFileError, "extra bytes .*: 1$"),  # a step for no Gaussians
        (gaussians(1, b"\x01", step=384), CorruptFileError, "step code .* 384$"),
        (gaussians(3, b"\x01\x00"), CorruptFileError, "end in a zero byte"),
        (spare_words(), CorruptFileError, "left over"),
        (gaussians(3, truncated_words()), CorruptFileError, "coded words|without a level"),
        (gaussians(1), CorruptFileError, "size: a bin without a level"),  # class 0, bin 0
    ],
)
def test_bad_payloads_are_refused(data: bytes, error: type[GsiError], text: str) -> None:
    with pytest.raises(error, match=text):
        GsiFile.from_bytes(data)


class WavesOfNothing(Coder):
    """Words that give every Gaussian a wave, and all else is 0."""

    def categorical(self, name: str, counts: IntArray, symbols: IntArray | None) -> IntArray:
        return np.full(len(counts), int(name == "wave"))

    def _uniform(self, name: str, sizes: IntArray, symbols: IntArray | None) -> IntArray:
        return np.full(len(sizes), int(name == "wave"))


def test_waves_without_amplitudes_are_refused() -> None:
    classes = np.array([3, 4, 9])
    with pytest.raises(CorruptFileError, match="no amplitude"):
        code_waves(WavesOfNothing(), classes, classes, classes // 3, None)


class Panic(BaseException):
    """What a failed assertion in Rust is in Python."""


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Panic("assertion failed"), CorruptFileError),
        (ValueError("no such symbol"), CorruptFileError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (MemoryError(), MemoryError),
    ],
)
def test_failures_of_the_library_are_corrupt_files(
    failure: BaseException, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Decoder:
        def __init__(self, words: object) -> None:
            pass

        def decode(self, model: object, parameters: object) -> None:
            raise failure

    data = small_file()
    monkeypatch.setattr(ans, "_stack", SimpleNamespace(AnsCoder=Decoder))
    with pytest.raises(error):
        GsiFile.from_bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        small_file()[:9] + b"\x81" + HUGE + small_file()[11:],  # a section of 4 GB
        file_of(HUGE + b"\0" + bytes(8)),
        file_of(bytes(1), Section(SectionType.HEADER, HUGE * 2 + b"\x02")),
        gaussians(2**22, b"\x01", header=Header(8192, 8192)),
        gaussians(1, b"\xff" * 40, header=Header(MAX_SIDE, 4096)),
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
