"""The .gsi bitstream: integers to bytes and back. SPEC.md is the normative text.

It imports nothing of ours but itself: standard library, numpy and constriction. A module of it is imported
only when a name needs it: errors and headers need neither of the two.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gicodec.format.chunked import ChunkedFile
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
    from gicodec.format.file import GsiFile, bits_by_attribute, read
    from gicodec.format.gsi.payload import GsiPayload
    from gicodec.format.header import Header
    from gicodec.format.payload import Payload
    from gicodec.format.records.payload import RecordPayload
    from gicodec.format.sections import Metadata
    from gicodec.format.summary import FileInfo, describe

_HOMES = {
    "gicodec.format.constants": (
        "MAX_GAUSSIANS",
        "MAX_PIXELS",
        "MAX_SIDE",
        "SIGNATURE",
        "VERSION",
        "ColorSpace",
        "Kernel",
        "Method",
    ),
    "gicodec.format.container": ("Section",),
    "gicodec.format.errors": (
        "CorruptFileError",
        "GsiError",
        "LimitError",
        "TruncatedFileError",
        "UnsupportedFileError",
    ),
    "gicodec.format.summary": ("FileInfo", "describe"),
    "gicodec.format.chunked": ("ChunkedFile",),
    "gicodec.format.file": ("GsiFile", "bits_by_attribute", "read"),
    "gicodec.format.gsi.payload": ("GsiPayload",),
    "gicodec.format.header": ("Header",),
    "gicodec.format.payload": ("Payload",),
    "gicodec.format.records.payload": ("RecordPayload",),
    "gicodec.format.sections": ("Metadata",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "MAX_GAUSSIANS",
    "MAX_PIXELS",
    "MAX_SIDE",
    "SIGNATURE",
    "VERSION",
    "ChunkedFile",
    "ColorSpace",
    "CorruptFileError",
    "FileInfo",
    "GsiError",
    "GsiFile",
    "GsiPayload",
    "Header",
    "Kernel",
    "LimitError",
    "Metadata",
    "Method",
    "Payload",
    "RecordPayload",
    "Section",
    "TruncatedFileError",
    "UnsupportedFileError",
    "bits_by_attribute",
    "describe",
    "read",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
