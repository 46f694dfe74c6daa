"""The Gaussians of the chunks that are finished, in their places in the picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gicodec.format import GsiPayload, Header
from gicodec.format.chunks import HALO, Chunk
from gicodec.gaussians import Gaussians
from gicodec.quantize import dequantize
from gicodec.render import View, render
from gicodec.render.cpu import Array

REACH = 3  # standard deviations: there the kernel is 0


class Finished:
    """They come chunk by chunk, and draw on those around."""

    def __init__(self, header: Header, threads: int) -> None:
        self._header, self._threads = header, threads
        self._chunks: list[tuple[Chunk, Gaussians]] = []
        self.reaches: list[int] = []
        """How far beyond its chunk the Gaussians of each draw, pixels."""

    def add(self, chunk: Chunk, payload: GsiPayload) -> None:
        """Take another chunk."""
        gaussians = dequantize(payload).moved(chunk.x - HALO, chunk.y - HALO)
        self._chunks.append((chunk, gaussians))
        self.reaches.append(_reach_of(gaussians, chunk))

    def beside(self, chunk: Chunk, snapshot: Callable[[], Gaussians]) -> Gaussians:
        """Return all there are so far, with those of another chunk as they are now."""
        moved = snapshot().moved(chunk.x - HALO, chunk.y - HALO)
        colored = (replace(g, colors=np.broadcast_to(g.colors, (len(g.colors), 3))) for _, g in self._chunks)
        return Gaussians.joined([*colored, moved])

    def drawn(self, view: View) -> Array:
        """Draw them in a view of the picture at its own size: [1 or 3, H, W]."""
        near = [
            gaussians
            for (chunk, gaussians), reach in zip(self._chunks, self.reaches, strict=True)
            if chunk.draws_in(view.x, view.y, view.x + view.width, view.y + view.height, reach)
        ]
        if not near:
            return np.zeros((1, view.height, view.width), np.float32)
        return render(Gaussians.joined(near), view, self._header.kernel, threads=self._threads)


def _reach_of(gaussians: Gaussians, chunk: Chunk) -> int:
    if not gaussians.n_gaussians:
        return 0
    extent = REACH * np.sqrt(gaussians.covariances()[:, [0, 2]])
    first, size = np.array([chunk.x, chunk.y]), np.array([chunk.width, chunk.height])
    before, behind = first - (gaussians.centers - extent), gaussians.centers + extent - first - size
    return max(0, math.ceil(float(max(before.max(), behind.max()))))
