"""A layer: amplitudes in steps, from and to the bytes of a file, and what they draw. Spec section 12."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec import _native
from gicodec.format import CorruptFileError, Header
from gicodec.format.arrays import FloatArray
from gicodec.format.gsi.head import step_of
from gicodec.format.texture import read_texture_section, write_texture_section
from gicodec.quantize import TRANSFORM
from gicodec.texture.cosines import SIDE, Array, mixed, n_blocks, synthesize

BAND = 2**22  # pixels drawn at once


@dataclass(frozen=True, eq=False)
class Texture:
    """A layer of cosines."""

    step: float
    """D of its amplitudes."""
    amplitudes: NDArray[np.int16]
    """[C, rows, columns, 8, 8] by channel, as in TRANSFORM, block, and frequency; in steps."""

    @property
    def is_empty(self) -> bool:
        """Whether it draws nothing."""
        return not self.amplitudes.any()

    def draw(self, rows: FloatArray, columns: FloatArray, threads: int = 0) -> Array:
        """Evaluate the layer at the crossings of places, in pixels of the picture, [H] and [W]: [C, H, W]."""
        n = len(self.amplitudes)
        transform = TRANSFORM[:n, :n] * self.step
        image = np.empty((n, len(rows), len(columns)), np.float32)
        n_rows = max(1, BAND // len(columns))
        for first in range(0, len(rows), n_rows):
            band = slice(first, first + n_rows)
            planes = synthesize(self.amplitudes, rows[band], columns, threads)
            image[:, band] = mixed(planes, transform.T, threads)
        return image


def read_texture(payload: bytes, header: Header) -> Texture:
    """Read a section.

    Raises:
        CorruptFileError: It is no layer of a picture of this size.
    """
    step, coded = read_texture_section(payload)
    if not coded:  # zeros, which then take no memory
        return Texture(step, np.broadcast_to(np.int16(0), shape_of(header)))
    amplitudes = np.empty(shape_of(header), np.int16)
    if not _native.read_texture(coded, amplitudes):
        raise CorruptFileError(
            "texture: there are more bytes than the layer needs, or an amplitude is too large"
        )
    return Texture(step, amplitudes)


@dataclass(frozen=True, eq=False)
class CodedTexture:
    """A layer as it is written."""

    payload: bytes
    """Of the section."""
    step_code: int
    """Of D."""
    texture: Texture
    """What a reader will see."""


def write_texture(coefficients: Array, weights: Array, step_code: int, price: float) -> CodedTexture:
    """Choose amplitudes, and code them.

    Args:
        coefficients: [C, rows, columns, 8, 8] of what the layer should draw.
        weights: [rows, columns], how much the error of each block counts.
        step_code: The code of D.
        price: Of a bit, in squared steps.
    """
    step = step_of(step_code)
    amplitudes = np.empty(coefficients.shape, np.int16)
    scaled = coefficients / np.float32(step)
    coded = _native.write_texture(scaled, weights, price, amplitudes)
    return CodedTexture(write_texture_section(step_code, coded), step_code, Texture(step, amplitudes))


def shape_of(header: Header) -> tuple[int, int, int, int, int]:
    """Return the shape of a picture's amplitudes."""
    return header.channels, n_blocks(header.height), n_blocks(header.width), SIDE, SIDE
