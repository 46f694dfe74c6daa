"""Files put together by hand, for the tests of what a reader refuses."""

from __future__ import annotations

import zlib

import numpy as np
from payloads import random_payload

from gicodec.format import (
    GsiError,
    GsiFile,
    Header,
    Section,
    describe,
)
from gicodec.format.constants import MAX_SIDE, SectionType
from gicodec.format.container import write_sections
from gicodec.format.varint import write_varint
from gicodec.gaussians import Gaussians
from gicodec.quantize import dequantize

SMALL = Header(64, 48)
HEADER = Section(SectionType.HEADER, SMALL.to_bytes())
HUGE = write_varint(2**32 - 1)
ALL_HEADERS = (SMALL, Header(1, 1), Header(1, MAX_SIDE), Header(768, 512), Header(MAX_SIDE, 4096))


def small_file() -> bytes:
    return GsiFile(SMALL, random_payload(np.random.default_rng(0), 60, SMALL)).to_bytes()


def seal(body: bytes) -> bytes:
    """Add the checksum that the bytes need."""
    return body + zlib.crc32(body).to_bytes(4, "little")


def file_of(payload: bytes, header: Section = HEADER) -> bytes:
    return write_sections([header, Section(SectionType.GAUSSIANS, payload)])


def gaussians(n: int, words: bytes = b"", step: int = 0, header: Header = SMALL) -> bytes:
    payload = write_varint(n) + write_varint(step) + words
    return file_of(payload, Section(SectionType.HEADER, header.to_bytes()))


def read_all(data: bytes) -> Gaussians | None:
    """Decode as far as there is anything to refuse; every number must be one."""
    try:
        payload = GsiFile.from_bytes(data).payload
        described = describe(data)
    except GsiError:
        return None
    assert described.n_gaussians == payload.n_gaussians
    gaussians = dequantize(payload)
    for values in (array for array in vars(gaussians).values() if array is not None):
        assert np.isfinite(values).all()
    return gaussians
