"""gicodec: an image codec whose file holds 2D Gaussians.

>>> import gicodec
>>> pixels, warnings = gicodec.read_image("in.png")
>>> encoded = gicodec.encode(pixels, gicodec.EncodeOptions(bpp=0.3))
>>> picture = gicodec.decode(encoded.data, gicodec.DecodeOptions(scale=2))
>>> gicodec.write_image("twice.png", picture)

The parts have names of their own: ``gicodec.fit`` (pixels to Gaussians; the one that imports torch),
``gicodec.render`` (Gaussians to pixels) and ``gicodec.format`` (the bytes).

Importing this package imports neither torch nor Pillow nor NumPy: names are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gicodec.codec import Encoded, decode, encode
    from gicodec.format import (
        CorruptFileError,
        DeviceError,
        FileInfo,
        GsiError,
        ImageError,
        Kernel,
        LimitError,
        OutputError,
        TargetError,
        TruncatedFileError,
        UnsupportedFileError,
        describe,
    )
    from gicodec.gaussians import Gaussians
    from gicodec.image import read_image, write_image
    from gicodec.options import Crop, DecodeOptions, EncodeOptions, Progress
    from gicodec.samples import psnr

_HOMES = {
    "gicodec.codec": ("Encoded", "decode", "encode"),
    "gicodec.format": (
        "CorruptFileError",
        "DeviceError",
        "FileInfo",
        "GsiError",
        "ImageError",
        "Kernel",
        "LimitError",
        "OutputError",
        "TargetError",
        "TruncatedFileError",
        "UnsupportedFileError",
        "describe",
    ),
    "gicodec.gaussians": ("Gaussians",),
    "gicodec.image": ("read_image", "write_image"),
    "gicodec.options": ("Crop", "DecodeOptions", "EncodeOptions", "Progress"),
    "gicodec.samples": ("psnr",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CorruptFileError",
    "Crop",
    "DecodeOptions",
    "DeviceError",
    "EncodeOptions",
    "Encoded",
    "FileInfo",
    "Gaussians",
    "GsiError",
    "ImageError",
    "Kernel",
    "LimitError",
    "OutputError",
    "Progress",
    "TargetError",
    "TruncatedFileError",
    "UnsupportedFileError",
    "decode",
    "describe",
    "encode",
    "psnr",
    "read_image",
    "write_image",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
