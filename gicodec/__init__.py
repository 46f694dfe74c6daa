"""gicodec: an image codec. Its files hold 2D Gaussians.

>>> import gicodec
>>> pixels, warnings = gicodec.read_image("in.png")
>>> encoded = gicodec.encode(pixels, gicodec.EncodeOptions(bpp=0.3))
>>> picture = gicodec.decode(encoded.data, gicodec.DecodeOptions(scale=2))
>>> gicodec.write_image("twice.png", picture)

For parts of the codec, import ``gicodec.fit`` (pixels to Gaussians, with torch), ``gicodec.render``
(Gaussians to pixels), or ``gicodec.format`` (Gaussians to bytes and back).

Importing this package is fast: torch, NumPy, and Pillow are imported only when a name needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gicodec.codec import (
        Encoded,
        decode,
        encode,
    )
    from gicodec.errors import (
        CorruptFileError,
        DeviceError,
        GsiError,
        ImageError,
        LimitError,
        OptionError,
        OutputError,
        TargetError,
        TruncatedFileError,
        UnsupportedFileError,
    )
    from gicodec.format import (
        FileInfo,
        Kernel,
        describe,
    )
    from gicodec.gaussians import (
        Gaussians,
    )
    from gicodec.image.read import (
        read_image,
    )
    from gicodec.image.write import (
        write_image,
    )
    from gicodec.metrics import (
        psnr,
    )
    from gicodec.options import (
        Crop,
        DecodeOptions,
        EncodeOptions,
        Progress,
    )

_HOMES = {
    "gicodec.codec": (
        "Encoded",
        "decode",
        "encode",
    ),
    "gicodec.errors": (
        "CorruptFileError",
        "DeviceError",
        "GsiError",
        "ImageError",
        "LimitError",
        "OptionError",
        "OutputError",
        "TargetError",
        "TruncatedFileError",
        "UnsupportedFileError",
    ),
    "gicodec.format": (
        "FileInfo",
        "Kernel",
        "describe",
    ),
    "gicodec.gaussians": ("Gaussians",),
    "gicodec.image.read": ("read_image",),
    "gicodec.image.write": ("write_image",),
    "gicodec.metrics": ("psnr",),
    "gicodec.options": (
        "Crop",
        "DecodeOptions",
        "EncodeOptions",
        "Progress",
    ),
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
    "OptionError",
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
