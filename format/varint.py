"""Bytes, one at a time: varints (LEB128). Spec section 1.

The reader raises a CorruptFileError at whatever it dislikes; no number read makes it allocate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gicodec.format.errors import CorruptFileError, TruncatedFileError

VARINT_BITS = 32  # the largest number that a file can name is 2**32 - 1


def write_varint(value: int) -> bytes:
    """Write 7 bits a byte, least significant first, bit 7 set on all but the last byte."""
    assert 0 <= value < 1 << VARINT_BITS
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(next_byte: Callable[[], int], field: str) -> int:
    """Read a varint, byte after byte: the mirror of :func:`write_varint`."""
    value = shift = 0
    while True:
        byte = next_byte()
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
        if shift >= VARINT_BITS:
            raise CorruptFileError(f"{field}: a number exceeds {VARINT_BITS} bits")
    if value >= 1 << VARINT_BITS:
        raise CorruptFileError(f"{field}: a number exceeds {VARINT_BITS} bits")
    if byte == 0 and shift > 7:
        raise CorruptFileError(f"{field}: number {value} has needless bytes")
    return value


class Data(Protocol):
    """Bytes, or what gives them when it is asked: a file, of which only what is needed is read."""

    def __len__(self) -> int:
        """Count them."""

    def __getitem__(self, index: slice, /) -> bytes:
        """Return some, without a step."""


class ByteReader:
    """A cursor over bytes; ``field`` names what is being read, for the error's text."""

    def __init__(self, data: Data, field: str) -> None:
        self._data, self._pos, self.field = data, 0, field

    def left(self) -> int:
        """Count the bytes not read yet."""
        return len(self._data) - self._pos

    def take(self, n_bytes: int) -> bytes:
        """Read exactly ``n_bytes``."""
        if n_bytes > self.left():
            raise TruncatedFileError(self.field, need=n_bytes, have=self.left())
        self._pos += n_bytes
        return self._data[self._pos - n_bytes : self._pos]

    def byte(self) -> int:
        """Read one byte."""
        return self.take(1)[0]

    def varint(self) -> int:
        """Read a varint: the mirror of :func:`write_varint`."""
        return read_varint(self.byte, self.field)
