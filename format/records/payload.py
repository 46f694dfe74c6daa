"""The payload of the papers' methods: what all Gaussians share, then their records. Spec section 9.

| N varint | shared | records |        records only if N > 0
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.errors import CorruptFileError
from gicodec.format.header import Header
from gicodec.format.payload import Payload, check_limit, read_number
from gicodec.format.records.coder import read_records, write_records
from gicodec.format.varint import ByteReader, write_varint

Float = TypeVar("Float", np.float16, np.float32)


class RecordModel(ABC):
    """What the fields of a method's records are, and mean."""

    @property
    @abstractmethod
    def n_channels(self) -> int:
        """How many channels the colors have."""

    @classmethod
    @abstractmethod
    def blank(cls, header: Header, depths: tuple[int, int, int]) -> RecordModel:
        """Return one of nothing but zeros, which takes as many bits as any.

        The depths are those of numbers of a center, a covariance and a color, where the method lets choose.
        """

    @abstractmethod
    def fields(self) -> list[tuple[str, int]]:
        """List the fields of a record: attribute, and bits."""

    @abstractmethod
    def to_bytes(self) -> bytes:
        """Write what all Gaussians share."""

    @classmethod
    @abstractmethod
    def from_bytes(cls, reader: ByteReader, header: Header) -> RecordModel:
        """Read it: the mirror of :meth:`to_bytes`."""

    @abstractmethod
    def check(self, records: IntArray) -> None:
        """Check what no field's range excludes.

        Raises:
            CorruptFileError: A record that means nothing.
        """

    @abstractmethod
    def arrays(self, records: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return centers [N, 2], pixels, covariances [N, 3] (xx, xy, yy), pixels^2, and colors [N, C]."""


@dataclass(frozen=True, eq=False)
class RecordPayload(Payload):
    """N quantized Gaussians, a record of F integers each."""

    model: RecordModel
    records: IntArray  # [N, F]
    any_order: bool = False  # bits-back: they are a set, and are read in ascending order

    @property
    def n_gaussians(self) -> int:
        """How many Gaussians there are."""
        return len(self.records)

    @property
    def n_channels(self) -> int:
        """How many channels their colors have."""
        return self.model.n_channels

    def write(self, header: Header) -> tuple[bytes, dict[str, float]]:
        """Write the section's payload; also return the ideal code lengths by attribute, bits."""
        n = self.n_gaussians
        check_limit(n, header.max_gaussians)
        head = write_varint(n) + self.model.to_bytes()
        if not n:
            return head, {}
        names, depths = zip(*self.model.fields(), strict=True)
        coded, costs, saved = write_records(self.records, depths, any_order=self.any_order)
        bits: defaultdict[str, float] = defaultdict(float)
        for name, cost in zip(names, costs, strict=True):
            bits[name] += float(cost)
        if self.any_order:
            bits["order"] = -saved
        return head + coded, dict(bits)

    @classmethod
    def from_bytes(cls, data: bytes, header: Header, kind: type[RecordModel]) -> RecordPayload:
        """Read the section's payload: the mirror of :meth:`to_bytes`."""
        reader = ByteReader(data, "gaussians")
        n, model = read_number(reader, header), kind.from_bytes(reader, header)
        depths = [depth for _, depth in model.fields()]
        if not n:
            if reader.left():
                raise CorruptFileError(f"gaussians: extra bytes after 0 Gaussians: {reader.left()}")
            return cls(model, np.zeros((0, len(depths)), np.int64))
        records, any_order = read_records(reader, n, depths)
        model.check(records)
        return cls(model, records, any_order)


def write_floats(values: NDArray[Float]) -> bytes:
    """Write numbers in their own width, little-endian."""
    return values.astype(values.dtype.newbyteorder("<")).tobytes()


def read_floats(reader: ByteReader, shape: tuple[int, ...], dtype: type[Float]) -> NDArray[Float]:
    """Read finite numbers: the mirror of :func:`write_floats`."""
    raw = reader.take(math.prod(shape) * np.dtype(dtype).itemsize)
    values = np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(shape)
    if not np.isfinite(values).all():
        raise CorruptFileError(f"{reader.field}: a number is not finite")
    return values
