"""The records of GaussianImage++ (AAAI 2026): every number uniform or log-uniform. Spec section 9."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.errors import CorruptFileError
from gicodec.format.exact import exp
from gicodec.format.header import Header
from gicodec.format.records.payload import RecordModel, read_floats, write_floats
from gicodec.format.varint import ByteReader

MAX_DEPTH = 16  # bits of a field
MAX_LOG = 600.0  # of variances, in either direction: further ones cannot be drawn


@dataclass(frozen=True, eq=False)
class GaussianImagePlus(RecordModel):
    """Centers in pixels, and covariances directly: their xy as it is, xx and yy by their logarithms."""

    depths: tuple[int, int, int]  # bits of a center's, a covariance's and a color's numbers
    scales: NDArray[np.float32]  # [5 + C]: a symbol stands for symbol * scale + offset
    offsets: NDArray[np.float32]  # [5 + C]; the fields are x, y, log xx, xy, log yy, colors

    @property
    def n_channels(self) -> int:
        """How many channels the colors have."""
        return len(self.scales) - 5

    @classmethod
    def blank(cls, header: Header, depths: tuple[int, int, int]) -> GaussianImagePlus:
        """Return one of nothing but zeros."""
        steps = np.zeros(5 + header.channels, np.float32)
        return cls(depths, steps, steps)

    def fields(self) -> list[tuple[str, int]]:
        """List the fields of a record: attribute, and bits."""
        attributes = ["center"] * 2, ["shape"] * 3, ["color"] * self.n_channels
        return [(name, depth) for names, depth in zip(attributes, self.depths, strict=True) for name in names]

    def to_bytes(self) -> bytes:
        """Write what all Gaussians share."""
        return bytes(self.depths) + write_floats(self.scales) + write_floats(self.offsets)

    @classmethod
    def from_bytes(cls, reader: ByteReader, header: Header) -> GaussianImagePlus:
        """Read it: the mirror of :meth:`to_bytes`."""
        center, shape, color = reader.take(3)
        if not 1 <= min(center, shape, color) <= max(center, shape, color) <= MAX_DEPTH:
            raise CorruptFileError(
                f"gaussians: bits must be 1 to {MAX_DEPTH}, not {center}, {shape}, {color}"
            )
        scales, offsets = (read_floats(reader, (5 + header.channels,), np.float32) for _ in range(2))
        return cls((center, shape, color), scales, offsets)

    def check(self, records: IntArray) -> None:
        """Every record means something."""

    def arrays(self, records: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return centers [N, 2], covariances [N, 3] and colors [N, C]."""
        values = np.asarray(records * self.scales.astype(np.float64) + self.offsets)
        xx, yy = (exp(np.clip(values[:, column], -MAX_LOG, MAX_LOG)) for column in (2, 4))
        return values[:, :2], np.stack([xx, values[:, 3], yy], axis=1), values[:, 5:]
