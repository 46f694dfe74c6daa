"""How the bytes of a file are shared out over its chunks, so that one more is worth the same everywhere.

A short fit of few Gaussians begins each chunk. A layer of cosines would code what it leaves: the chunks get
what layers of one step would take, and the Gaussians.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gicodec.encoder.large.block import Block
from gicodec.encoder.texture.choice import FirstFit
from gicodec.encoder.texture.expectation import Expectation
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.fit import to_gaussians
from gicodec.fit.parameters import X, Y
from gicodec.format.arrays import FloatArray
from gicodec.format.chunks import HALO, Chunk
from gicodec.options import EncodeOptions, ProgressCallback

LEAST_SHARE = 0.02  # of what a chunk would get of equal shares


@dataclass(frozen=True)
class Start:
    """A chunk after its first fit."""

    fit: FirstFit | None
    """None: there is nothing to see in it."""
    expected: Expectation
    """Of layers of what the fit leaves."""


def start_of(
    block: Block, bpp: float, options: EncodeOptions, device: str, progress: ProgressCallback | None
) -> Start:
    """Fit a few Gaussians, for a third of so many bits per pixel, to a chunk and what is around it."""
    n_pixels = block.chunk.width * block.chunk.height
    if block.is_flat:
        return Start(None, Expectation.of(np.zeros(1, np.float32)))
    n_bytes = int(min(TEXTURE.probe_bpp, TEXTURE.probe_share * bpp) * n_pixels / 8)
    parameters = FirstFit.within(block, n_bytes, options, device, progress).parameters
    remainder = Remainder.of(block, to_gaussians(parameters), options.threads)
    kept = parameters[(parameters[:, X] >= HALO) & (parameters[:, Y] >= HALO)]  # others draw the rest
    return Start(FirstFit(kept, n_bytes), remainder.expected)


def shares(starts: Sequence[Start], chunks: Sequence[Chunk], n_bytes: int) -> list[int]:
    """Share out bytes: by the step of which layers, and Gaussians, take nearly as many."""
    sizes = _sizes(starts)
    code = int(np.argmin(np.abs(np.log(sizes.sum(axis=0) / n_bytes))))
    return _scaled(sizes[:, code], chunks, n_bytes)


def shares_of_psnr(starts: Sequence[Start], chunks: Sequence[Chunk], psnr: float) -> list[int]:
    """Return the bytes that bring all chunks together to so many dB, nearly."""
    pixels = np.array([chunk.width * chunk.height for chunk in chunks])
    errors = pixels @ 10 ** (-np.array([start.expected.psnr for start in starts]) / 10) / pixels.sum()
    code = int(np.argmin(np.abs(np.log(errors) + psnr * math.log(10) / 10)))
    sizes = _sizes(starts)[:, code]
    return _scaled(sizes, chunks, int(sizes.sum()))


def _sizes(starts: Sequence[Start]) -> FloatArray:
    """Return the bytes [chunks, codes] that Gaussians and layers should take, by the code of a step."""
    of_fits = np.array([0 if start.fit is None else start.fit.n_bytes for start in starts])
    return np.asarray(of_fits[:, None] + np.exp([start.expected.log_size for start in starts]))


def _scaled(wanted: FloatArray, chunks: Sequence[Chunk], n_bytes: int) -> list[int]:
    pixels = np.array([chunk.width * chunk.height for chunk in chunks])
    raised = np.maximum(wanted / wanted.sum(), LEAST_SHARE * pixels / pixels.sum())
    return [math.floor(n_bytes * share) for share in raised / raised.sum()]
