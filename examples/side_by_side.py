"""Write a picture beside its decoded file: python examples/side_by_side.py [PICTURE] [OUT]."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from gicodec import EncodeOptions, decode, encode, read_image, write_image

PHOTO = Path(__file__).parent / "images" / "kodim23.png"
GAP = 16  # white pixels between the two


def main(picture: str | Path = PHOTO, out: str | Path = "build/side-by-side.jpg") -> None:
    """Write the original on the left and the decoded picture on the right."""
    pixels, _ = read_image(picture)
    encoded = encode(pixels, EncodeOptions(bpp=0.3))
    gap = np.full((len(pixels), GAP, 3), 255, np.uint8)
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    write_image(out, np.hstack([pixels, gap, decode(encoded.data).astype(np.uint8)]))
    print(f"{out}: on the right {len(encoded.data)} bytes, {encoded.psnr:.2f} dB")


if __name__ == "__main__" and "--help" in sys.argv:
    print(__doc__)
elif __name__ == "__main__":
    main(*sys.argv[1:])
