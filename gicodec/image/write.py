"""Arrays of samples to image files. This file and read.py are the only users of Pillow."""

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
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
    "TIFF": {"compression": "tiff_deflate"},
}


def write_image(target: str | Path | IO[bytes], pixels: Pixels, format: str | None = None) -> None:
    """Write [H, W, 3] samples; the format is an extension, by default the target's, or png.

    Raises:
        OptionError: No such format, or it cannot hold these samples.
        OutputError: The file cannot be written.
    """
    name = format or (image_format(target) if isinstance(target, str | Path) else "png")
    data = encode_image(pixels, name)
    if isinstance(target, str | Path):
        write_file(target, data)
    else:
        target.write(data)


def image_format(path: str | Path, *, bits: int = 8) -> str:
    """Return the extension of a path, checked against what can be written."""
    extension = Path(path).suffix.lstrip(".").lower()
    if extension not in FORMATS:
        raise OptionError(f"{path}: unknown extension, can write {', '.join(FORMATS)}")
    if bits == 16 and FORMATS[extension] not in ("PNG", "PPM", "NPY"):
        raise OptionError(f"{path}: 16-bit samples can be written as png, ppm or npy")
    return extension


def encode_image(pixels: Pixels, format: str) -> bytes:
    """Return the bytes of an image file."""
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
            raise OutputError(f"cannot write {format}: {one_line(err)}") from err
    return stream.getvalue()
