"""Decode a picture that is divided: band by band, and of its chunks only those that a band needs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from gicodec.drawing import check_work, draw_samples
from gicodec.format import ChunkedFile, CorruptFileError, Header
from gicodec.format.alpha.payload import read_alpha
from gicodec.format.alpha.prediction import Plane
from gicodec.format.chunks import HALO, header_of
from gicodec.format.file import read_chunk_payload
from gicodec.gaussians import Gaussians
from gicodec.image.picture import Picture
from gicodec.options import DecodeOptions
from gicodec.processor import hardware_threads
from gicodec.quantize import dequantize
from gicodec.render import View, covered_pixels
from gicodec.render.reduce import drawn_view
from gicodec.render.resample import resized
from gicodec.symbols import decode_symbols
from gicodec.texture.layer import Texture, read_texture
from gicodec.texture.mosaic import Mosaic

BAND = 2**21  # pixels drawn at once
AHEAD = 3  # bands whose chunks are decoded while one is drawn
ALPHA_REACH = 2  # pixels from which an enlarged one of alpha is made


@dataclass(frozen=True, eq=False)
class DecodedChunk:
    """What a chunk holds."""

    gaussians: Gaussians
    """In their places in the picture."""
    texture: Texture | None
    alpha: Plane | None


class Chunks:
    """The chunks of a file, decoded when a view needs them, and forgotten when the next does not."""

    def __init__(self, file: ChunkedFile, pool: Executor) -> None:
        self._file, self._pool, header = file, pool, file.header
        self._decoded: dict[int, Future[DecodedChunk]] = {}
        self._steps: set[float] = set()
        self.alpha = np.zeros((header.height, header.width), np.uint8) if file.has_alpha else None
        """[H, W], known where chunks have been decoded."""

    def prepare(self, view: View) -> list[int]:
        """Begin to decode the chunks that a view of the picture needs; return which."""
        needed = needed_chunks(self._file, view)
        for i in needed:
            if i not in self._decoded:
                self._decoded[i] = self._pool.submit(self._decode, i)
        return needed

    def of(self, view: View) -> tuple[Gaussians, Mosaic]:
        """Return what there is to draw in a view of the picture, and hardly more; forget what is above."""
        needed = self.prepare(view)
        chosen = [(self._file.chunks[i], self._decoded[i].result()) for i in needed]
        self._decoded = {i: future for i, future in self._decoded.items() if i >= needed[0]}
        if self.alpha is not None:
            for (x, y, width, height), decoded in chosen:
                if decoded.alpha is not None:
                    self.alpha[y : y + height, x : x + width] = decoded.alpha
        parts = [(chunk, decoded.texture) for chunk, decoded in chosen if decoded.texture is not None]
        self._steps |= {texture.step for _, texture in parts}
        if len(self._steps) > 1:
            raise CorruptFileError("the textures of the chunks differ in step")
        gaussians = Gaussians.joined([decoded.gaussians for _, decoded in chosen])
        return gaussians, Mosaic(self._file.header.channels, parts)

    def _decode(self, i: int) -> DecodedChunk:
        parts, chunk = self._file.parts(i), self._file.chunks[i]
        header = header_of(chunk, self._file.header)
        gaussians = dequantize(read_chunk_payload(self._file, i, parts, decode_symbols)[0])
        texture = None if parts.texture is None else read_texture(parts.texture, header)
        alpha = None if parts.alpha is None else read_alpha(parts.alpha, header)
        return DecodedChunk(gaussians.moved(chunk.x - HALO, chunk.y - HALO), texture, alpha)


def decode_chunks(file: ChunkedFile, view: View, options: DecodeOptions) -> Iterator[Picture]:
    """Decode a view, band by band from the top, each a picture as wide as the view.

    Raises:
        CorruptFileError: A chunk is damaged.
        DeviceError: The device does not exist, or it failed.
        LimitError: A chunk exceeds a limit, or drawing takes too long.
    """
    header, work = file.header, 0.0
    with ThreadPoolExecutor(options.threads or hardware_threads()) as pool:
        chunks = Chunks(file, pool)
        bands = list(bands_of(view, header))
        drawn = [drawn_view(band, header) for band in bands]
        for i, band in enumerate(bands):
            gaussians, texture = chunks.of(drawn[i])
            for following in drawn[i + 1 : i + 1 + AHEAD]:  # while this one is drawn
                chunks.prepare(following)
            work += covered_pixels(gaussians, drawn[i])
            check_work(work)
            samples = draw_samples(gaussians, texture, band, header, options)
            alpha = None if chunks.alpha is None else resized(chunks.alpha, band)
            yield Picture(samples, alpha, header.color_space, file.metadata)


def needed_chunks(file: ChunkedFile, view: View) -> list[int]:
    """Return which chunks draw in a view."""
    left, top = view.x / view.scale_x, view.y / view.scale_y
    right, bottom = (view.x + view.width) / view.scale_x, (view.y + view.height) / view.scale_y
    least = ALPHA_REACH if file.has_alpha else 0
    return [
        i
        for i, (chunk, entry) in enumerate(zip(file.chunks, file.entries, strict=True))
        if chunk.draws_in(left, top, right, bottom, max(least, entry.reach))
    ]


def bands_of(view: View, header: Header) -> Iterator[View]:
    """Divide a view into bands of about BAND pixels to draw."""
    drawn = drawn_view(replace(view, height=1), header)
    n_rows = max(1, math.floor(BAND / drawn.width * view.scale_y / drawn.scale_y))
    for first in range(0, view.height, n_rows):
        yield replace(view, height=min(n_rows, view.height - first), y=view.y + first)
