"""Decode one file at several sizes: python examples/any_size.py [PICTURE] [DIRECTORY].

Every size is rendered from the Gaussians; no pixels are resampled.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gicodec import Crop, DecodeOptions, EncodeOptions, decode, encode, read_image, write_image

PHOTO = Path(__file__).parent / "images" / "kodim23.png"


def main(picture: str | Path = PHOTO, directory: str | Path = "build/examples") -> None:
    """Write the picture at half and double size, a thumbnail, and the middle at 8 times the size."""
    pixels, _ = read_image(picture)
    data = encode(pixels, EncodeOptions(bpp=0.3, effort="fast")).data
    height, width, _ = pixels.shape
    middle = Crop(width, height, x=width * 7 // 2, y=height * 7 // 2)  # in pixels of the enlarged picture
    views = {
        "half": DecodeOptions(scale=0.5),
        "double": DecodeOptions(scale=2),
        "thumbnail": DecodeOptions(size=(64, 48)),
        "middle": DecodeOptions(scale=8, crop=middle),
    }
    Path(directory).mkdir(parents=True, exist_ok=True)
    for name, options in views.items():
        decoded = decode(data, options)
        target = Path(directory, f"{name}.png")
        write_image(target, decoded)
        print(f"{target}: {decoded.shape[1]}x{decoded.shape[0]}")


if __name__ == "__main__" and "--help" in sys.argv:
    print(__doc__)
elif __name__ == "__main__":
    main(*sys.argv[1:])
