"""Color profile, EXIF and XMP: bytes that are kept as they are, deflated. Spec section 11."""

from __future__ import annotations

import zlib

from gicodec.format.errors import CorruptFileError, LimitError

MAX_METADATA = 2**22  # bytes of one of them once it is inflated; profiles with tables take up to 2 MB


def pack(content: bytes, name: str) -> bytes:
    """Deflate the content of a section.

    Raises:
        LimitError: It is larger than a file may have it.
    """
    if len(content) > MAX_METADATA:
        raise LimitError(f"{name}: {len(content)} bytes exceed the limit of {MAX_METADATA}")
    return zlib.compress(content, 9)


def unpack(data: bytes, name: str) -> bytes:
    """Inflate the content of a section: the mirror of :func:`pack`.

    Raises:
        CorruptFileError: It is not one deflated string.
        LimitError: It would be larger than a file may have it.
    """
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(data, MAX_METADATA + 1)
    except zlib.error as err:
        raise CorruptFileError(f"{name}: {err}") from err
    if len(content) > MAX_METADATA:
        raise LimitError(f"{name}: more than {MAX_METADATA} bytes")
    if not inflater.eof or inflater.unused_data:
        raise CorruptFileError(f"{name}: not one deflated string")
    return content
