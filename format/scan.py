"""What a file says of its picture, read from a stream without its Gaussians; no checksum is checked."""

from __future__ import annotations

from typing import IO, NamedTuple

from gicodec.format.chunked import read_flags
from gicodec.format.constants import MAX_SECTIONS, SIGNATURE, VERSION, SectionType
from gicodec.format.container import Section
from gicodec.format.errors import CorruptFileError, LimitError, TruncatedFileError, UnsupportedFileError
from gicodec.format.header import Header
from gicodec.format.metadata import MAX_METADATA
from gicodec.format.sections import METADATA, Metadata, check_profile
from gicodec.format.varint import ByteReader, read_varint


class Scanned(NamedTuple):
    """What there is of a picture."""

    header: Header
    has_alpha: bool
    metadata: Metadata


def scan(stream: IO[bytes]) -> Scanned:
    """Read the header and the metadata of a file, from its beginning, and leave the rest.

    Raises:
        CorruptFileError: It is damaged or truncated.
        LimitError: It declares more than a file may have.
        UnsupportedFileError: It needs another version of gicodec.
    """
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        raise CorruptFileError("not a .gsi file: wrong signature")
    if (version := stream.read(1)) != bytes([VERSION]):
        raise UnsupportedFileError(f"unsupported version {version.hex()}, this build reads {VERSION:02x}")
    header, has_alpha, kept = None, False, []
    for _ in range(MAX_SECTIONS + 1):
        kind = _read(stream, 1)[0]
        if (header is None) != (kind == SectionType.HEADER):
            raise CorruptFileError("sections must be one header first")
        if header is not None and kind == SectionType.END:
            metadata = Metadata.of(kept)
            check_profile(header, metadata)
            return Scanned(header, has_alpha, metadata)
        length = read_varint(lambda: _read(stream, 1)[0], "section")
        has_alpha |= kind == SectionType.ALPHA
        if kind in (SectionType.HEADER, SectionType.INDEX) or kind in METADATA:
            if length > MAX_METADATA:
                raise LimitError(f"a section of {length} bytes exceeds the limit of {MAX_METADATA}")
            payload = _read(stream, length)
            if kind == SectionType.HEADER:
                header = Header.from_bytes(payload)
            elif kind == SectionType.INDEX:
                has_alpha = read_flags(ByteReader(payload, "index").varint())
            else:
                kept.append(Section(kind, payload))
        else:
            stream.seek(length, 1)
    raise LimitError(f"more than {MAX_SECTIONS} sections")


def _read(stream: IO[bytes], n: int) -> bytes:
    data = stream.read(n)
    if len(data) < n:
        raise TruncatedFileError("section", need=n, have=len(data))
    return data
