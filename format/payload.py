"""What a GAUSSIANS section holds, whatever the method."""

from __future__ import annotations

from abc import ABC, abstractmethod

from gicodec.format.constants import FREE_GAUSSIANS, MAX_GAUSSIANS_PER_BYTE
from gicodec.format.errors import LimitError
from gicodec.format.header import Header
from gicodec.format.varint import ByteReader


class Payload(ABC):
    """N quantized Gaussians."""

    @property
    @abstractmethod
    def n_gaussians(self) -> int:
        """How many Gaussians there are."""

    @property
    @abstractmethod
    def n_channels(self) -> int:
        """How many channels their colors have."""

    @property
    def n_waves(self) -> int:
        """How many of the Gaussians have a wave."""
        return 0

    def to_bytes(self, header: Header) -> bytes:
        """Write the section's payload."""
        return self.write(header)[0]

    @abstractmethod
    def write(self, header: Header) -> tuple[bytes, dict[str, float]]:
        """Write the section's payload; also return the ideal code lengths by attribute, bits."""


def read_number(reader: ByteReader, header: Header) -> int:
    """Read, and check, the number of Gaussians, with which every payload begins.

    Raises:
        LimitError: There are more than a picture of this size may have.
    """
    n = reader.varint()
    check_limit(n, header.max_gaussians)
    return n


def max_gaussians_of(n_bytes: int) -> int:
    """Return how many Gaussians coded words may hold: few bytes can make no reader work for long."""
    return FREE_GAUSSIANS + MAX_GAUSSIANS_PER_BYTE * n_bytes


def check_limit(n: int, limit: int) -> None:
    """Check a number of Gaussians.

    Raises:
        LimitError: There are more.
    """
    if n > limit:
        raise LimitError(f"{n} Gaussians exceed the limit of {limit} for this file")
