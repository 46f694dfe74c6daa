"""The .gsi bitstream: integers to bytes and back. SPEC.md is the normative text.

It imports nothing of ours but itself: standard library, numpy and constriction.
"""

from gicodec.format.constants import (
    MAX_GAUSSIANS,
    MAX_PIXELS,
    MAX_SIDE,
    SIGNATURE,
    VERSION,
    ColorSpace,
    Kernel,
    Method,
)
from gicodec.format.container import Section
from gicodec.format.errors import (
    CorruptFileError,
    GsiError,
    LimitError,
    TruncatedFileError,
    UnsupportedFileError,
)
from gicodec.format.file import FileInfo, GsiFile, bits_by_attribute, describe
from gicodec.format.gsi.payload import GsiPayload
from gicodec.format.header import Header
from gicodec.format.payload import Payload
from gicodec.format.records.payload import RecordPayload

__all__ = [
    "MAX_GAUSSIANS",
    "MAX_PIXELS",
    "MAX_SIDE",
    "SIGNATURE",
    "VERSION",
    "ColorSpace",
    "CorruptFileError",
    "FileInfo",
    "GsiError",
    "GsiFile",
    "GsiPayload",
    "Header",
    "Kernel",
    "LimitError",
    "Method",
    "Payload",
    "RecordPayload",
    "Section",
    "TruncatedFileError",
    "UnsupportedFileError",
    "bits_by_attribute",
    "describe",
]
