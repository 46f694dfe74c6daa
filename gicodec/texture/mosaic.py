"""The layers of a picture's chunks, each in its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gicodec.format.arrays import FloatArray
from gicodec.format.chunks import Chunk
from gicodec.texture.cosines import Array
from gicodec.texture.layer import Texture


class Mosaic:
    """Layers that end where their chunks do."""

    def __init__(self, channels: int, parts: Sequence[tuple[Chunk, Texture]]) -> None:
        self._channels, self._parts = channels, parts

    def draw(self, rows: FloatArray, columns: FloatArray, threads: int = 0) -> Array:
        """Evaluate them as ``Texture.draw`` does one; elsewhere there is nothing."""
        image = np.zeros((self._channels, len(rows), len(columns)), np.float32)
        for chunk, texture in self._parts:
            down = _within(rows, chunk.y, chunk.height)
            across = _within(columns, chunk.x, chunk.width)
            if down.start < down.stop and across.start < across.stop:
                places = rows[down] - chunk.y, columns[across] - chunk.x
                image[:, down, across] = texture.draw(*places, threads)
        return image


def _within(places: FloatArray, first: int, length: int) -> slice:
    """Return which of ascending places are in an interval."""
    return slice(*np.searchsorted(places, [first, first + length]).tolist())
