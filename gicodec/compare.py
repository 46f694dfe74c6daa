"""How far two pictures are apart, by the measures of the field; SSIM is a library's."""

from __future__ import annotations

import io
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from gicodec.codec import decode
from gicodec.errors import OptionError
from gicodec.format import SIGNATURE, describe
from gicodec.image.picture import Picture
from gicodec.image.read import read_image
from gicodec.metrics import psnr
from gicodec.options import DecodeOptions

SMALLEST = 161  # pixels a side: MS-SSIM halves a picture four times under windows of 11


def load(data: bytes, name: str) -> tuple[Picture, float | None]:
    """Decode the bytes of a .gsi file or of any picture; return it, and the bpp of a .gsi file.

    Raises:
        GsiError: They cannot be decoded.
    """
    if data.startswith(SIGNATURE):
        return decode(data, DecodeOptions()), describe(data).bpp
    stream = io.BytesIO(data)
    stream.name = name
    return read_image(stream)[0], None


def compare_pictures(a: Picture, b: Picture) -> dict[str, float]:
    """Return PSNR, dB, and, where pytorch-msssim is installed, SSIM and MS-SSIM, of colors times alpha.

    Raises:
        OptionError: The pictures differ in size.
    """
    first, second = _colors(a, b)
    measured = {"psnr": psnr(first, second)}
    if find_spec("pytorch_msssim"):
        measured |= _structure(first, second)
    return measured


def psnr_of(a: Picture, b: Picture) -> float:
    """Return the PSNR of colors times alpha, dB.

    Raises:
        OptionError: The pictures differ in size.
    """
    return psnr(*_colors(a, b))


def _colors(a: Picture, b: Picture) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what is seen on black, [H, W, C]: as many channels of both."""
    if (a.width, a.height) != (b.width, b.height):
        raise OptionError(f"the pictures differ in size: {a.width}x{a.height} and {b.width}x{b.height}")
    first, second = a.over_black(), b.over_black()
    n_channels = max(first.shape[2], second.shape[2])
    shape = a.height, a.width, n_channels
    return np.broadcast_to(first, shape), np.broadcast_to(second, shape)


def _structure(a: NDArray[np.float32], b: NDArray[np.float32]) -> dict[str, float]:
    import torch
    from pytorch_msssim import ms_ssim, ssim

    tensors = [torch.from_numpy(np.array(x.transpose(2, 0, 1)[None], np.float32)) for x in (a, b)]
    measured = {}
    if min(a.shape[:2]) >= 11:
        measured["ssim"] = float(ssim(*tensors, data_range=1.0))
    if min(a.shape[:2]) >= SMALLEST:
        measured["ms_ssim"] = float(ms_ssim(*tensors, data_range=1.0))
    return measured
