"""The records of GaussianImage (Zhang et al., ECCV 2024, arXiv:2403.08551). Spec section 9.

A center is two half-precision numbers before their tanh; a covariance three integers of 6 bits, by its
Cholesky factor or by rotation and scales; a color the sum of two entries of codebooks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.errors import CorruptFileError
from gicodec.format.exact import PI, cos_sin, exp
from gicodec.format.header import Header
from gicodec.format.records.payload import RecordModel, read_floats, write_floats
from gicodec.format.varint import ByteReader

CENTER_DEPTH, SHAPE_DEPTH, COLOR_DEPTH = 16, 6, 3  # bits
N_STAGES = 2  # of codebooks
BOUND = 0.5  # added to the diagonal of the Cholesky factor, and to scales


@dataclass(frozen=True, eq=False)
class GaussianImage(RecordModel):
    """Covariances L L^T, ``L = [[l1 + 1/2, 0], [l2, l3 + 1/2]]`` in pixels."""

    size: tuple[int, int]  # width and height of the picture, pixels; not written here
    scales: NDArray[np.float32]  # [3]: a symbol stands for symbol * scale + offset
    offsets: NDArray[np.float32]  # [3]
    codebooks: NDArray[np.float16]  # [2, 8, C]

    @property
    def n_channels(self) -> int:
        """How many channels the colors have."""
        return len(self.codebooks[0, 0])

    @classmethod
    def blank(cls, header: Header, depths: tuple[int, int, int]) -> GaussianImage:
        """Return one of nothing but zeros; there are no depths to choose."""
        steps = np.zeros(3, np.float32)
        codebooks = np.zeros((N_STAGES, 1 << COLOR_DEPTH, header.channels), np.float16)
        return cls((header.width, header.height), steps, steps, codebooks)

    def fields(self) -> list[tuple[str, int]]:
        """List the fields of a record: attribute, and bits."""
        return [("center", CENTER_DEPTH)] * 2 + [("shape", SHAPE_DEPTH)] * 3 + [("color", COLOR_DEPTH)] * 2

    def to_bytes(self) -> bytes:
        """Write what all Gaussians share."""
        return b"".join(map(write_floats, (self.scales, self.offsets))) + write_floats(self.codebooks)

    @classmethod
    def from_bytes(cls, reader: ByteReader, header: Header) -> GaussianImage:
        """Read it: the mirror of :meth:`to_bytes`."""
        scales, offsets = (read_floats(reader, (3,), np.float32) for _ in range(2))
        codebooks = read_floats(reader, (N_STAGES, 1 << COLOR_DEPTH, header.channels), np.float16)
        return cls((header.width, header.height), scales, offsets, codebooks)

    def check(self, records: IntArray) -> None:
        """Check that centers are finite."""
        if not np.isfinite(_halves(records)).all():
            raise CorruptFileError("records: a center is not finite")

    def arrays(self, records: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return centers [N, 2], covariances [N, 3] and colors [N, C]."""
        centers = (tanh(_halves(records)) + 1) / 2 * self.size
        shapes = np.asarray(records[:, 2:5] * self.scales.astype(np.float64) + self.offsets)
        first, second = self.codebooks.astype(np.float64)
        return centers, self.covariances(shapes), first[records[:, 5]] + second[records[:, 6]]

    def covariances(self, shapes: FloatArray) -> FloatArray:
        """Return (xx, xy, yy) [N, 3] of the numbers that were quantized [N, 3]."""
        l1, l2, l3 = (shapes + np.array([BOUND, 0, BOUND])).T
        return np.stack([l1 * l1, l1 * l2, l2 * l2 + l3 * l3], axis=1)


class GaussianImageRs(GaussianImage):
    """Covariances R diag(s1^2, s2^2) R^T, ``s = |raw + 1/2|`` in pixels, R a turn by 2 pi sigmoid(raw)."""

    def covariances(self, shapes: FloatArray) -> FloatArray:
        """Return (xx, xy, yy) [N, 3] of the numbers that were quantized [N, 3]."""
        a, b = np.square(shapes[:, :2] + BOUND).T
        cos, sin = cos_sin(2 * PI * sigmoid(shapes[:, 2]))
        return np.stack(
            [cos * cos * a + sin * sin * b, cos * sin * (a - b), sin * sin * a + cos * cos * b], axis=1
        )


def tanh(x: FloatArray) -> FloatArray:
    """Return the hyperbolic tangent, the same double on every machine."""
    fraction = exp(-2 * np.minimum(abs(x), 300))
    result: FloatArray = np.copysign((1 - fraction) / (1 + fraction), x)
    return result


def sigmoid(x: FloatArray) -> FloatArray:
    """Return 1 / (1 + e^-x), the same double on every machine."""
    result: FloatArray = 1 / (1 + exp(-np.clip(x, -600, 600)))
    return result


def _halves(records: IntArray) -> FloatArray:
    """Read the centers of records as half-precision numbers [N, 2]."""
    return records[:, :2].astype(np.uint16).view(np.float16).astype(np.float64)
