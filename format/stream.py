"""A whole .gsi file in memory: sections to header and payload, and back. Spec section 2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from gicodec.format.bits import ByteReader
from gicodec.format.constants import CRITICAL, VERSION, SectionType
from gicodec.format.errors import CorruptFileError, LimitError, UnsupportedFileError
from gicodec.format.header import Header
from gicodec.format.payload import Payload, plane_names, read_head
from gicodec.format.sections import Section, read_sections, write_sections
from gicodec.format.steps import step_of


@dataclass(frozen=True, eq=False)
class GsiFile:
    """Everything a .gsi file says."""

    header: Header
    payload: Payload
    ancillary: tuple[Section, ...] = ()  # of unknown type; kept in order, meaning nothing to us

    def to_bytes(self) -> bytes:
        """Write the file; takes milliseconds, so its length is also the way to know the size.

        Raises:
            LimitError: More Gaussians than a picture of this size may have.
        """
        n_gaussians, limit = self.payload.n_gaussians, self.header.max_gaussians
        if n_gaussians > limit:
            raise LimitError(f"{n_gaussians} Gaussians, this picture may have {limit}")
        if len(self.payload.colors) != self.header.channels:
            raise ValueError("payload and header differ in channels")
        if any(section.type & CRITICAL for section in self.ancillary):
            raise ValueError("an ancillary section with a critical type")
        header = Section(SectionType.HEADER, self.header.to_bytes())
        payload = Section(SectionType.GAUSSIANS, self.payload.to_bytes())
        return write_sections([header, payload, *self.ancillary])

    @classmethod
    def from_bytes(cls, data: bytes) -> GsiFile:
        """Read a file: the mirror of :meth:`to_bytes`."""
        header, payload, ancillary = _split(read_sections(data))
        limit = header.max_gaussians
        planes = Payload.from_bytes(payload, channels=header.channels, max_gaussians=limit)
        return cls(header, planes, ancillary)


class PlaneInfo(NamedTuple):
    """One plane of symbols, as the file describes it."""

    name: str
    model: str
    table_bytes: int
    bits_per_symbol: float  # what the model expects, nothing was decoded


@dataclass(frozen=True)
class FileInfo:
    """A file without its symbols."""

    header: Header
    version: int
    n_bytes: int
    n_gaussians: int
    steps: tuple[float, ...]  # of position, size, elongation, angle, color
    sections: tuple[tuple[str, int], ...]  # name, payload bytes; in file order, END left out
    planes: tuple[PlaneInfo, ...]

    @property
    def experimental(self) -> bool:
        """Whether another build may read this version otherwise."""
        return self.version == 0

    @property
    def bpp(self) -> float:
        """Bits of the whole file per pixel."""
        return 8 * self.n_bytes / self.header.n_pixels


def describe(data: bytes) -> FileInfo:
    """Check and describe a file without decoding a symbol."""
    sections = read_sections(data)
    header, payload, _ = _split(sections)
    reader = ByteReader(payload, "gaussians")
    limit = header.max_gaussians
    head = read_head(reader, channels=header.channels, max_gaussians=limit)
    named = zip(plane_names(header.channels), head.models, strict=False)  # no models if N = 0
    return FileInfo(
        header=header,
        version=VERSION,
        n_bytes=len(data),
        n_gaussians=head.n_gaussians,
        steps=tuple(step_of(code) for code in head.steps),
        sections=tuple((_section_name(s.type), len(s.payload)) for s in sections),
        planes=tuple(_plane_info(name, *described) for name, described in named),
    )


def _plane_info(name: str, model: Any, n_bytes: int) -> PlaneInfo:
    return PlaneInfo(name, type(model).__name__.lower(), n_bytes, model.bits_per_symbol())


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
            raise UnsupportedFileError(f"section {section.type:#04x} needs a newer gicodec")
    if [section.type for section in critical] != sorted(known) or sections[0] != critical[0]:
        found = " ".join(_section_name(section.type) for section in sections)
        raise CorruptFileError(f"sections are {found or 'none'}, not header first, one gaussians")
    header, payload = critical
    return Header.from_bytes(header.payload), payload.payload, ancillary
