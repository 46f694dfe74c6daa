"""What a file says of itself, without decoding it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gicodec.format.chunked import ChunkedFile
from gicodec.format.chunks import HALO, header_of
from gicodec.format.constants import FIRST_LASTING_VERSION, VERSION, Method
from gicodec.format.container import check_end, read_sections
from gicodec.format.gsi.head import read_head, step_of
from gicodec.format.header import Header
from gicodec.format.payload import read_number
from gicodec.format.sections import Metadata, Sections, section_name
from gicodec.format.texture import read_texture_section
from gicodec.format.varint import ByteReader, Data


@dataclass(frozen=True)
class FileInfo:
    """What :func:`describe` reports of a file."""

    header: Header
    """Size, channels, bit depth, color space, kernel, and method."""
    has_alpha: bool
    """Whether some pixels are not opaque."""
    texture_step: float | None
    """Quantization step of the layer of cosines under the Gaussians, of the first chunk that has one; None:
    there is none."""
    metadata: Metadata
    """Color profile, EXIF, XMP: those that there are."""
    version: int
    """Version of the file format."""
    n_bytes: int
    """Bytes of the whole file."""
    n_gaussians: int
    """Number of Gaussians."""
    step: float
    """Quantization step D of the energy-normalized colors, of the first chunk that has Gaussians; 0 for no
    Gaussians and for the papers' methods."""
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


def describe(data: Data) -> FileInfo:
    """Describe a .gsi file without decoding its Gaussians. Checks the framing and the checksums.

    Raises:
        CorruptFileError: The file is damaged or truncated.
        LimitError: It declares more pixels or Gaussians than a file may have.
        UnsupportedFileError: It needs another version of gicodec.
    """
    framed, end = read_sections(data)
    sections = Sections.of(framed)
    header, content = sections.header, sections.content
    sizes = [(section_name(section.type), len(section.payload)) for section in framed]
    if isinstance(content, bytes):
        file = ChunkedFile.of(data, header, content, sections.metadata, sections.unknown, end)
        has_alpha, (n_gaussians, step, texture_step, beside) = file.has_alpha, _sum_up(file)
        sizes += [(section_name(kind), n_bytes) for kind, n_bytes in beside.items()]
    else:
        check_end(data, end)
        has_alpha, texture_step = content.alpha is not None, None
        n_gaussians, step = _head(ByteReader(content.gaussians, "gaussians"), header)
        if content.texture is not None:
            texture_step = read_texture_section(content.texture)[0]
    return FileInfo(
        header=header,
        has_alpha=has_alpha,
        texture_step=texture_step,
        metadata=sections.metadata,
        version=VERSION,
        n_bytes=len(data),
        n_gaussians=n_gaussians,
        step=step,
        sections=tuple(sizes),
    )


def _head(reader: ByteReader, header: Header) -> tuple[int, float]:
    """Read the number of Gaussians, and the step, 0 where there is none."""
    if header.method is not Method.GSI:
        return read_number(reader, header), 0.0
    n_gaussians, code = read_head(reader, header)
    return n_gaussians, step_of(code) if n_gaussians else 0.0


def _sum_up(file: ChunkedFile) -> tuple[int, float, float | None, Counter[int]]:
    """Return the number of Gaussians, the first steps of them and of layers, and the bytes of each type."""
    n_gaussians, step, n_bytes = 0, 0.0, Counter[int]()
    texture_step = None
    for i, chunk in enumerate(file.chunks):
        parts = file.parts(i)
        for kind, payload in parts.sections():
            n_bytes[kind] += len(payload)
        n, own = _head(ByteReader(parts.gaussians, "gaussians"), header_of(chunk, file.header, HALO))
        n_gaussians, step = n_gaussians + n, step or own
        if parts.texture is not None and texture_step is None:
            texture_step = read_texture_section(parts.texture)[0]
    return n_gaussians, step, texture_step, n_bytes
