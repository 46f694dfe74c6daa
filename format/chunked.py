"""A file whose picture is divided: its index, and chunks that are read one by one. Spec section 13.

| a file, as container.py writes it, with an INDEX | chunk | chunk | ... |

The index:  | flags varint | ( length varint | reach varint | crc32 4 ) for each chunk |
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from gicodec.format.chunks import Chunk, chunks_of
from gicodec.format.constants import CRC_BYTES, SectionType
from gicodec.format.container import Section, check_end, frame, unframe, write_sections
from gicodec.format.errors import CorruptFileError, UnsupportedFileError
from gicodec.format.header import Header
from gicodec.format.sections import NO_METADATA, Metadata, Parts
from gicodec.format.varint import ByteReader, Data, write_varint

HAS_ALPHA = 1  # a flag of the index


class Entry(NamedTuple):
    """What the index says of a chunk."""

    n_bytes: int
    reach: int
    """How many pixels beyond the chunk its Gaussians draw, at most."""
    crc: int


@dataclass(frozen=True, eq=False)
class ChunkedFile:
    """A file that is open: what it says of itself, and where its chunks are."""

    header: Header
    has_alpha: bool
    """Whether each chunk has alpha; otherwise none has."""
    entries: tuple[Entry, ...]
    """Of the chunks, row by row."""
    metadata: Metadata
    ancillary: tuple[Section, ...]
    data: Data
    """Of the whole file."""
    first: int
    """Where the first chunk begins."""

    @classmethod
    def of(
        cls,
        data: Data,
        header: Header,
        index: bytes,
        metadata: Metadata,
        ancillary: tuple[Section, ...],
        first: int,
    ) -> ChunkedFile:
        """Read the index.

        Raises:
            CorruptFileError: It is not that of a file of this length.
        """
        reader = ByteReader(index, "index")
        has_alpha = read_flags(reader.varint())
        entries = [_read_entry(reader) for _ in chunks_of(header)]
        if reader.left():
            raise CorruptFileError(f"index: extra bytes: {reader.left()}")
        check_end(data, first + sum(entry.n_bytes for entry in entries))
        return cls(header, has_alpha, tuple(entries), metadata, ancillary, data, first)

    @cached_property
    def chunks(self) -> list[Chunk]:
        """The chunks, row by row."""
        return chunks_of(self.header)

    def parts(self, i: int) -> Parts:
        """Read a chunk.

        Raises:
            CorruptFileError: It is damaged.
        """
        body = self.data[self._bounds[i] : self._bounds[i + 1]]
        if zlib.crc32(body) != self.entries[i].crc:
            raise CorruptFileError(f"{self.name_of(i)}: wrong checksum")
        parts = Parts.of(unframe(body, self.name_of(i)))
        if (parts.alpha is not None) != self.has_alpha:
            raise CorruptFileError(f"{self.name_of(i)}: alpha must be in each chunk, or in none")
        return parts

    def name_of(self, i: int) -> str:
        """Return what to call a chunk."""
        chunk = self.chunks[i]
        return f"chunk {chunk.width}x{chunk.height}+{chunk.x}+{chunk.y}"

    @cached_property
    def _bounds(self) -> list[int]:
        """Where each chunk begins, and the last ends."""
        return list(accumulate((entry.n_bytes for entry in self.entries), initial=self.first))


def write_chunked(
    header: Header,
    chunks: Sequence[tuple[Parts, int]],
    metadata: Metadata = NO_METADATA,
    ancillary: tuple[Section, ...] = (),
) -> bytes:
    """Write a file, given the parts of each chunk, row by row, and how far beyond it they reach, pixels."""
    bodies = [frame(parts.sections()) for parts, _ in chunks]
    flags = HAS_ALPHA if chunks[0][0].alpha is not None else 0
    index = write_varint(flags) + b"".join(
        write_varint(len(body)) + write_varint(reach) + zlib.crc32(body).to_bytes(CRC_BYTES, "little")
        for body, (_, reach) in zip(bodies, chunks, strict=True)
    )
    sections = [Section(SectionType.HEADER, header.to_bytes()), *metadata.sections(), *ancillary]
    return b"".join([write_sections([*sections, Section(SectionType.INDEX, index)]), *bodies])


def read_flags(flags: int) -> bool:
    """Return what the index begins with: whether there is alpha.

    Raises:
        UnsupportedFileError: It says more than that.
    """
    if flags & ~HAS_ALPHA:
        raise UnsupportedFileError(f"index: unsupported flags {flags:#x}")
    return bool(flags)


def _read_entry(reader: ByteReader) -> Entry:
    n_bytes, reach = reader.varint(), reader.varint()
    return Entry(n_bytes, reach, int.from_bytes(reader.take(CRC_BYTES), "little"))
