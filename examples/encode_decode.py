"""Encode a picture, decode it, print size and times: python examples/encode_decode.py [PICTURE] [BPP]."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from gicodec import decode, encode, read_image

PHOTO = Path(__file__).parent / "images" / "kodim23.png"


def main(picture: str | Path = PHOTO, bpp: str = "0.3") -> None:
    """Print size, rate, PSNR, and times."""
    original, warnings = read_image(picture)
    for warning in warnings:
        print(f"warning: {warning}")
    start = time.perf_counter()
    encoded = encode(original, bpp=float(bpp))
    middle = time.perf_counter()
    decode(encoded)
    end = time.perf_counter()

    width, height = original.width, original.height
    rate = 8 * len(encoded.data) / (width * height)
    print(f"{width}x{height}, {encoded.n_gaussians} Gaussians, {len(encoded.data)} bytes, {rate:.4f} bpp")
    print(f"{encoded.psnr:.2f} dB")
    print(f"encoded in {middle - start:.1f} s, decoded in {end - middle:.3f} s")


if __name__ == "__main__" and "--help" in sys.argv:
    print(__doc__)
elif __name__ == "__main__":
    main(*sys.argv[1:])
