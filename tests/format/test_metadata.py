"""The sections PROFILE, EXIF, and XMP: what comes back, what is refused, and what scan() says."""

from __future__ import annotations

import io
import tracemalloc
import zlib
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from payloads import random_payload

from gicodec.format import (
    ColorSpace,
    CorruptFileError,
    GsiError,
    GsiFile,
    Header,
    LimitError,
    Metadata,
    Section,
    TruncatedFileError,
    UnsupportedFileError,
    describe,
)
from gicodec.format.alpha.payload import write_alpha
from gicodec.format.constants import SectionType
from gicodec.format.container import read_sections, write_sections
from gicodec.format.metadata import MAX_METADATA, pack, unpack
from gicodec.format.scan import scan

KINDS = {"profile": SectionType.PROFILE, "exif": SectionType.EXIF, "xmp": SectionType.XMP}
HEADER = Header(64, 48)
WITH_PROFILE = Header(64, 48, color_space=ColorSpace.PROFILE)
PAYLOAD = random_payload(np.random.default_rng(0), 20, HEADER)
ALPHA, _ = write_alpha(np.tile(np.arange(64, dtype=np.uint8), (48, 1)), 4)


def file_of(
    metadata: Metadata, alpha: bytes | None = None, *ancillary: Section, texture: bytes | None = None
) -> bytes:
    header = HEADER if metadata.profile is None else WITH_PROFILE
    return GsiFile(header, PAYLOAD, texture, alpha, metadata, ancillary).to_bytes()


ALL = Metadata(profile=b"a profile" * 50, exif=b"MM\0*" + bytes(90), xmp="<x>über</x>".encode())
CASES = {
    "none": file_of(Metadata()),
    "all": file_of(ALL, ALPHA),
    "alpha": file_of(Metadata(), ALPHA),
    "texture": file_of(Metadata(), texture=b"\1"),
    "texture and alpha": file_of(Metadata(), ALPHA, texture=b"\1"),
    "profile": file_of(Metadata(profile=ALL.profile)),
    "exif and others": file_of(Metadata(exif=ALL.exif), None, Section(0x50, b"new"), Section(0x51, b"")),
}


def sections_of(data: bytes) -> list[Section]:
    return read_sections(data)[0]


def with_section(section: Section, header: Header = HEADER) -> bytes:
    """Return a file with one more section at its end."""
    image = [Section(SectionType.HEADER, header.to_bytes()), sections_of(CASES["none"])[1]]
    return write_sections([*image, section])


def assert_refused(data: bytes, error: type[GsiError], match: str | None = None) -> None:
    """Assert that a file is refused, by who decodes it and by who describes it."""
    with pytest.raises(error, match=match):
        GsiFile.from_bytes(data)
    with pytest.raises(error, match=match):
        describe(data)


@pytest.mark.parametrize("name", CASES)
def test_metadata_comes_back(name: str) -> None:
    file = GsiFile.from_bytes(CASES[name])
    assert file.to_bytes() == CASES[name]
    expected = {
        "all": ALL,
        "profile": Metadata(profile=ALL.profile),
        "exif and others": Metadata(exif=ALL.exif),
    }
    assert file.metadata == describe(CASES[name]).metadata == expected.get(name, Metadata())
    assert (file.alpha is not None) == describe(CASES[name]).has_alpha == ("alpha" in name or name == "all")
    assert (file.texture is not None) == describe(CASES[name]).has_texture == ("texture" in name)


@pytest.mark.parametrize("name", CASES)
def test_scan_agrees_with_describe(name: str) -> None:
    described = describe(CASES[name])
    assert scan(io.BytesIO(CASES[name])) == (described.header, described.has_alpha, described.metadata)


def test_scan_reads_no_gaussians_and_no_checksum() -> None:
    data = CASES["all"]
    at = data.index(b"\x82") + 12
    broken = data[:at] + bytes(20) + data[at + 20 : -4] + b"none"
    assert scan(io.BytesIO(broken)) == scan(io.BytesIO(data))
    with pytest.raises(CorruptFileError):
        describe(broken)


@pytest.mark.parametrize("name", CASES)
def test_scan_of_a_truncated_file_is_a_truncated_file(name: str) -> None:
    data = CASES[name]
    for n_bytes in range(len(data) - 5):
        with pytest.raises((CorruptFileError, UnsupportedFileError)):
            scan(io.BytesIO(data[:n_bytes]))


def test_scan_of_anything_raises_our_errors_alone() -> None:
    rng, data = np.random.default_rng(0), CASES["all"]
    for _ in range(500):
        at, byte = int(rng.integers(9, len(data))), int(rng.integers(256))
        with suppress(GsiError):
            scan(io.BytesIO(data[:at] + bytes([byte]) + data[at + 1 :]))


