"""Write arrays of samples as image files. Only this module and read.py use Pillow."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gicodec.errors import OptionError, OutputError, one_line
from gicodec.files import write_file
from gicodec.image.deep import to_png, to_ppm
from gicodec.image.samples import Pixels

FORMATS = {
    "png": "PNG",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "webp": "WEBP",
    "tif": "TIFF",
    "tiff": "TIFF",
    "ppm": "PPM",
    "bmp": "BMP",
    "npy": "NPY",
}
SAVE_OPTIONS: dict[str, dict[str, object]] = {
    "PNG": {"compress_level": 3},  # of decoded files as small as 6, Pillow's own, in a fifth of the time
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
    "TIFF": {"compression": "tiff_deflate"},
}


def write_image(target: str | Path | IO[bytes], pixels: Pixels, format: str | None = None) -> None:
    """Write samples [H, W, 3], uint8 or uint16, to a path or a binary stream.

    The format is an extension: png, jpg, webp (lossless), tif, ppm, bmp, or npy. The default is the
    extension of the target, and png for streams. uint16 needs png, ppm, or npy.

    Raises:
        OptionError: The format is unknown, or it cannot hold these samples.
        OutputError: The file cannot be written. An existing file stays as it was.
    """
    name = format or (image_format(target) if isinstance(target, str | Path) else "png")
    data = encode_image(pixels, name)
    if isinstance(target, str | Path):
        write_file(target, data)
    else:
        target.write(data)


def image_format(path: str | Path, *, bits: int = 8) -> str:
    """Return the extension of a path, without the dot, in lower case.

    Raises:
        OptionError: The format is unknown, or it cannot hold samples of so many bits.
    """
    extension = Path(path).suffix.lstrip(".").lower()
    if extension not in FORMATS:
        raise OptionError(f"{path}: unknown extension, use one of {', '.join(FORMATS)}")
    if bits == 16 and FORMATS[extension] not in ("PNG", "PPM", "NPY"):
        raise OptionError(f"{path}: 16-bit samples need png, ppm, or npy")
    return extension


def encode_image(pixels: Pixels, format: str) -> bytes:
    """Return samples [H, W, 3] as the bytes of an image file."""
    name = FORMATS[image_format(f"x.{format}", bits=8 * pixels.dtype.itemsize)]
    stream = io.BytesIO()
    if name == "NPY":
        np.save(stream, pixels, allow_pickle=False)
    elif pixels.dtype == np.uint16:
        samples = cast(NDArray[np.uint16], pixels)
        stream.write(to_png(samples) if name == "PNG" else to_ppm(samples))
    else:
        try:
            Image.fromarray(pixels).save(stream, name, **SAVE_OPTIONS.get(name, {}))
        except (OSError, ValueError) as err:
            raise OutputError(f"Pillow cannot write this picture as {format}: {one_line(err)}") from err
    return stream.getvalue()
