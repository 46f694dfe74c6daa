"""The TEXTURE section: the step of a layer of cosines, and its coded bytes. Spec section 12.

| step code varint | coded bytes |

The bytes are coded in sequence, bit by bit: gicodec/native/texture.cpp reads and writes them.
"""

from __future__ import annotations

from gicodec.format.gsi.head import read_step_code, step_of
from gicodec.format.varint import ByteReader, write_varint


def write_texture_section(step_code: int, coded: bytes) -> bytes:
    """Write the section's payload."""
    return write_varint(step_code) + coded


def read_texture_section(payload: bytes) -> tuple[float, bytes]:
    """Read the step, and the coded bytes: the mirror of :func:`write_texture_section`.

    Raises:
        CorruptFileError: There is no such step.
    """
    reader = ByteReader(payload, "texture")
    return step_of(read_step_code(reader)), reader.take(reader.left())
