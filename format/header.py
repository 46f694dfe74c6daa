"""The HEADER section: what every reader must know before any payload. Spec section 2.

| width varint | height varint | traits varint | base, if traits say so: channels of 1 or 2 bytes |

traits, from bit 0:
    channels - 1 : 2 | depth : 2 | kernel : 3 | color space : 4 | method : 5 | base : 1 | chunks : 4
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from gicodec.format.constants import (
    CHANNELS,
    MAX_GAUSSIANS,
    MAX_PIXELS,
    MAX_SIDE,
    MIN_GAUSSIANS_LIMIT,
    ColorSpace,
    Kernel,
    Method,
)
from gicodec.format.errors import CorruptFileError, LimitError, UnsupportedFileError
from gicodec.format.varint import ByteReader, write_varint

TRAIT_BITS = (2, 2, 3, 4, 5, 1, 4)  # as drawn above
BIT_DEPTHS = (8, 16)  # depth is an index into it
CHUNK_SIDES = (0, *(64 << i for i in range(8)))  # pixels; chunks is an index into it
_Enum = TypeVar("_Enum", bound=IntEnum)


@dataclass(frozen=True)
class Header:
    """What the picture is.

    Raises:
        ValueError: A value that no file can hold.
        LimitError: A picture larger than the limits.
    """

    width: int  # pixels, 1 to MAX_SIDE
    height: int
    channels: int = 3  # or 1, gray
    bit_depth: int = 8  # bits per sample of the picture that was coded
    color_space: ColorSpace = ColorSpace.SRGB
    kernel: Kernel = Kernel.COMPACT
    method: Method = Method.GSI
    base: tuple[int, ...] | None = None
    """The color that Gaussians are added to, a sample of the bit depth for each channel; None: black."""
    chunk_side: int = 0
    """Of the chunks that the picture is divided into, one of CHUNK_SIDES; 0: it is not divided."""

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 1:
            raise ValueError(f"picture size must be at least 1x1, not {self.width}x{self.height}")
        if self.channels not in CHANNELS or self.bit_depth not in BIT_DEPTHS:
            raise ValueError(f"{self.channels} channels of {self.bit_depth} bits are not supported")
        if self.base is not None and (
            len(self.base) != self.channels or not 0 <= min(self.base) <= max(self.base) < 1 << self.bit_depth
        ):
            raise ValueError(f"{self.base} is no color of {self.channels} channels of {self.bit_depth} bits")
        if self.chunk_side not in CHUNK_SIDES or (self.chunk_side and self.method is not Method.GSI):
            raise ValueError(f"method {self.method.label} has no chunks of {self.chunk_side} pixels")
        if max(self.width, self.height) > MAX_SIDE:
            raise LimitError(f"{self.width}x{self.height} exceeds the limit of {MAX_SIDE} pixels per side")
        if self.n_pixels > MAX_PIXELS:
            raise LimitError(f"{self.width}x{self.height} exceeds the limit of {MAX_PIXELS} pixels")

    @property
    def n_pixels(self) -> int:
        """Width times height."""
        return self.width * self.height

    @property
    def max_gaussians(self) -> int:
        """How many Gaussians a file of this size may declare; spec section 7."""
        return min(MAX_GAUSSIANS, max(MIN_GAUSSIANS_LIMIT, self.n_pixels))

    def to_bytes(self) -> bytes:
        """Write the section's payload."""
        depth = BIT_DEPTHS.index(self.bit_depth)
        fields = (
            self.channels - 1,
            depth,
            self.kernel,
            self.color_space,
            self.method,
            self.base is not None,
            CHUNK_SIDES.index(self.chunk_side),
        )
        traits = shift = 0
        for field, n_bits in zip(fields, TRAIT_BITS, strict=True):
            traits |= field << shift
            shift += n_bits
        base = b"".join(sample.to_bytes(self.bit_depth // 8, "little") for sample in self.base or ())
        return write_varint(self.width) + write_varint(self.height) + write_varint(traits) + base

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Read the section's payload: the mirror of :meth:`to_bytes`."""
        reader = ByteReader(data, "header")
        width, height, traits = reader.varint(), reader.varint(), reader.varint()
        if min(width, height) < 1:
            raise CorruptFileError(f"header: picture size must be at least 1x1, not {width}x{height}")
        fields = []
        for n_bits in TRAIT_BITS:
            fields.append(traits & (1 << n_bits) - 1)
            traits >>= n_bits
        channels, depth, kernel, color_space, method, has_base, chunks = fields
        channels += 1
        if traits or channels not in CHANNELS or depth >= len(BIT_DEPTHS) or chunks >= len(CHUNK_SIDES):
            raise UnsupportedFileError(
                f"header: unsupported traits {traits:#x}, {channels} channels, bit depth code {depth},"
                f" or chunks {chunks}"
            )
        # All traits before the bytes after them: those are of a header whose traits are known.
        known = _known(ColorSpace, color_space), _known(Kernel, kernel), _known(Method, method)
        if chunks and method != Method.GSI:
            raise UnsupportedFileError(f"header: method {known[2].label} has no chunks")
        base = None
        if has_base:
            n_bytes = BIT_DEPTHS[depth] // 8
            base = tuple(int.from_bytes(reader.take(n_bytes), "little") for _ in range(channels))
        if reader.left():
            raise CorruptFileError(f"header: extra bytes: {reader.left()}")
        return cls(width, height, channels, BIT_DEPTHS[depth], *known, base, CHUNK_SIDES[chunks])


def _known(enum: type[_Enum], value: int) -> _Enum:
    try:
        return enum(value)
    except ValueError as err:
        raise UnsupportedFileError(f"header: unsupported {enum.__name__.lower()} {value}") from err
