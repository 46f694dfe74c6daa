"""Gaussians in pixels: what every backend takes, and gives as gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

ArrayType = TypeVar("ArrayType")
OtherType = TypeVar("OtherType")


@dataclass(frozen=True, eq=False)
class Splats(Generic[ArrayType]):
    """N Gaussians, or the gradients of a loss by their numbers.

    The reference takes NumPy arrays of float64, the C++ engine those of contiguous float32, and the Triton
    engine tensors of contiguous float32 on one device.
    """

    centers: ArrayType
    """[N, 2] (x, y), pixels."""
    conics: ArrayType
    """[N, 3] (a, b, c) of the inverse covariance, pixels^-2."""
    colors: ArrayType
    """[N, C], unbounded."""
    waves: ArrayType | None = None
    """[N, 4] (A, B, kx, ky): amplitudes, unbounded, and frequencies, radians a pixel. None: no Gaussian has
    one, which is faster."""

    def __iter__(self) -> Iterator[ArrayType]:
        """Yield centers, conics, colors and, where there are any, waves."""
        yield from (self.centers, self.conics, self.colors)
        if self.waves is not None:
            yield self.waves

    def map(self, convert: Callable[[ArrayType], OtherType]) -> Splats[OtherType]:
        """Convert every array."""
        return Splats(*map(convert, self))
