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
from gicodec.format.errors import (
    CorruptFileError,
    DeviceError,
    GsiError,
    ImageError,
    LimitError,
    OutputError,
    TargetError,
    TruncatedFileError,
    UnsupportedFileError,
)
from gicodec.format.gsi_payload import GsiPayload
from gicodec.format.header import Header
from gicodec.format.payload import Payload
from gicodec.format.record_payload import RecordPayload
from gicodec.format.sections import Section
from gicodec.format.stream import FileInfo, GsiFile, bits_by_attribute, describe

__all__ = [
    "MAX_GAUSSIANS",
    "MAX_PIXELS",
    "MAX_SIDE",
    "SIGNATURE",
    "VERSION",
    "ColorSpace",
    "CorruptFileError",
    "DeviceError",
    "FileInfo",
    "GsiError",
    "GsiFile",
    "GsiPayload",
    "Header",
    "ImageError",
    "Kernel",
    "LimitError",
    "Method",
    "OutputError",
    "Payload",
    "RecordPayload",
    "Section",
    "TargetError",
    "TruncatedFileError",
    "UnsupportedFileError",
    "bits_by_attribute",
    "describe",
]
