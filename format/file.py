"""A whole .gsi file in memory: sections to header and payload, and back. Spec section 2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gicodec.format.chunked import ChunkedFile
from gicodec.format.chunks import HALO, header_of
from gicodec.format.constants import CRITICAL, Method, SectionType
from gicodec.format.container import Section, check_end, read_sections, write_sections
from gicodec.format.errors import UnsupportedFileError
from gicodec.format.gsi.payload import Decode, GsiPayload
from gicodec.format.header import Header
from gicodec.format.payload import Payload
from gicodec.format.records.gaussianimage import GaussianImage, GaussianImageRs
from gicodec.format.records.gaussianimage_plus import GaussianImagePlus
from gicodec.format.records.payload import RecordModel, RecordPayload
from gicodec.format.sections import METADATA, NO_METADATA, Metadata, Parts, Sections, profile_fits
from gicodec.format.varint import Data

RECORD_MODELS: dict[Method, type[RecordModel]] = {
    Method.GAUSSIANIMAGE: GaussianImage,
    Method.GAUSSIANIMAGE_RS: GaussianImageRs,
    Method.GAUSSIANIMAGE_PLUS: GaussianImagePlus,
}


@dataclass(frozen=True, eq=False)
class GsiFile:
    """The contents of a .gsi file."""

    header: Header
    payload: Payload
    texture: bytes | None = None
    """As :mod:`gicodec.texture.layer` reads and writes it; None: there is no layer."""
    alpha: bytes | None = None
    """As :mod:`gicodec.format.alpha` reads and writes it; None: every pixel is opaque."""
    metadata: Metadata = NO_METADATA
    ancillary: tuple[Section, ...] = ()
    """Of unknown types; kept in file order."""

    def to_bytes(self) -> bytes:
        """Write the file.

        Raises:
            LimitError: There are more Gaussians than a picture, or coded words, of this size may have; or
                more metadata than a file may have.
        """
        if self.payload.n_channels != self.header.channels:
            raise ValueError("payload and header differ in channels")
        kind = type(self.payload.model) if isinstance(self.payload, RecordPayload) else None
        if kind is not RECORD_MODELS.get(self.header.method):
            raise ValueError("payload and header differ in method")
        if any(section.type & CRITICAL or section.type in METADATA for section in self.ancillary):
            raise ValueError("an ancillary section has a known or critical type")
        if not profile_fits(self.header, self.metadata):
            raise ValueError("color space and profile disagree")
        parts = Parts(self.payload.to_bytes(self.header), self.texture, self.alpha).sections()
        head = Section(SectionType.HEADER, self.header.to_bytes())
        return write_sections([head, *parts, *self.metadata.sections(), *self.ancillary])

    @classmethod
    def from_bytes(cls, data: bytes) -> GsiFile:
        """Read a file whose picture is not divided: the mirror of :meth:`to_bytes`."""
        file = read(data)
        if isinstance(file, ChunkedFile):
            raise UnsupportedFileError("the picture is divided into chunks")
        return file


def read(data: Data, decode: Decode | None = None) -> GsiFile | ChunkedFile:
    """Read a file, but not yet the chunks that it may have; the symbols with another decoder, if it is given.

    Raises:
        CorruptFileError: It is damaged or truncated.
        LimitError: It declares more than a file may have.
        UnsupportedFileError: It needs another version of gicodec.
    """
    sections, end = read_sections(data)
    found = Sections.of(sections)
    header, content, beside = found.header, found.content, (found.metadata, found.unknown)
    if isinstance(content, bytes):
        return ChunkedFile.of(data, header, content, *beside, end)
    check_end(data, end)
    return GsiFile(header, read_payload(content, header, decode), content.texture, content.alpha, *beside)


def read_payload(parts: Parts, header: Header, decode: Decode | None = None) -> Payload:
    """Read the Gaussians of a picture, or of a chunk that is one."""
    if header.method in RECORD_MODELS:
        return RecordPayload.from_bytes(parts.gaussians, header, RECORD_MODELS[header.method])
    return GsiPayload.from_bytes(parts.gaussians, header, decode)


def payloads(data: Data) -> Iterator[tuple[Payload, Header]]:
    """Read the Gaussians of a file, chunk by chunk, each with the header of the picture that it is.

    The coordinates of a chunk's count from HALO pixels left of it and above.
    """
    file = read(data)
    if isinstance(file, GsiFile):
        yield file.payload, file.header
        return
    for i in range(len(file.chunks)):
        yield read_chunk_payload(file, i, file.parts(i))


def read_chunk_payload(
    file: ChunkedFile, i: int, parts: Parts, decode: Decode | None = None
) -> tuple[Payload, Header]:
    """Read the Gaussians of a chunk, given its parts."""
    header = header_of(file.chunks[i], file.header, HALO)
    return read_payload(parts, header, decode), header


def bits_by_attribute(data: Data) -> dict[str, float]:
    """Decode a file and return the ideal code length of each attribute, bits, over all Gaussians."""
    return bits_of(payloads(data))


def bits_of(payloads: Iterable[tuple[Payload, Header]]) -> dict[str, float]:
    """Return the ideal code length of each attribute, bits, over the Gaussians of some pictures."""
    bits: defaultdict[str, float] = defaultdict(float)
    for payload, header in payloads:
        for attribute, cost in payload.write(header)[1].items():
            bits[attribute] += cost
    return dict(bits)
