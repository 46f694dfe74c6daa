"""How a large picture is divided: into chunks, each coded like a picture of its own. Spec section 13."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from gicodec.format.header import Header

HALO = 16  # pixels around a chunk in which its Gaussians may lie, too


class Chunk(NamedTuple):
    """A rectangle of the picture, pixels."""

    x: int
    y: int
    width: int
    height: int

    def draws_in(self, left: float, top: float, right: float, bottom: float, reach: int) -> bool:
        """Tell whether what reaches so many pixels beyond the chunk can draw in a part of the picture."""
        across = self.x - reach < right and self.x + self.width + reach > left
        return across and self.y - reach < bottom and self.y + self.height + reach > top


def chunks_of(header: Header) -> list[Chunk]:
    """Return the chunks of a picture, row by row; the last of each row and column has what is left."""
    rows = _intervals(header.height, header.chunk_side)
    columns = _intervals(header.width, header.chunk_side)
    return [Chunk(x, y, width, height) for y, height in rows for x, width in columns]


def header_of(chunk: Chunk, header: Header, halo: int = 0) -> Header:
    """Return the header of the picture that a chunk is, with so many pixels around it."""
    return replace(header, width=chunk.width + 2 * halo, height=chunk.height + 2 * halo, chunk_side=0)


def _intervals(length: int, side: int) -> list[tuple[int, int]]:
    """Divide a side into intervals (first, length); the last has 0.5 to 1.5 times as much."""
    n = max(1, (length + side // 2) // side) if side else 1
    firsts = [side * i for i in range(n)]
    return [(first, end - first) for first, end in zip(firsts, [*firsts[1:], length], strict=True)]
