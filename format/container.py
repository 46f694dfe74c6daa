"""The container: signature, version, sections, checksum. Spec section 2.

| signature 8 | version 1 | (type 1 | length varint | payload)* | END 1 | crc32 4 |

This module does not look into the payloads; file.py does.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import NamedTuple

from gicodec.format.constants import CRC_BYTES, MAX_SECTIONS, SIGNATURE, VERSION, SectionType
from gicodec.format.errors import (
    CorruptFileError,
    LimitError,
    TruncatedFileError,
    UnsupportedFileError,
)
from gicodec.format.varint import ByteReader, write_varint


class Section(NamedTuple):
    """One section: its type byte and its payload."""

    type: int
    payload: bytes


def framed_size(section: Section) -> int:
    """Return the bytes that a section takes in a file."""
    return 1 + len(write_varint(len(section.payload))) + len(section.payload)


def write_sections(sections: Iterable[Section]) -> bytes:
    """Frame and seal the sections; END is added."""
    out = bytearray(SIGNATURE)
    out.append(VERSION)
    for section in sections:
        out.append(section.type)
        out += write_varint(len(section.payload))
        out += section.payload
    out.append(SectionType.END)
    out += zlib.crc32(out).to_bytes(CRC_BYTES, "little")
    return bytes(out)


def read_sections(data: bytes) -> list[Section]:
    """Check signature, version, framing and checksum, in this order; END is left out."""
    reader = ByteReader(data, "signature")
    signature = reader.take(min(len(SIGNATURE), len(data)))
    if not SIGNATURE.startswith(signature):
        raise CorruptFileError("not a .gsi file: wrong signature")
    if len(signature) < len(SIGNATURE):
        raise TruncatedFileError("signature", need=len(SIGNATURE), have=len(data))
    reader.field = "version"
    version = reader.byte()
    if version != VERSION:
        raise UnsupportedFileError(f"unsupported version {version}, this build reads {VERSION}")
    sections = list(_read_framing(reader))
    reader.field = "checksum"
    _check_seal(data[: len(data) - reader.left()], reader)
    return sections


def _read_framing(reader: ByteReader) -> Iterable[Section]:
    for _ in range(MAX_SECTIONS + 1):
        reader.field = "section type"
        section_type = reader.byte()
        if section_type == SectionType.END:
            return
        reader.field = f"section {section_type:#04x}"
        yield Section(section_type, reader.take(reader.varint()))
    raise LimitError(f"more than {MAX_SECTIONS} sections")


def _check_seal(sealed: bytes, reader: ByteReader) -> None:
    stored = int.from_bytes(reader.take(CRC_BYTES), "little")
    if reader.left():
        raise CorruptFileError(f"extra bytes after the end: {reader.left()}")
    computed = zlib.crc32(sealed)
    if stored != computed:
        raise CorruptFileError(f"wrong checksum: the file says {stored:08x}, its bytes give {computed:08x}")
