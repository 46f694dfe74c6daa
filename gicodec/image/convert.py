"""Pictures from what Python programs have: paths, streams, Pillow's images, arrays, tensors."""

from __future__ import annotations

import os
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gicodec.errors import ImageError, OptionError, one_line
from gicodec.image.picture import Picture
from gicodec.image.read import ReadOptions, picture_of_pillow, read_image
from gicodec.image.samples import Pixels, to_8_bits

MAX_CHANNELS = 4


def as_picture(image: object, options: ReadOptions) -> tuple[Picture, list[str]]:
    """Return a picture, and warnings: one line for each thing that was dropped or converted.

    Args:
        image: A picture; a path, or a binary stream, of an image file; a Pillow image; an array [H, W] or
            [H, W, C] of uint8, uint16, or floats from 0 to 1, which are kept to 16 bits; or a tensor of
            PyTorch, as such an array or [C, H, W]. C is 1 for gray, 3 for red, green and blue, and one
            more with alpha.
        options: What to do with color space and metadata of files and Pillow images.

    Raises:
        ImageError: A file cannot be read.
        LimitError: The picture is too large.
        OptionError: It is something else.
    """
    if isinstance(image, Picture):
        return image, []
    if isinstance(image, str | os.PathLike):
        return read_image(os.fspath(image), options)
    if isinstance(image, Image.Image):
        try:
            return picture_of_pillow(image, options, upright=True)
        except (OSError, ValueError) as err:  # it is read, or converted, only now
            raise ImageError(f"the Pillow image cannot be read ({one_line(err)})") from err
    if hasattr(image, "detach") and hasattr(image, "numpy"):  # a tensor; PyTorch need not be imported
        tensor = image.detach().cpu()
        array = (tensor.float() if tensor.is_floating_point() else tensor).numpy()  # NumPy has no bfloat16
        return picture_of_array(_channels_last(array)), []
    if isinstance(image, np.ndarray):
        return picture_of_array(image), []
    if hasattr(image, "read"):
        return read_image(cast(IO[bytes], image), options)
    raise OptionError(f"cannot encode a {type(image).__name__}: give a path, a picture, or an array")


def _channels_last(array: NDArray[Any]) -> NDArray[Any]:
    is_planar = array.ndim == 3 and array.shape[0] <= MAX_CHANNELS < array.shape[2]
    return np.moveaxis(array, 0, 2) if is_planar else array


def picture_of_array(array: NDArray[Any]) -> Picture:
    """Return an array as a picture: see :func:`as_picture`."""
    if array.ndim not in (2, 3) or 0 in array.shape or (array.ndim == 3 and array.shape[2] > MAX_CHANNELS):
        raise OptionError(f"an array must be [H, W] or [H, W, 1 to 4], not {list(array.shape)}")
    samples = _samples(array if array.ndim == 3 else array[:, :, None])
    if samples.shape[2] in (1, 3):
        return Picture(samples)
    return Picture(np.ascontiguousarray(samples[:, :, :-1]), to_8_bits(samples[:, :, -1]))


def _samples(array: NDArray[Any]) -> Pixels:
    if array.dtype.kind == "u" and array.dtype.itemsize <= 2:
        return np.ascontiguousarray(array, array.dtype.newbyteorder("="))
    if not np.issubdtype(array.dtype, np.floating):
        raise OptionError(f"an array must be of uint8, uint16, or floats, not {array.dtype}")
    if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        raise OptionError("floats must be from 0 to 1")
    return np.rint(array.astype(np.float64) * 65535).astype(np.uint16)
