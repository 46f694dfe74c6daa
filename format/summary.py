"""What a file says of itself, without decoding it."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.format.constants import FIRST_LASTING_VERSION, VERSION, Method
from gicodec.format.container import read_sections
from gicodec.format.gsi.head import read_head, step_of
from gicodec.format.header import Header
from gicodec.format.payload import read_number
from gicodec.format.sections import Metadata, Sections, section_name
from gicodec.format.texture import read_texture_section
from gicodec.format.varint import ByteReader


@dataclass(frozen=True)
class FileInfo:
    """What :func:`describe` reports of a file."""

    header: Header
    """Size, channels, bit depth, color space, kernel, and method."""
    has_alpha: bool
    """Whether some pixels are not opaque."""
    texture_step: float | None
    """Quantization step of the layer of cosines under the Gaussians; None: there is none."""
    metadata: Metadata
    """Color profile, EXIF, XMP: those that there are."""
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
    def has_texture(self) -> bool:
        """Whether there is a layer of cosines."""
        return self.texture_step is not None

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
    framed = read_sections(data)
    sections = Sections.of(framed)
    header = sections.header
    reader = ByteReader(sections.gaussians, "gaussians")
    n_gaussians, step = (
        read_head(reader, header) if header.method is Method.GSI else (read_number(reader, header), None)
    )
    return FileInfo(
        header=header,
        has_alpha=sections.alpha is not None,
        texture_step=None if sections.texture is None else read_texture_section(sections.texture)[0],
        metadata=sections.metadata,
        version=VERSION,
        n_bytes=len(data),
        n_gaussians=n_gaussians,
        step=step_of(step) if n_gaussians and step is not None else 0.0,
        sections=tuple((section_name(section.type), len(section.payload)) for section in framed),
    )
