"""AVIF 4:4:4 at rates that shared curves do not reach: python benchmarks/avif.py [--bpp 1.0].

Speed 4, tuned for PSNR, by Pillow. For each picture: the dB at exactly that rate, on a line between the two
qualities next to it over the logarithm of the rate.
"""

from __future__ import annotations

import argparse
import io
import math
from functools import cache

import numpy as np
from common import kodak
from PIL import Image

from gicodec import psnr


def at_rate(number: int, bpp: float) -> float:
    """Return the dB of a Kodak picture at a rate."""
    pixels = kodak(number)
    image = Image.fromarray(pixels)

    @cache
    def coded(quality: int) -> tuple[float, float]:
        stream = io.BytesIO()
        image.save(stream, "AVIF", quality=quality, subsampling="4:4:4", speed=4, advanced={"tune": "psnr"})
        with Image.open(stream) as decoded:
            found = psnr(pixels, np.asarray(decoded.convert("RGB")))
        return math.log(8 * len(stream.getvalue()) / pixels[:, :, 0].size), found

    low, high = 1, 100
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if coded(middle)[0] < math.log(bpp) else (low, middle)
    rates, values = zip(coded(low), coded(high), strict=True)
    return float(np.interp(math.log(bpp), rates, values))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bpp", type=float, default=1.0)
    parser.add_argument("--images", type=int, nargs="+", default=range(1, 25))
    args = parser.parse_args()
    values = []
    for number in args.images:
        values.append(at_rate(number, args.bpp))
        print(f"kodim{number:02d} {values[-1]:.2f} dB", flush=True)
    print(f"mean at {args.bpp:g} bpp: {np.mean(values):.2f} dB")


if __name__ == "__main__":
    main()
