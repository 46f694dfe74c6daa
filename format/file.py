"""A whole .gsi file in memory: sections to header and payload, and back. Spec section 2."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.format.constants import CRITICAL, FIRST_LASTING_VERSION, VERSION, Method, SectionType
from gicodec.format.container import Section, read_sections, write_sections
from gicodec.format.errors import CorruptFileError, UnsupportedFileError
from gicodec.format.gsi.lattice import step_of
from gicodec.format.gsi.payload import GsiPayload, read_head
from gicodec.format.header import Header
from gicodec.format.payload import Payload, read_number
from gicodec.format.records.gaussianimage import GaussianImage, GaussianImageRs
from gicodec.format.records.gaussianimage_plus import GaussianImagePlus
from gicodec.format.records.payload import RecordModel, RecordPayload
from gicodec.format.varint import ByteReader

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
    ancillary: tuple[Section, ...] = ()  # of unknown types; kept in file order

    def to_bytes(self) -> bytes:
        """Write the file.

        Raises:
            LimitError: There are more Gaussians than a picture, or coded words, of this size may have.
        """
        if self.payload.n_channels != self.header.channels:
            raise ValueError("payload and header differ in channels")
        kind = type(self.payload.model) if isinstance(self.payload, RecordPayload) else None
        if kind is not RECORD_MODELS.get(self.header.method):
            raise ValueError("payload and header differ in method")
        if any(section.type & CRITICAL for section in self.ancillary):
            raise ValueError("an ancillary section has a critical type")
        header = Section(SectionType.HEADER, self.header.to_bytes())
        payload = Section(SectionType.GAUSSIANS, self.payload.to_bytes(self.header))
        return write_sections([header, payload, *self.ancillary])

    @classmethod
    def from_bytes(cls, data: bytes) -> GsiFile:
        """Read a file: the mirror of :meth:`to_bytes`."""
        header, payload, ancillary = _split(read_sections(data))
        if header.method in RECORD_MODELS:
            kind = RECORD_MODELS[header.method]
            return cls(header, RecordPayload.from_bytes(payload, header, kind), ancillary)
        return cls(header, GsiPayload.from_bytes(payload, header), ancillary)


@dataclass(frozen=True)
class FileInfo:
    """What :func:`describe` reports of a file."""

    header: Header
    """Size, channels, bit depth, color space, kernel, and method."""
    version: int
    """Version of the file format."""
    n_bytes: int
    """Bytes of the whole file."""
    n_gaussians: int
    """Number of Gaussians."""
    step: float
    """Quantization step D of the energy-normalized colors; 0 for no Gaussians and for the papers' methods."""
    sections: tuple[tuple[str, int], ...]
    """(name, payload bytes) of each section but END, in file order."""

    @property
    def experimental(self) -> bool:
        """Whether other builds may be unable to read this version."""
        return self.version < FIRST_LASTING_VERSION

    @property
    def bpp(self) -> float:
        """Bits per pixel of the whole file."""
        return 8 * self.n_bytes / self.header.n_pixels


def describe(data: bytes) -> FileInfo:
    """Describe the bytes of a .gsi file without decoding its Gaussians. Checks the framing and the checksum.

    Raises:
        CorruptFileError: The file is damaged or truncated.
        LimitError: It declares more pixels or Gaussians than a file may have.
        UnsupportedFileError: It needs another version of gicodec.
    """
    sections = read_sections(data)
    header, payload, _ = _split(sections)
    reader = ByteReader(payload, "gaussians")
    n_gaussians, step = (
        read_head(reader, header) if header.method is Method.GSI else (read_number(reader, header), None)
    )
    return FileInfo(
        header=header,
        version=VERSION,
        n_bytes=len(data),
        n_gaussians=n_gaussians,
        step=step_of(step) if n_gaussians and step is not None else 0.0,
        sections=tuple((_section_name(s.type), len(s.payload)) for s in sections),
    )


def bits_by_attribute(data: bytes) -> dict[str, float]:
    """Decode a file and return the ideal code length of each attribute, bits, over all Gaussians."""
    file = GsiFile.from_bytes(data)
    return file.payload.write(file.header)[1]


def _section_name(section_type: int) -> str:
    known = section_type in SectionType.__members__.values()
    return SectionType(section_type).name.lower() if known else f"{section_type:#04x}"


def _split(sections: list[Section]) -> tuple[Header, bytes, tuple[Section, ...]]:
    """Sort out the sections by the rules for known, critical and ancillary types."""
    known = {SectionType.HEADER.value, SectionType.GAUSSIANS.value}
    ancillary = tuple(section for section in sections if not section.type & CRITICAL)
    critical = [section for section in sections if section.type & CRITICAL]
    for section in critical:
        if section.type not in known:
            raise UnsupportedFileError(f"unknown section {section.type:#04x}: the file needs a newer gicodec")
    if [section.type for section in critical] != sorted(known) or sections[0] != critical[0]:
        found = " ".join(_section_name(section.type) for section in sections)
        raise CorruptFileError(f"sections must be one header, then one gaussians, not {found or 'none'}")
    header, payload = critical
    return Header.from_bytes(header.payload), payload.payload, ancillary
