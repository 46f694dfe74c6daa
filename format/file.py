"""A whole .gsi file in memory: sections to header and payload, and back. Spec section 2."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.format.constants import CRITICAL, Method, SectionType
from gicodec.format.container import Section, read_sections, write_sections
from gicodec.format.gsi.payload import GsiPayload
from gicodec.format.header import Header
from gicodec.format.payload import Payload
from gicodec.format.records.gaussianimage import GaussianImage, GaussianImageRs
from gicodec.format.records.gaussianimage_plus import GaussianImagePlus
from gicodec.format.records.payload import RecordModel, RecordPayload
from gicodec.format.sections import METADATA, NO_METADATA, Metadata, Sections, profile_fits

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
        sections = [Section(SectionType.HEADER, self.header.to_bytes())]
        sections.append(Section(SectionType.GAUSSIANS, self.payload.to_bytes(self.header)))
        if self.texture is not None:
            sections.append(Section(SectionType.TEXTURE, self.texture))
        if self.alpha is not None:
            sections.append(Section(SectionType.ALPHA, self.alpha))
        return write_sections([*sections, *self.metadata.sections(), *self.ancillary])

    @classmethod
    def from_bytes(cls, data: bytes) -> GsiFile:
        """Read a file: the mirror of :meth:`to_bytes`."""
        found = Sections.of(read_sections(data))
        payload: Payload
        if found.header.method in RECORD_MODELS:
            kind = RECORD_MODELS[found.header.method]
            payload = RecordPayload.from_bytes(found.gaussians, found.header, kind)
        else:
            payload = GsiPayload.from_bytes(found.gaussians, found.header)
        return cls(found.header, payload, found.texture, found.alpha, found.metadata, found.unknown)


def bits_by_attribute(data: bytes) -> dict[str, float]:
    """Decode a file and return the ideal code length of each attribute, bits, over all Gaussians."""
    file = GsiFile.from_bytes(data)
    return file.payload.write(file.header)[1]
