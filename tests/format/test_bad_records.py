"""The papers' payloads: whatever the bytes, they are read or refused."""

from __future__ import annotations

import numpy as np
import pytest
from record_files import PAPER_BITS, every_method, file_of, in_order_or_not

from gicodec.format import (
    CorruptFileError,
    GsiError,
    GsiFile,
    LimitError,
    Method,
    RecordPayload,
    TruncatedFileError,
)
from gicodec.format.records.coder import read_records, write_records
from gicodec.format.varint import ByteReader, write_varint
from gicodec.quantize import dequantize


def refuse(data: bytes) -> None:
    """Read a file, and what it stands for; it may be refused, in one of our ways only."""
    try:
        payload = GsiFile.from_bytes(data).payload
    except GsiError:
        return
    dequantize(payload)


def sealed(file: GsiFile, payload: bytes) -> bytes:
    """Frame a payload as a file does."""
    from gicodec.format.constants import SectionType
    from gicodec.format.container import Section, write_sections

    header = Section(SectionType.HEADER, file.header.to_bytes())
    return write_sections([header, Section(SectionType.GAUSSIANS, payload)])


@every_method
@in_order_or_not
def test_every_truncation_is_refused(any_order: bool, method: Method) -> None:
    file = file_of(method, 20, any_order=any_order)
    data = file.to_bytes()
    for length in range(len(data)):
        with pytest.raises(GsiError):
            GsiFile.from_bytes(data[:length])
    payload = file.payload.to_bytes(file.header)
    for length in range(len(payload)):  # what has a checksum of its own
        refuse(sealed(file, payload[:length]))


@every_method
@in_order_or_not
def test_any_changed_byte_is_read_or_refused(any_order: bool, method: Method) -> None:
    file = file_of(method, 20, any_order=any_order)
    payload = file.payload.to_bytes(file.header)
    rng = np.random.default_rng(0)
    for i in range(len(payload)):
        for value in (0, 255, int(rng.integers(256))):
            refuse(sealed(file, payload[:i] + bytes([value]) + payload[i + 1 :]))


@every_method
def test_numbers_that_are_not_finite_are_refused(method: Method) -> None:
    file = file_of(method, 3)
    payload = bytearray(file.payload.to_bytes(file.header))
    at = 1 + 3 * (method is Method.GAUSSIANIMAGE_PLUS)
    payload[at : at + 4] = np.array(np.nan, "<f4").tobytes()
    with pytest.raises(CorruptFileError, match="finite"):
        GsiFile.from_bytes(sealed(file, bytes(payload)))


def test_centers_that_are_not_finite_are_refused() -> None:
    file = file_of(Method.GAUSSIANIMAGE, 3)
    assert isinstance(file.payload, RecordPayload)
    file.payload.records[1, 0] = 0x7E00
    with pytest.raises(CorruptFileError, match="finite"):
        GsiFile.from_bytes(file.to_bytes())


@pytest.mark.parametrize("depths", [(0, 10, 6), (12, 17, 6), (12, 10, 255)])
def test_fields_of_no_width_or_too_many_bits_are_refused(depths: tuple[int, int, int]) -> None:
    file = file_of(Method.GAUSSIANIMAGE_PLUS, 3)
    payload = bytearray(file.payload.to_bytes(file.header))
    payload[1:4] = bytes(depths)
    with pytest.raises(CorruptFileError, match="bits"):
        GsiFile.from_bytes(sealed(file, bytes(payload)))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (write_varint(0) + b"\0\0\0\0\1", "first"),
        (write_varint(6) + b"\0\0\0\0\1", "first"),
        (write_varint(5) + b"\7\0\0\0\1", "tables"),
        (write_varint(5) + b"\0\0\0\x04\1", "tables"),
        (write_varint(5) + b"\1\0\0\0\0\1", "zeros"),
        (write_varint(5) + b"\0\0\0\xf0\1", "half"),
        (write_varint(5) + b"\0\0\0\0\0", "zero"),
        (write_varint(5) + b"\0\0\0\0" + bytes(99) + b"\1", "left over"),
    ],
)
def test_records_that_break_a_rule_are_refused(data: bytes, what: str) -> None:
    with pytest.raises(CorruptFileError, match=what):
        read_records(ByteReader(data, "records"), 5, PAPER_BITS)


def test_records_end_where_the_data_does() -> None:
    with pytest.raises(TruncatedFileError):
        read_records(ByteReader(write_varint(5) + b"\0\0", "records"), 5, PAPER_BITS)


def test_few_bytes_hold_no_more_than_they_may() -> None:
    with pytest.raises(LimitError):
        write_records(np.zeros((100_000, 2), np.int64), [3, 3], any_order=False)
    data = write_varint(100_000) + bytes(4) + b"\1"
    with pytest.raises(LimitError):
        read_records(ByteReader(data, "records"), 100_000, PAPER_BITS)