@pytest.mark.parametrize("kind", KINDS)
def test_content_up_to_the_limit_is_kept(kind: str) -> None:
    content = np.random.default_rng(0).bytes(1000) + bytes(MAX_METADATA - 1000)
    assert len(content) == MAX_METADATA
    assert unpack(pack(content, kind), kind) == content
    with pytest.raises(LimitError, match=kind):
        pack(content + b"\0", kind)
    assert_refused(with_section(Section(KINDS[kind], zlib.compress(content + b"\0"))), LimitError, kind)


def test_empty_content_is_content() -> None:
    for kind in ("exif", "xmp"):
        data = file_of(replace(Metadata(), **{kind: b""}))
        assert getattr(describe(data).metadata, kind) == b""


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_is_refused_before_it_is_inflated(kind: str) -> None:
    """It is 256 MB of zeros in 260 kB."""
    deflater = zlib.compressobj(9)
    bomb = b"".join(deflater.compress(bytes(2**20)) for _ in range(256)) + deflater.flush()
    data = with_section(Section(KINDS[kind], bomb))
    tracemalloc.start()
    try:
        assert_refused(data, LimitError, kind)
        with pytest.raises(LimitError):
            scan(io.BytesIO(data))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * MAX_METADATA


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"no zlib",
        zlib.compress(b"content")[:-1],
        zlib.compress(b"content")[:-4] + bytes(4),
        zlib.compress(b"content") + b"\0",
        zlib.compress(b"content") * 2,
        zlib.compress(b"content", wbits=-15),
        zlib.compress(b"content", wbits=31),
    ],
    ids=["empty", "no zlib", "cut", "wrong check", "more", "two streams", "no head", "gzip"],
)
def test_what_is_not_one_zlib_stream_is_corrupt(kind: str, payload: bytes) -> None:
    header = WITH_PROFILE if kind == "profile" else HEADER
    data = with_section(Section(KINDS[kind], payload), header)
    assert_refused(data, CorruptFileError, kind)
    with pytest.raises(CorruptFileError):
        scan(io.BytesIO(data))


@pytest.mark.parametrize("kind", KINDS)
def test_two_of_a_kind_are_corrupt(kind: str) -> None:
    sections = sections_of(CASES["all"])
    twice = [*sections, next(section for section in sections if section.type == KINDS[kind])]
    assert_refused(write_sections(twice), CorruptFileError, "more than one")
    with pytest.raises(CorruptFileError):
        scan(io.BytesIO(write_sections(twice)))


def test_header_and_profile_must_agree() -> None:
    alone = with_section(Section(0x50, b""), WITH_PROFILE)
    unannounced = with_section(Section(SectionType.PROFILE, pack(b"a profile", "profile")))
    for data in (alone, unannounced):
        assert_refused(data, CorruptFileError, "disagree")
    for header, metadata in ((WITH_PROFILE, Metadata()), (HEADER, Metadata(profile=b"a profile"))):
        with pytest.raises(ValueError, match="disagree"):
            GsiFile(header, PAYLOAD, metadata=metadata).to_bytes()


def test_sections_of_metadata_may_be_anywhere_after_the_header() -> None:
    header, gaussians, alpha, *others = sections_of(CASES["all"])
    for order in ([header, *others, gaussians, alpha], [header, gaussians, *others[::-1], alpha]):
        data = write_sections(order)
        assert describe(data).metadata == ALL
        assert scan(io.BytesIO(data)).metadata == ALL
    assert_refused(write_sections([*others, header, gaussians, alpha]), CorruptFileError)


def test_alpha_is_after_the_gaussians_and_there_once() -> None:
    header, gaussians, alpha = sections_of(CASES["alpha"])
    for order in ([header, alpha, gaussians], [header, gaussians, alpha, alpha], [alpha, header, gaussians]):
        assert_refused(write_sections(order), CorruptFileError)


def test_unknown_ancillary_sections_are_kept_and_critical_ones_are_not() -> None:
    others = (Section(0x7F, b"one"), Section(0x04, b""), Section(0x7F, b"two"))
    file = GsiFile.from_bytes(file_of(ALL, ALPHA, *others))
    assert file.ancillary == others
    assert file.metadata == ALL
    assert_refused(with_section(Section(0xB4, b"")), UnsupportedFileError)
    for known in (*KINDS.values(), SectionType.ALPHA, SectionType.TEXTURE):
        with pytest.raises(ValueError, match="ancillary"):
            GsiFile(HEADER, PAYLOAD, ancillary=(Section(known, b""),)).to_bytes()


def test_a_section_that_ends_too_soon_is_truncated() -> None:
    with pytest.raises(TruncatedFileError):
        describe(CASES["all"][:60])
