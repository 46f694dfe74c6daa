"""A file that breaks a rule of SPEC.md is refused with the error that the rule has."""

from __future__ import annotations

import numpy as np
import pytest
from bad_files import HEADER, HUGE, SMALL, file_of, gaussians, small_file
from payloads import random_payload

from gicodec.format import (
    CorruptFileError,
    GsiError,
    GsiFile,
    LimitError,
    Section,
    TruncatedFileError,
    UnsupportedFileError,
)
from gicodec.format.arrays import IntArray
from gicodec.format.constants import MAX_SECTIONS, SectionType
from gicodec.format.container import write_sections
from gicodec.format.entropy.ans import Coder, Counts
from gicodec.format.gsi.waves import code_waves
from gicodec.format.varint import write_varint


def test_other_versions_are_unsupported() -> None:
    data = bytearray(small_file())
    for version in (0, 1, 2, 3, 5, 255):
        data[8] = version
        with pytest.raises(UnsupportedFileError, match=f"version {version}, this build reads 4"):
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
    alpha = Section(SectionType.ALPHA, b"\1")
    for sections in (
        [],
        [HEADER],
        [payload],
        [payload, HEADER],
        [note, HEADER, payload],
        [HEADER, HEADER, payload],
        [HEADER, payload, payload],
        [HEADER, alpha, payload],
        [HEADER, payload, alpha, alpha],
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
        (traits(2 | 2 << 2), UnsupportedFileError),  # bit depth
        (traits(2 | 2 << 4), UnsupportedFileError),  # kernel
        (traits(2 | 2 << 7), CorruptFileError),  # a color space that needs a PROFILE
        (traits(2 | 3 << 7), UnsupportedFileError),  # color space
        (traits(2 | 4 << 11), UnsupportedFileError),  # method
        (traits(2 | 1 << 16) + b"\x01\x02", CorruptFileError),  # a base of two samples
        (traits(2 | 1 << 16) + b"\x01\x02\x03\x04", CorruptFileError),  # and of four
        (traits(2 | 1 << 2 | 1 << 16) + bytes(5), CorruptFileError),  # of 16 bits
        (traits(2 | 9 << 17), UnsupportedFileError),  # side of chunks
        (traits(2 | 1 << 17 | 1 << 11), UnsupportedFileError),  # a method without chunks
        (traits(2 | 1 << 21), UnsupportedFileError),  # no field yet
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

    def categorical(self, name: str, counts: Counts, symbols: IntArray | None) -> IntArray:
        return np.full(len(counts), int(name == "wave"))

    def _uniform(self, name: str, sizes: IntArray, symbols: IntArray | None) -> IntArray:
        return np.full(len(sizes), int(name == "wave"))


def test_waves_without_amplitudes_are_refused() -> None:
    classes = np.array([3, 4, 9])
    with pytest.raises(CorruptFileError, match="no amplitude"):
        code_waves(WavesOfNothing(), classes, classes, classes // 3, None)
