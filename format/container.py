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
from gicodec.format.varint import ByteReader, Data, write_varint


class Section(NamedTuple):
    """One section: its type byte and its payload."""

    type: int
    payload: bytes


def framed_size(section: Section) -> int:
    """Return the bytes that a section takes in a file."""
    return 1 + len(write_varint(len(section.payload))) + len(section.payload)


def frame(sections: Iterable[Section]) -> bytes:
    """Write sections one after the other, each with its type and length."""
    return b"".join(bytes([kind]) + write_varint(len(payload)) + payload for kind, payload in sections)


def write_sections(sections: Iterable[Section]) -> bytes:
    """Frame and seal the sections; END is added."""
    out = bytearray(SIGNATURE)
    out.append(VERSION)
    out += frame(sections)
    out.append(SectionType.END)
    out += zlib.crc32(out).to_bytes(CRC_BYTES, "little")
    return bytes(out)


def unframe(data: bytes, name: str) -> list[Section]:
    """Read sections up to the end of the data: the mirror of :func:`frame`."""
    reader = ByteReader(data, name)
    sections: list[Section] = []
    while reader.left():
        if len(sections) == MAX_SECTIONS:
            raise LimitError(f"more than {MAX_SECTIONS} sections")
        sections.append(_read_section(reader, reader.byte()))
    return sections


def read_sections(data: Data) -> tuple[list[Section], int]:
    """Check signature, version, framing and checksum, in this order; END is left out.

    Returns:
        The sections, and how many bytes they, END, and the checksum take.
    """
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
    return sections, len(data) - reader.left()


def check_end(data: Data, end: int) -> None:
    """Check that data has so many bytes, and no more.

    Raises:
        CorruptFileError: There are others.
    """
    if len(data) < end:
        raise TruncatedFileError("chunks", need=end, have=len(data))
    if len(data) > end:
        raise CorruptFileError(f"extra bytes after the end: {len(data) - end}")


def _read_framing(reader: ByteReader) -> Iterable[Section]:
    for _ in range(MAX_SECTIONS + 1):
        reader.field = "section type"
        section_type = reader.byte()
        if section_type == SectionType.END:
            return
        yield _read_section(reader, section_type)
    raise LimitError(f"more than {MAX_SECTIONS} sections")


def _read_section(reader: ByteReader, section_type: int) -> Section:
    reader.field = f"section {section_type:#04x}"
    return Section(section_type, reader.take(reader.varint()))


def _check_seal(sealed: bytes, reader: ByteReader) -> None:
    stored = int.from_bytes(reader.take(CRC_BYTES), "little")
    computed = zlib.crc32(sealed)
    if stored != computed:
        raise CorruptFileError(f"wrong checksum: the file says {stored:08x}, its bytes give {computed:08x}")
