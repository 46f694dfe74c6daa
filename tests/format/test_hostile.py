"""Whatever the bytes, a reader answers with a GsiError or a file, soon and in little memory."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from bad_files import ALL_HEADERS, HUGE, file_of, gaussians, read_all, seal, small_file
from counted_symbols import CountedSymbols

from gicodec.format import (
    CorruptFileError,
    GsiError,
    GsiFile,
    Header,
    LimitError,
    Section,
    UnsupportedFileError,
    describe,
)
from gicodec.format.constants import MAX_SIDE, SectionType
from gicodec.format.entropy import ans
from gicodec.format.entropy.ans import SymbolReader


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
        for value in (0, 0x80, 0xFF, int(rng.integers(256))):
            damaged = bytearray(body)
            damaged[index] = value
            with suppress(UnsupportedFileError):  # unknown traits in HEADER
                read_all(seal(bytes(damaged)))


def test_random_payloads_are_refused_or_read() -> None:
    rng = np.random.default_rng(2)
    for _ in range(500):
        read_all(file_of(rng.bytes(int(rng.integers(0, 80)))))


@pytest.mark.parametrize("header", ALL_HEADERS, ids=lambda header: f"{header.width}x{header.height}")
def test_random_words_are_refused_or_read(header: Header) -> None:
    rng = np.random.default_rng(3)
    n_read = 0
    for _ in range(500):
        n = int(rng.choice([1, 1, 2, 3, 10, 60]))
        words = rng.bytes(int(rng.integers(0, 30 * n)))
        n_read += read_all(gaussians(n, words, int(rng.integers(384)), header)) is not None
    assert n_read < 250


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


def test_few_bytes_are_little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    with_counts = CountedSymbols(monkeypatch)
    rng = np.random.default_rng(5)
    header = Header(8192, 8192)
    for n_bytes in (0, 1, 1000, 10_000):
        most = 4096 + 16 * n_bytes
        words = rng.bytes(n_bytes)[:-1] + b"\1" * (n_bytes > 0)
        with pytest.raises(LimitError, match=f"{most + 1} Gaussians .* {most} "):
            GsiFile.from_bytes(gaussians(most + 1, words, 0, header))
        with pytest.raises(LimitError, match=f"{most + 1} Gaussians .* {most} "):
            describe(gaussians(most + 1, words, 0, header))
        with_counts.n_symbols = 0
        with suppress(CorruptFileError):
            GsiFile.from_bytes(gaussians(most, words, 0, header))
        assert with_counts.n_symbols <= 64 * most  # 27 levels of cells, then some 15 symbols each


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
