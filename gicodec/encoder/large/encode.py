"""A large picture to a file of chunks.

Each chunk is encoded like a picture of its own, from left to right and from the top: less what the chunks
before it draw, with HALO pixels around it. There, errors count in full where a chunk is finished: it should
not be disturbed. Where one is still to come they count little: what is left there is that one's task. The
layers of cosines come last, when all Gaussians are known.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gicodec.device import find_device, one_line_errors
from gicodec.encoder.large.block import Block
from gicodec.encoder.large.finished import Finished
from gicodec.encoder.large.layers import layers_within, measure_of_error, measure_of_size, payload_of
from gicodec.encoder.large.shares import Start, shares, shares_of_psnr, start_of
from gicodec.encoder.pipeline import Search
from gicodec.encoder.targets import target_of
from gicodec.encoder.targets.base import file_size
from gicodec.encoder.texture.aims import StepAim, aim_of
from gicodec.encoder.texture.choice import begin
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.errors import TargetError
from gicodec.format import GsiPayload
from gicodec.format.chunked import write_chunked
from gicodec.format.chunks import HALO, chunks_of, header_of
from gicodec.format.sections import Parts
from gicodec.image.picture import Picture
from gicodec.image.samples import to_samples
from gicodec.metrics import squared_error
from gicodec.opacity import code_alpha
from gicodec.options import EncodeOptions, Progress, ProgressCallback
from gicodec.render import View
from gicodec.render.reduce import base_color
from gicodec.source import Source

SIDE = 1024  # pixels of a chunk
INDEX_BYTES = 16  # of a chunk, beside its parts' payloads
SIZES = ("bpp", "target_size")
TINY = 1e-9  # an error that no picture meets


def encode(
    picture: Picture, options: EncodeOptions, progress: ProgressCallback | None, side: int = SIDE
) -> tuple[bytes, int]:
    """Encode a large picture by method gsi, in chunks of a side; return the file, and its Gaussians' number.

    Raises:
        DeviceError: There is no such device, or it failed.
        LimitError: There is more metadata than a file may have.
        TargetError: This picture cannot meet the target.
    """
    with one_line_errors():
        return _Large(picture, options, progress, side).encode()


class _Large:
    """One picture, and how to encode it."""

    def __init__(
        self, picture: Picture, options: EncodeOptions, progress: ProgressCallback | None, side: int
    ) -> None:
        self.options, self.progress, self.device = options, progress, find_device(options.device)
        self.header = replace(Source(picture).header, chunk_side=side)
        self.chunks = chunks_of(self.header)
        self.metadata = picture.metadata
        self.alphas, opacity = self._code_alpha(picture)
        self.source = Source(picture, opacity)
        self.finished = Finished(self.header, options.threads)
        self._last: Progress | None = None

    def encode(self) -> tuple[bytes, int]:
        """Encode all chunks, and make a file."""
        n_bytes = self._budget()
        starts = []
        for i in range(len(self.chunks)):
            starts.append(self._start(i, n_bytes))
            self._report_end()
        targets = self._shares(starts, n_bytes)
        payloads, layered = [], []
        for i, (start, share) in enumerate(zip(starts, targets, strict=True)):
            payload, has_layer = self._gaussians(i, start, share)
            self.finished.add(self.chunks[i], payload)
            self._report_end()
            payloads.append(payload)
            if has_layer:
                layered.append(i)
        headers = [header_of(chunk, self.header, HALO) for chunk in self.chunks]
        coded = [payload.to_bytes(header) for payload, header in zip(payloads, headers, strict=True)]
        layers = self._layers(layered, n_bytes - sum(map(len, coded)))
        data = self._file(coded, layers)
        return data, sum(payload.n_gaussians for payload in payloads)

    def _code_alpha(self, picture: Picture) -> tuple[list[bytes] | None, NDArray[np.uint8] | None]:
        """Code the alpha of each chunk; return it as a reader will see it, too."""
        if picture.alpha is None or picture.is_opaque():
            return None, None
        seen = np.empty_like(picture.alpha)
        coded = []
        for i, chunk in enumerate(self.chunks):
            part = np.s_[chunk.y : chunk.y + chunk.height, chunk.x : chunk.x + chunk.width]
            given = np.ascontiguousarray(picture.alpha[part])
            data, seen[part] = code_alpha(given, self._options_of(i), header_of(chunk, self.header))
            coded.append(data)
        return coded, seen

    def _options_of(self, i: int) -> EncodeOptions:
        """Return the options for a chunk, if all are alike."""
        kind, value = self.options.target
        n_pixels = self.header.n_pixels
        if kind == "target_size":
            return replace(self.options, target_size=None, bpp=8 * value / n_pixels)
        if kind == "gaussians":
            n = max(1, round(value * self.chunks[i].width * self.chunks[i].height / n_pixels))
            return replace(self.options, gaussians=n)
        return self.options

    def _budget(self) -> int:
        """Return how many bytes Gaussians and layers may have; 0 where the target is not a size."""
        if self.options.target[0] not in SIZES:
            return 0
        empty = len(self._file([b""] * len(self.chunks), {})) + INDEX_BYTES * len(self.chunks)
        n_bytes = self.options.budget(self.header.n_pixels) - empty
        if n_bytes <= 0:
            raise TargetError(f"the target is too small: this picture needs more than {empty} bytes")
        return n_bytes

    def _start(self, i: int, n_bytes: int) -> Start:
        bpp = 8 * n_bytes / self.header.n_pixels or math.inf
        block = Block.of(self.source, self.header, self.chunks[i], halo=HALO)
        return start_of(block, bpp, self.options, self.device, self._reports("start", i))

    def _shares(self, starts: list[Start], n_bytes: int) -> list[int]:
        """Return the bytes of each chunk; 0 where the target is not one of all chunks together."""
        kind, value = self.options.target
        if kind == "psnr":
            return shares_of_psnr(starts, self.chunks, value)
        if kind in SIZES:
            return shares(starts, self.chunks, n_bytes)
        return [0] * len(starts)

    def _gaussians(self, i: int, start: Start, n_bytes: int) -> tuple[GsiPayload, bool]:
        """Encode the Gaussians of a chunk; tell whether a layer follows."""
        view = self._view(i, HALO)
        block = Block.of(self.source, self.header, self.chunks[i], halo=HALO, drawn=self.finished.drawn(view))
        nothing = GsiPayload.empty(block.header.channels)
        if block.is_flat:
            return nothing, False
        options = self._options_of(i)
        if n_bytes:
            n_bytes += file_size(nothing, block.header)
            options = replace(options, bpp=None, psnr=None, target_size=n_bytes)
        if self.options.target[0] == "psnr":
            options = replace(options, texture=True)
        try:
            target = target_of(options, block)
        except TargetError:
            if not n_bytes:
                raise
            return nothing, False
        aim = None if options.texture is False else aim_of(options, block)
        reports = self._reports("chunks", i)
        begun = begin(block, target, aim, options, self.device, reports, first=start.fit)
        search = Search(block, options, self.device, reports)
        payload = search.gaussians_below(begun)
        return (search.gaussians(target, begun.start), False) if payload is None else (payload, True)

    def _layers(self, layered: list[int], n_bytes: int) -> dict[int, bytes]:
        """Code the layers of chunks that have one; return their payloads, by chunk."""
        kind, value = self.options.target
        remainders = [partial(self._remainder, i) for i in layered]
        if not layered:
            if kind == "psnr":
                raise TargetError(f"{value:g} dB cannot be met")
            return {}
        if kind == "quality":
            layers = [payload_of(StepAim(value).layer(remainder(), 0)) for remainder in remainders]
        elif kind == "psnr":
            others = sum(self._error(i) for i in range(len(self.chunks)) if i not in layered)
            allowed = squared_error(value, self.header) - others
            layers = layers_within(remainders, measure_of_error(max(allowed, TINY)))
        else:
            n_bytes -= TEXTURE.framing * len(layered)
            if n_bytes < TEXTURE.least_bytes * len(layered):
                return {}
            layers = layers_within(remainders, measure_of_size(n_bytes))
        return {i: layer for i, layer in zip(layered, layers, strict=True) if layer}

    def _file(self, coded: list[bytes], layers: dict[int, bytes]) -> bytes:
        alphas: list[bytes] | list[None] = self.alphas or [None] * len(coded)
        textures = [layers.get(i) for i in range(len(coded))]
        parts = list(map(Parts, coded, textures, alphas))
        reaches = self.finished.reaches or [0] * len(parts)
        return write_chunked(self.header, list(zip(parts, reaches, strict=True)), self.metadata)

    def _remainder(self, i: int) -> Remainder:
        """Return what a layer of a chunk is to draw."""
        block = Block.of(self.source, self.header, self.chunks[i])
        return Remainder(block, self.finished.drawn(self._view(i)), self.options.threads)

    def _error(self, i: int) -> float:
        """Return the squared error of a chunk without a layer."""
        block = Block.of(self.source, self.header, self.chunks[i])
        image = base_color(self.header)[:, None, None] + self.finished.drawn(self._view(i))
        samples = to_samples(image[: self.header.channels], self.header.bit_depth)
        return squared_error(block.psnr(samples), block.header)

    def _view(self, i: int, halo: int = 0) -> View:
        x, y, width, height = self.chunks[i]
        return View(width + 2 * halo, height + 2 * halo, x=x - halo, y=y - halo)

    def _reports(self, stage: str, i: int) -> ProgressCallback | None:
        """Return what turns reports on a chunk into those on the picture."""
        if (progress := self.progress) is None:
            return None

        def report(inner: Progress) -> None:
            snapshot = partial(self.finished.beside, self.chunks[i], inner.snapshot)
            n = len(self.chunks)
            self._last = replace(inner, stage=stage, done=i, total=n, snapshot=snapshot)
            progress(self._last)

        return report

    def _report_end(self) -> None:
        """Report that another chunk is done, as it was last seen."""
        if self.progress is not None and self._last is not None:
            self.progress(replace(self._last, done=self._last.done + 1))
            self._last = None
