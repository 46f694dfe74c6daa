"""gicodec: an image codec. Its files hold 2D Gaussians.

>>> import gicodec
>>> encoded = gicodec.encode("in.png", bpp=0.3)
>>> pixels = gicodec.decode(encoded, scale=2)
>>> gicodec.info(encoded).n_gaussians
>>> gicodec.open("out.gsi").thumbnail((256, 256))

``import gicodec.pillow`` makes Pillow read and write .gsi files. For parts of the codec, import
``gicodec.fit`` (pixels to Gaussians), ``gicodec.render`` (Gaussians to pixels), or ``gicodec.format``
(Gaussians to bytes and back).

Importing this package is fast: NumPy, Pillow and others are imported only when a name needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gicodec.api import decode, encode, info, open
    from gicodec.codec import Encoded
    from gicodec.errors import (
        CorruptFileError,
        DeviceError,
        GsiError,
        GsiWarning,
        ImageError,
        LimitError,
        OptionError,
        OutputError,
        TargetError,
        TruncatedFileError,
        UnsupportedFileError,
    )
    from gicodec.format import FileInfo, Kernel
    from gicodec.gaussians import Gaussians
    from gicodec.image.picture import Picture
    from gicodec.image.read import read_image
    from gicodec.image.write import write_image
    from gicodec.metrics import psnr
    from gicodec.options import Crop, Progress

_HOMES = {
    "gicodec.api": ("decode", "encode", "info", "open"),
    "gicodec.codec": ("Encoded",),
    "gicodec.errors": (
        "CorruptFileError",
        "DeviceError",
        "GsiError",
        "GsiWarning",
        "ImageError",
        "LimitError",
        "OptionError",
        "OutputError",
        "TargetError",
        "TruncatedFileError",
        "UnsupportedFileError",
    ),
    "gicodec.format": ("FileInfo", "Kernel"),
    "gicodec.gaussians": ("Gaussians",),
    "gicodec.image.picture": ("Picture",),
    "gicodec.image.read": ("read_image",),
    "gicodec.image.write": ("write_image",),
    "gicodec.metrics": ("psnr",),
    "gicodec.options": ("Crop", "Progress"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CorruptFileError",
    "Crop",
    "DeviceError",
    "Encoded",
    "FileInfo",
    "Gaussians",
    "GsiError",
    "GsiWarning",
    "ImageError",
    "Kernel",
    "LimitError",
    "OptionError",
    "OutputError",
    "Picture",
    "Progress",
    "TargetError",
    "TruncatedFileError",
    "UnsupportedFileError",
    "__version__",
    "decode",
    "encode",
    "info",
    "open",
    "psnr",
    "read_image",
    "write_image",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("gicodec")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
