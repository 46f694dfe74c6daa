"""The GAUSSIANS section: quantized Gaussians as planes of integers. Spec section 4.

| N varint | step codes 5 | a model for every plane | coded words |

The last two are there only if N > 0.

What the integers mean is quantize.py's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec.format.ans import decode_planes, encode_planes
from gicodec.format.bits import ByteReader, write_varint
from gicodec.format.errors import CorruptFileError, LimitError
from gicodec.format.model_choice import choose_model
from gicodec.format.models import Model, read_model
from gicodec.format.steps import N_STEP_CODES

GEOMETRY_PLANES = ("x", "y", "size", "elongation", "angle")  # then color0, color1 ...
N_STEPS = 5

StepCodes = tuple[int, int, int, int, int]
IntArray = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Payload:
    """N quantized Gaussians of C channels.

    Raises:
        ValueError: Wrong shapes, dtypes or step codes.
    """

    steps: StepCodes  # codes 0 to 255 for (position, size, elongation, angle, color)
    x: IntArray  # [N], and so on: int32 symbols, a plane spans at most MAX_LEVELS values
    y: IntArray
    size: IntArray
    elongation: IntArray
    angle: IntArray
    colors: IntArray  # [C, N]

    def __post_init__(self) -> None:
        if len(self.steps) != N_STEPS or not all(0 <= s < N_STEP_CODES for s in self.steps):
            raise ValueError(f"steps must be {N_STEPS} codes of 0 to 255, not {self.steps}")
        if self.colors.ndim != 2 or {p.shape for p in self.planes()} != {self.colors.shape[1:]}:
            raise ValueError("planes differ in shape")
        if {p.dtype for p in self.planes()} != {np.dtype(np.int32)}:
            raise ValueError("planes must be int32")

    @property
    def n_gaussians(self) -> int:
        """How many Gaussians there are."""
        return len(self.x)

    def planes(self) -> list[IntArray]:
        """Return all planes in the order of the file."""
        return [self.x, self.y, self.size, self.elongation, self.angle, *self.colors]

    def to_bytes(self) -> bytes:
        """Write the section's payload.

        Raises:
            ValueError: A plane spans too many levels.
        """
        head = write_varint(self.n_gaussians) + bytes(self.steps)
        if not self.n_gaussians:
            return head
        models = [choose_model(plane) for plane in self.planes()]
        tables = b"".join(model.to_bytes() for model in models)
        return head + tables + encode_planes(self.planes(), models)

    @classmethod
    def from_bytes(cls, data: bytes, *, channels: int, max_gaussians: int) -> Payload:
        """Read the section's payload: the mirror of :meth:`to_bytes`."""
        reader = ByteReader(data, "gaussians")
        head = read_head(reader, channels=channels, max_gaussians=max_gaussians)
        words = reader.take(reader.left())
        planes = decode_planes(words, [model for model, _ in head.models], head.n_gaussians)
        if not head.n_gaussians:
            planes = [np.zeros(0, dtype=np.int32)] * len(plane_names(channels))
        x, y, size, elongation, angle, *colors = planes
        return cls(head.steps, x, y, size, elongation, angle, np.stack(colors))


@dataclass(frozen=True)
class PayloadHead:
    """What precedes the coded words."""

    n_gaussians: int
    steps: StepCodes
    models: list[tuple[Model, int]]  # of every plane, with its bytes; empty if N = 0


def read_head(reader: ByteReader, *, channels: int, max_gaussians: int) -> PayloadHead:
    """Read up to the coded words and check it all."""
    n_gaussians = reader.varint()
    if n_gaussians > max_gaussians:
        raise LimitError(f"{n_gaussians} Gaussians, this picture may have {max_gaussians}")
    position, size, elongation, angle, color = reader.take(N_STEPS)
    models = []
    for name in plane_names(channels) if n_gaussians else ():
        reader.field = f"model of {name}"
        before = reader.left()
        models.append((read_model(reader), before - reader.left()))
    reader.field = "gaussians"
    if not n_gaussians and reader.left():
        raise CorruptFileError(f"gaussians: {reader.left()} bytes too many for no Gaussians")
    return PayloadHead(n_gaussians, (position, size, elongation, angle, color), models)


def plane_names(channels: int) -> tuple[str, ...]:
    """Name the planes in the order of the file."""
    return (*GEOMETRY_PLANES, *(f"color{i}" for i in range(channels)))
