"""A chunk as its encoder sees it: with what is around it, and less what other chunks draw there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gicodec.format import Header
from gicodec.format.chunks import Chunk, header_of
from gicodec.image.picture import Picture
from gicodec.render.cpu import Array
from gicodec.source import Source

LONGEST = 64.0  # standard deviation, pixels: a crop needs few chunks around it
SOFT = 0.1  # how much errors count around a chunk, at its border; less and less beyond


@dataclass(frozen=True, eq=False, kw_only=True)
class Block(Source):
    """A part of a picture, with some pixels around it that count less, or not at all beyond the picture."""

    whole: Header
    """Of the whole picture."""
    chunk: Chunk
    halo: int = 0
    """Pixels around the chunk."""
    drawn: Array | None = None
    """What others draw here, [1 or 3, H, W]."""

    @classmethod
    def of(
        cls, source: Source, whole: Header, chunk: Chunk, *, halo: int = 0, drawn: Array | None = None
    ) -> Block:
        """Take a chunk of a picture, with so many pixels around it."""
        picture = source.picture
        rows = np.clip(np.arange(-halo, chunk.height + halo) + chunk.y, 0, picture.height - 1)
        columns = np.clip(np.arange(-halo, chunk.width + halo) + chunk.x, 0, picture.width - 1)
        part = np.ix_(rows, columns)
        alpha = None if picture.alpha is None else picture.alpha[part]
        opacity = None if source.opacity is None else source.opacity[part]
        cut = Picture(np.ascontiguousarray(picture.samples[part]), alpha, picture.color_space)
        return cls(cut, opacity, longest=LONGEST, whole=whole, chunk=chunk, halo=halo, drawn=drawn)

    @property
    def header(self) -> Header:
        """The header of a file of this part alone."""
        return header_of(self.chunk, self.whole, self.halo)

    def _weights(self) -> Array | None:
        """Let errors around the chunk count less and less, and those beyond the picture not at all."""
        weights = super()._weights()
        if not self.halo:
            return weights
        down = _fading(self.chunk.y, self.chunk.height, self.whole.height, self.halo)
        across = _fading(self.chunk.x, self.chunk.width, self.whole.width, self.halo)
        fading = np.minimum.outer(down, across)
        return fading if weights is None else weights * fading

    def _target(self) -> Array:
        """Take away what others draw."""
        target = super()._target()
        return target if self.drawn is None else target - self.drawn


def _fading(first: int, length: int, end: int, halo: int) -> Array:
    """Return the weights of the rows, or columns, of a chunk and its halo."""
    places = np.arange(-halo, length + halo)
    behind = np.maximum(0, places - length + 1)  # 1 and more in the halo
    fading = np.where(behind > 0, SOFT * (1 - behind / (halo + 1)), 1)
    inside = (places + first >= 0) & (places + first < end)
    return (fading * inside).astype(np.float32)
