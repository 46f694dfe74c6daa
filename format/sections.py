"""Which sections a file has, and in which order. Spec section 2.

This module does without NumPy: to describe a file takes no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.format.constants import CRITICAL, ColorSpace, SectionType
from gicodec.format.container import Section
from gicodec.format.errors import CorruptFileError, UnsupportedFileError
from gicodec.format.header import Header
from gicodec.format.metadata import pack, unpack

IMAGE = (SectionType.GAUSSIANS, SectionType.TEXTURE, SectionType.ALPHA)  # in this order
CRITICALS = (SectionType.HEADER, SectionType.INDEX, *IMAGE)
METADATA: dict[int, str] = {SectionType.PROFILE: "profile", SectionType.EXIF: "exif", SectionType.XMP: "xmp"}


@dataclass(frozen=True)
class Metadata:
    """What belongs to a picture beside its pixels."""

    profile: bytes | None = None
    """ICC color profile; there is one if, and only if, the header's color space says so."""
    exif: bytes | None = None
    """EXIF, from its TIFF header on."""
    xmp: bytes | None = None
    """XMP packet."""

    def sections(self) -> list[Section]:
        """Write what there is."""
        given = [(kind, name, getattr(self, name)) for kind, name in METADATA.items()]
        return [Section(kind, pack(content, name)) for kind, name, content in given if content is not None]

    @classmethod
    def of(cls, sections: list[Section]) -> Metadata:
        """Read it from all of a file's sections: the mirror of :meth:`sections`."""
        found: dict[str, bytes] = {}
        for kind, payload in sections:
            if name := METADATA.get(kind):
                if name in found:
                    raise CorruptFileError(f"more than one section {name}")
                found[name] = unpack(payload, name)
        return cls(**found)


NO_METADATA = Metadata()


@dataclass(frozen=True)
class Parts:
    """What a picture, or a chunk of one, is made of."""

    gaussians: bytes
    texture: bytes | None = None
    alpha: bytes | None = None

    def sections(self) -> list[Section]:
        """Write what there is."""
        payloads = zip(IMAGE, (self.gaussians, self.texture, self.alpha), strict=True)
        return [Section(kind, payload) for kind, payload in payloads if payload is not None]

    @classmethod
    def of(cls, sections: list[Section]) -> Parts:
        """Read them, and nothing else: the mirror of :meth:`sections`.

        Raises:
            CorruptFileError: One is missing, there twice, or in the wrong place.
            UnsupportedFileError: A critical one is not known.
        """
        types = [section.type for section in sections]
        _check_known(types)
        if types != [kind for kind in IMAGE if kind in types] or SectionType.GAUSSIANS not in types:
            raise _wrong(types)
        payloads = dict(sections)
        return cls(*map(payloads.get, IMAGE))  # type: ignore[arg-type]  # there are Gaussians


@dataclass(frozen=True)
class Sections:
    """The sections of a file, sorted out by the rules for known, critical and ancillary types."""

    header: Header
    content: Parts | bytes
    """What the picture is made of; where it is divided into chunks, their index."""
    metadata: Metadata
    unknown: tuple[Section, ...]
    """Ancillary ones of other types, in file order."""

    @classmethod
    def of(cls, sections: list[Section]) -> Sections:
        """Sort the sections of a file.

        Raises:
            CorruptFileError: One is missing, there twice, or in the wrong place.
            UnsupportedFileError: A critical one is not known.
        """
        image = [section for section in sections if section.type & CRITICAL]
        _check_known([section.type for section in image])
        headers = [section for section in image if section.type == SectionType.HEADER]
        if len(headers) != 1 or sections[0] is not headers[0]:
            raise _wrong([section.type for section in sections], "one header, ")
        header, metadata = Header.from_bytes(headers[0].payload), Metadata.of(sections)
        check_profile(header, metadata)
        content: Parts | bytes
        if not header.chunk_side:
            content = Parts.of(image[1:])
        elif [section.type for section in image[1:]] == [SectionType.INDEX]:
            content = image[1].payload
        else:
            raise CorruptFileError("a picture that is divided must have one index, and no other sections")
        unknown = [s for s in sections if not s.type & CRITICAL and s.type not in METADATA]
        return cls(header, content, metadata, tuple(unknown))


def _wrong(types: list[int], before: str = "") -> CorruptFileError:
    found = " ".join(map(section_name, types)) or "none"
    parts = "one gaussians, at most one texture, and at most one alpha"
    return CorruptFileError(f"sections must be {before}{parts}, not {found}")


def _check_known(types: list[int]) -> None:
    for kind in types:
        if kind & CRITICAL and kind not in CRITICALS:
            raise UnsupportedFileError(f"unknown section {kind:#04x}: the file needs a newer gicodec")


def profile_fits(header: Header, metadata: Metadata) -> bool:
    """Tell whether there is a profile if, and only if, the header says so."""
    return (metadata.profile is not None) == (header.color_space is ColorSpace.PROFILE)


def check_profile(header: Header, metadata: Metadata) -> None:
    """Check that a file's profile fits its header.

    Raises:
        CorruptFileError: They disagree.
    """
    if not profile_fits(header, metadata):
        raise CorruptFileError("the header and the section profile disagree")


def section_name(section_type: int) -> str:
    """Return what to call a section."""
    known = section_type in SectionType.__members__.values()
    return SectionType(section_type).name.lower() if known else f"{section_type:#04x}"
