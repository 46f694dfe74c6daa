"""Write a picture beside its decoded file: python examples/side_by_side.py [PICTURE] [OUT]."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from gicodec import decode, encode, read_image, write_image

PHOTO = Path(__file__).parent / "images" / "kodim23.png"
GAP = 16  # white pixels between the two


def main(picture: str | Path = PHOTO, out: str | Path = "build/side-by-side.jpg") -> None:
    """Write the original on the left and the decoded picture on the right."""
    original, _ = read_image(picture)
    encoded = encode(original, bpp=0.3)
    pixels = original.over((255, 255, 255)).as_array()
    gap = np.full((len(pixels), GAP, *pixels.shape[2:]), np.iinfo(pixels.dtype).max, pixels.dtype)
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    write_image(out, np.hstack([pixels, gap, decode(encoded, background="white")]))
    print(f"{out}: on the right {len(encoded.data)} bytes, {encoded.psnr:.2f} dB")


if __name__ == "__main__" and "--help" in sys.argv:
    print(__doc__)
elif __name__ == "__main__":
    main(*sys.argv[1:])
