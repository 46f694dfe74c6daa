"""Decode one file at several sizes: python examples/any_size.py [PICTURE] [DIRECTORY].

Every size is drawn from the Gaussians; the full picture is never decoded to make another one of it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from gicodec import Crop, decode, encode, info, write_image

PHOTO = Path(__file__).parent / "images" / "kodim23.png"


def main(picture: str | Path = PHOTO, directory: str | Path = "build/examples") -> None:
    """Write the picture at half and double size, a thumbnail, and the middle at 8 times the size."""
    encoded = encode(picture, bpp=0.3, effort="fast")
    width, height = info(encoded).header.width, info(encoded).header.height
    middle = Crop(width, height, x=width * 7 // 2, y=height * 7 // 2)  # in pixels of the enlarged picture
    views: dict[str, dict[str, Any]] = {
        "half": {"scale": 0.5},
        "double": {"scale": 2},
        "thumbnail": {"size": (64, 48)},
        "middle": {"scale": 8, "crop": middle},
    }
    Path(directory).mkdir(parents=True, exist_ok=True)
    for name, view in views.items():
        decoded = decode(encoded, **view)
        target = Path(directory, f"{name}.png")
        write_image(target, decoded)
        print(f"{target}: {decoded.shape[1]}x{decoded.shape[0]}")


if __name__ == "__main__" and "--help" in sys.argv:
    print(__doc__)
elif __name__ == "__main__":
    main(*sys.argv[1:])
