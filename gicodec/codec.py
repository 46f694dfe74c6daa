"""The two pipelines, mirrored: pixels -> Gaussians -> integers -> bytes, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gicodec.errors import OptionError
from gicodec.format import MAX_PIXELS, GsiFile, Header, LimitError, Method
from gicodec.gaussians import Gaussians
from gicodec.image.samples import Pixels, to_samples
from gicodec.methods import SPECS
from gicodec.metrics import psnr
from gicodec.options import DecodeOptions, EncodeOptions, ProgressCallback
from gicodec.quantize import dequantize
from gicodec.render import View, covered_pixels, render

MAX_WORK = 2**35  # Gaussian-pixels: some seconds; a picture of MAX_PIXELS with 100 Gaussians everywhere
MAX_SCALED_SIDE = 2**53  # pixels of the picture that a crop is cut from; a float64 counts no further

Encoder = Callable[[NDArray[np.uint8], EncodeOptions, ProgressCallback | None], GsiFile]
"""From a picture [H, W, 3] to the file that stands for it."""


@dataclass(frozen=True)
class Encoded:
    """A picture as a file in memory, and how good it is."""

    data: bytes
    """The whole file."""
    psnr: float
    """dB over the 8-bit samples of the decoded picture; inf where they are all right."""
    n_gaussians: int


def encode(
    pixels: NDArray[np.uint8],
    options: EncodeOptions = EncodeOptions(),  # noqa: B008  # frozen
    progress: ProgressCallback | None = None,
) -> Encoded:
    """Encode a picture [H, W, 3] of 8-bit sRGB samples.

    Raises:
        DeviceError: There is no such device, or it failed.
        LimitError: The picture is too large.
        TargetError: This picture cannot meet the target; the text says what it can meet.
        OptionError: The array has another shape or type.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise OptionError(f"need uint8 [H, W, 3], not {pixels.dtype} {list(pixels.shape)}")
    file = _encoder_of(options)(np.ascontiguousarray(pixels), options, progress)
    data = file.to_bytes()
    decoded = decode(data, DecodeOptions(threads=options.threads))
    return Encoded(data, psnr(pixels, decoded), file.payload.n_gaussians)


def decode(
    data: bytes,
    options: DecodeOptions = DecodeOptions(),  # noqa: B008  # frozen
) -> Pixels:
    """Decode a file to a picture [H, W, 3], uint8 or, with bits=16, uint16: the mirror of encode.

    Raises:
        CorruptFileError: The bytes are damaged.
        DeviceError: There is no such device, or it failed.
        UnsupportedFileError: The file needs another version.
        LimitError: The file, or the size asked for, is too large.
        OptionError: The crop does not lie inside the output.
    """
    file = GsiFile.from_bytes(data)
    view = _view(file.header, options)
    gaussians = dequantize(file.payload)
    _check_work(gaussians, view)
    device = "cpu" if options.device == "auto" else options.device
    image = render(gaussians, view, file.header.kernel, threads=options.threads, device=device)
    return to_samples(image if len(image) > 1 else np.repeat(image, 3, axis=0), options.bits)


def _encoder_of(options: EncodeOptions) -> Encoder:
    """Import the encoder of a method, and torch with it: decoding does without."""
    return cast(Encoder, import_module(SPECS[Method.of(options.method)].encoder).encode)


def _view(header: Header, options: DecodeOptions) -> View:
    """Turn what was asked for into what to render; limits come before any allocation."""
    width, height = options.size or (header.width, header.height)
    if options.scale is not None:
        scale = min(options.scale, 2.0 * MAX_SCALED_SIDE)  # the side stays a number
        width, height = (max(1, round(side * scale)) for side in (header.width, header.height))
    if max(width, height) > MAX_SCALED_SIDE:
        raise LimitError(f"the scaled picture has a side of over {MAX_SCALED_SIDE} pixels")
    crop = options.crop
    x, y, columns, rows = (crop.x, crop.y, crop.width, crop.height) if crop else (0, 0, width, height)
    if crop and not (0 <= x < x + columns <= width and 0 <= y < y + rows <= height):
        raise OptionError(f"crop {columns}x{rows}+{x}+{y} is not inside the output, {width}x{height}")
    if columns * rows > MAX_PIXELS:
        raise LimitError(f"{columns}x{rows}: over {MAX_PIXELS} pixels")
    return View(columns, rows, width / header.width, height / header.height, x, y)


def _check_work(gaussians: Gaussians, view: View) -> None:
    work = covered_pixels(gaussians, view)
    if work > MAX_WORK:
        raise LimitError(f"rendering needs {work:.1e} Gaussian-pixels, the limit is {MAX_WORK:.1e}")
