"""Bytes and bits, one at a time: varints (LEB128), zigzag, exponential Golomb codes.

Readers raise a CorruptFileError at whatever they dislike; no number read makes them allocate.
"""

from __future__ import annotations

from gicodec.format.errors import CorruptFileError, TruncatedFileError

VARINT_BITS = 32  # the largest number that a file can name is 2**32 - 1
MAX_PREFIX = 16  # zeros that begin an exp-Golomb code; no value of the format needs more


def write_varint(value: int) -> bytes:
    """Write 7 bits a byte, least significant first, bit 7 set on all but the last byte."""
    assert 0 <= value < 1 << VARINT_BITS
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class ByteReader:
    """A cursor over bytes; ``field`` names what is being read, for the error's text."""

    def __init__(self, data: bytes | memoryview, field: str) -> None:
        self._data, self._pos, self.field = memoryview(data), 0, field

    def left(self) -> int:
        """Count the bytes not read yet."""
        return len(self._data) - self._pos

    def take(self, n_bytes: int) -> bytes:
        """Read exactly ``n_bytes``."""
        if n_bytes > self.left():
            raise TruncatedFileError(self.field, need=n_bytes, have=self.left())
        self._pos += n_bytes
        return bytes(self._data[self._pos - n_bytes : self._pos])

    def byte(self) -> int:
        """Read one byte."""
        return self.take(1)[0]

    def varint(self) -> int:
        """Read a varint: the mirror of :func:`write_varint`."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
            if shift >= VARINT_BITS:
                raise CorruptFileError(f"{self.field}: number of more than {VARINT_BITS} bits")
        if value >= 1 << VARINT_BITS:
            raise CorruptFileError(f"{self.field}: number of more than {VARINT_BITS} bits")
        if byte == 0 and shift > 7:
            raise CorruptFileError(f"{self.field}: number {value} written with needless bytes")
        return value


def zigzag(value: int) -> int:
    """Fold the sign into bit 0: 0, -1, 1, -2 ... become 0, 1, 2, 3 ..."""
    return value << 1 if value >= 0 else ~value << 1 | 1


def unzigzag(code: int) -> int:
    """Unfold the sign: the mirror of :func:`zigzag`."""
    return ~(code >> 1) if code & 1 else code >> 1


class BitWriter:
    """Bits to bytes, most significant first, the last byte filled with zeros."""

    def __init__(self) -> None:
        self._bytes, self._pending, self._n_pending = bytearray(), 0, 0

    def exp_golomb(self, value: int, order: int) -> None:
        """Write ``v = value + 2**order`` in binary, after (bits of v) - 1 - order zeros."""
        shifted = value + (1 << order)
        self._pending = self._pending << exp_golomb_bits(value, order) | shifted
        self._n_pending += exp_golomb_bits(value, order)
        while self._n_pending >= 8:
            self._n_pending -= 8
            self._bytes.append(self._pending >> self._n_pending)
            self._pending &= (1 << self._n_pending) - 1

    def to_bytes(self) -> bytes:
        """Return all bits, padded."""
        padding = -self._n_pending % 8
        last = bytes([self._pending << padding]) if padding else b""
        return bytes(self._bytes) + last


class BitReader:
    """The mirror of :class:`BitWriter`, taking bytes from a ByteReader as it needs them."""

    def __init__(self, source: ByteReader) -> None:
        self._source, self._pending, self._n_pending = source, 0, 0

    def exp_golomb(self, order: int) -> int:
        """Read one value: the mirror of :meth:`BitWriter.exp_golomb`."""
        n_zeros = 0
        while not self._bits(1):
            n_zeros += 1
            if n_zeros > MAX_PREFIX:
                raise CorruptFileError(f"{self._source.field}: code of over {MAX_PREFIX} zeros")
        n_low = n_zeros + order
        return (1 << n_low | self._bits(n_low)) - (1 << order)

    def close(self) -> None:
        """Check that the bits that fill the last byte are zeros."""
        if self._pending:
            raise CorruptFileError(f"{self._source.field}: padding bits are not zero")

    def _bits(self, n_bits: int) -> int:
        while self._n_pending < n_bits:
            self._pending = self._pending << 8 | self._source.byte()
            self._n_pending += 8
        self._n_pending -= n_bits
        value = self._pending >> self._n_pending
        self._pending &= (1 << self._n_pending) - 1
        return value


def exp_golomb_bits(value: int, order: int) -> int:
    """Count the bits of a code without writing it."""
    return 2 * (value + (1 << order)).bit_length() - 1 - order
