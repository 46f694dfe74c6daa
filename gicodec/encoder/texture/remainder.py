"""What Gaussians leave of a picture: what a layer of cosines is to draw."""

from __future__ import annotations

from functools import cached_property, lru_cache, partial

import numpy as np

from gicodec.encoder.texture.expectation import Expectation
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.gaussians import Gaussians
from gicodec.image.samples import to_samples
from gicodec.quantize import TRANSFORM
from gicodec.render import View, render
from gicodec.render.cpu import Array
from gicodec.render.reduce import base_color
from gicodec.source import Source
from gicodec.texture.cosines import SIDE, analyze, mixed, places
from gicodec.texture.layer import CodedTexture, write_texture


class Remainder:
    """A picture less what Gaussians draw, and layers of it."""

    def __init__(self, source: Source, drawn: Array, threads: int) -> None:
        """Take what Gaussians draw, [1 or 3, H, W], without the base."""
        self.source, n = source, source.header.channels
        self._below = base_color(source.header)[:, None, None] + drawn[:n]
        error = source.target - drawn
        if source.weights is not None:
            error *= source.weights > 0  # whatever is drawn where nothing is seen
        self._coefficients = analyze(mixed(error, TRANSFORM[:n], threads), threads)
        self._weights = _means_of_blocks(source.weights, self._coefficients.shape[1:3])
        # What is cached knows nothing of this object: in a circle, large arrays would stay for long.
        arrays = self._coefficients, self._weights
        self.code = lru_cache(maxsize=4)(lambda code: write_texture(*arrays, code, TEXTURE.price))
        """Code a layer with a step, by its code."""
        self.psnr_of = lru_cache(maxsize=4)(partial(_psnr_of, source, self._below, threads))
        """Return the dB of the decoded picture with a layer."""

    @classmethod
    def of(cls, source: Source, gaussians: Gaussians, threads: int) -> Remainder:
        """Draw Gaussians, and take what they leave."""
        header = source.header
        view = View(header.width, header.height)
        return cls(source, render(gaussians, view, header.kernel, threads=threads), threads)

    @cached_property
    def expected(self) -> Expectation:
        """What its layers will come to."""
        return Expectation.of(self._coefficients)

    def error_of(self, layer: CodedTexture) -> float:
        """Return the squared error that a layer leaves, weighted."""
        texture = layer.texture
        errors = np.square(self._coefficients - texture.amplitudes * np.float32(texture.step))
        return float((errors.sum(axis=(0, 3, 4), dtype=np.float64) * self._weights).sum())

    def priced(self, step_code: int, price: float) -> CodedTexture:
        """Code a layer with another price of a bit than the usual."""
        return write_texture(self._coefficients, self._weights, step_code, price)


def _psnr_of(source: Source, below: Array, threads: int, layer: CodedTexture) -> float:
    header = source.header
    image = below + layer.texture.draw(places(header.height), places(header.width), threads)
    return source.psnr(to_samples(image, header.bit_depth))


def _means_of_blocks(weights: Array | None, shape: tuple[int, ...]) -> Array:
    """Average weights [H, W] over each block [rows, columns]; the picture ends within the last."""
    means = np.ones(shape, np.float32)
    if weights is not None:
        padded = np.pad(weights, [(0, -n % SIDE) for n in weights.shape], "edge")
        means[:] = padded.reshape(shape[0], SIDE, shape[1], SIDE).mean(axis=(1, 3))
    return means
