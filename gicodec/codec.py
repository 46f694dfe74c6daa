"""Encode pixels -> Gaussians -> integers -> bytes, and decode the same way back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from gicodec.chunked import decode_chunks
from gicodec.drawing import check_work, draw_samples
from gicodec.errors import OptionError
from gicodec.format import MAX_PIXELS, ChunkedFile, GsiFile, Header, LimitError, Method, Section, read
from gicodec.format.alpha.payload import read_alpha
from gicodec.format.constants import SectionType
from gicodec.format.container import framed_size
from gicodec.format.varint import Data
from gicodec.image.picture import Picture, joined
from gicodec.methods import SPECS
from gicodec.opacity import code_alpha
from gicodec.options import DecodeOptions, EncodeOptions, ProgressCallback
from gicodec.quantize import dequantize
from gicodec.render import View, covered_pixels
from gicodec.render.reduce import drawn_view
from gicodec.render.resample import resized
from gicodec.source import Source
from gicodec.symbols import decode_symbols
from gicodec.texture.layer import read_texture

LARGE = 2**21  # pixels: larger pictures are divided into chunks
MAX_SCALED_SIDE = 2**53  # pixels of the picture around a crop; float64 holds all integers up to here

Encoder = Callable[[Source, EncodeOptions, ProgressCallback | None], GsiFile]
"""From a picture to the file that stands for it, without alpha and metadata."""


@dataclass(frozen=True)
class Encoded:
    """An encoded picture."""

    data: bytes
    """The whole .gsi file."""
    psnr: float
    """PSNR of the decoded picture, of colors times alpha, dB; inf if it equals the original."""
    n_gaussians: int
    """Number of Gaussians in the file."""


def encode(picture: Picture, options: EncodeOptions, progress: ProgressCallback | None = None) -> Encoded:
    """Encode a picture.

    Args:
        picture: At most 65535 pixels per side, 2**28 in all.
        options: Target, effort, method, and others.
        progress: Called with a report now and then, in this thread.

    Raises:
        DeviceError: The device does not exist, or it failed.
        LimitError: The picture, or its metadata, is too large.
        TargetError: This picture cannot meet the target. The text says what can be had.
    """
    is_large = Method.of(options.method) is Method.GSI and picture.width * picture.height > LARGE
    data, n_gaussians = (_encode_large if is_large else _encode_whole)(picture, options, progress)
    return Encoded(data, _psnr_of(picture, data, options.threads), n_gaussians)


def _encode_whole(
    picture: Picture, options: EncodeOptions, progress: ProgressCallback | None
) -> tuple[bytes, int]:
    alpha, opacity = None, None
    if picture.alpha is not None and not picture.is_opaque():
        alpha, opacity = code_alpha(picture.alpha, options, Source(picture).header)
    others = picture.metadata.sections()
    if alpha is not None:
        others.append(Section(SectionType.ALPHA, alpha))
    source = Source(picture, opacity, sum(framed_size(section) for section in others))
    file = replace(_encoder_of(options)(source, options, progress), alpha=alpha, metadata=picture.metadata)
    return file.to_bytes(), file.payload.n_gaussians


def _encode_large(
    picture: Picture, options: EncodeOptions, progress: ProgressCallback | None
) -> tuple[bytes, int]:
    from gicodec.encoder.large.encode import encode as encode_chunks

    return encode_chunks(picture, options, progress)


def _psnr_of(picture: Picture, data: bytes, threads: int) -> float:
    """Decode, and compare, band by band."""
    error, row = 0.0, 0
    for band in decode_bands(data, DecodeOptions(threads=threads)).bands:
        rows = slice(row, row + band.height)
        alpha = None if picture.alpha is None else picture.alpha[rows]
        original = replace(picture, samples=picture.samples[rows], alpha=alpha)
        error += band.height * 10 ** (-Source(original, band.alpha).psnr(band.samples) / 10)
        row += band.height
    return math.inf if error == 0 else -10 * math.log10(error / picture.height)


def decode(data: Data, options: DecodeOptions) -> Picture:
    """Decode the bytes of a .gsi file to a picture: the mirror of :func:`encode`.

    Raises:
        CorruptFileError: The file is damaged or truncated.
        DeviceError: The device does not exist, or it failed.
        LimitError: The output exceeds 2**28 pixels, or the file a limit on size or work.
        OptionError: The crop is not inside the output.
        UnsupportedFileError: The file needs another version of gicodec.
    """
    return joined(list(decode_bands(data, options).bands))


@dataclass(frozen=True)
class Bands:
    """A picture whose parts are decoded one after the other."""

    width: int
    height: int
    bands: Iterator[Picture]
    """From the top."""


def decode_bands(data: Data, options: DecodeOptions) -> Bands:
    """Decode as :func:`decode` does, but a picture that is divided band by band."""
    file = read(data, decode_symbols)
    view = _view(file.header, options)
    if isinstance(file, ChunkedFile):
        return Bands(view.width, view.height, decode_chunks(file, view, options))
    return Bands(view.width, view.height, iter([_decode_whole(file, view, options)]))


def _decode_whole(file: GsiFile, view: View, options: DecodeOptions) -> Picture:
    header = file.header
    gaussians = dequantize(file.payload)
    texture = None if file.texture is None else read_texture(file.texture, header)
    check_work(covered_pixels(gaussians, drawn_view(view, header)))
    samples = draw_samples(gaussians, texture, view, header, options)
    alpha = None if file.alpha is None else resized(read_alpha(file.alpha, header), view)
    return Picture(samples, alpha, header.color_space, file.metadata)


def _encoder_of(options: EncodeOptions) -> Encoder:
    """Import the encoder of a method: decoding does without."""
    return cast(Encoder, import_module(SPECS[Method.of(options.method)].encoder).encode)


def _view(header: Header, options: DecodeOptions) -> View:
    """Return what to render. Limits are checked before anything is allocated."""
    width, height = _output_size(header, options)
    if max(width, height) > MAX_SCALED_SIDE:
        raise LimitError(f"the scaled picture exceeds the limit of {MAX_SCALED_SIDE} pixels per side")
    crop = options.crop
    x, y, columns, rows = (crop.x, crop.y, crop.width, crop.height) if crop else (0, 0, width, height)
    if crop and not (0 <= x < x + columns <= width and 0 <= y < y + rows <= height):
        raise OptionError(f"crop {columns}x{rows}+{x}+{y} is not inside the {width}x{height} output")
    if columns * rows > MAX_PIXELS:
        raise LimitError(f"output of {columns}x{rows} exceeds the limit of {MAX_PIXELS} pixels")
    return View(columns, rows, width / header.width, height / header.height, x, y)


def _output_size(header: Header, options: DecodeOptions) -> tuple[int, int]:
    """Return the width and height of the whole output."""
    scale, size, coded = options.scale or 1.0, options.size, (header.width, header.height)
    if isinstance(size, int):
        scale = size / max(coded)
    elif size is not None:
        width, height = size
        if width is not None and height is not None:
            return width, height
        scale = next(side / coded[axis] for axis, side in enumerate(size) if side is not None)
    scale = min(scale, 2.0 * MAX_SCALED_SIDE)  # keeps the product finite
    scaled = [max(1, round(side * scale)) for side in coded]
    if isinstance(size, tuple):  # what was asked for, whatever the rounding
        scaled = [given or side for given, side in zip(size, scaled, strict=True)]
    return scaled[0], scaled[1]
