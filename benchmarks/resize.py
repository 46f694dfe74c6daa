"""Measure decoding below full size: python benchmarks/resize.py [--images 8 15 23].

The original, reduced by Lanczos and by a box, is the truth. Compared with it: the full decode reduced by
Lanczos, which knows all pixels, and the file decoded at the smaller size, as gsi decode --scale does it.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from common import kodak
from numpy.typing import NDArray
from PIL import Image

from gicodec import decode, encode, psnr
from gicodec.options import EFFORTS

SCALES = 0.9, 0.75, 0.5, 0.25, 0.125


def reduced(pixels: NDArray[Any], size: tuple[int, int], how: Image.Resampling) -> NDArray[np.uint8]:
    """Resample a picture to (width, height)."""
    return np.asarray(Image.fromarray(pixels).resize(size, how))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, nargs="+", default=[8, 15, 23])
    parser.add_argument("--bpp", type=float, default=0.3)
    parser.add_argument("--effort", choices=EFFORTS, default="medium")
    args = parser.parse_args()
    print("| picture | scale | truth | full decode, reduced, dB | decoded so, dB | gain, dB | seconds |")
    print("|---|---|---|---|---|---|---|")
    for number in args.images:
        original = kodak(number)
        data = encode(original, bpp=args.bpp, effort=args.effort).data
        full = decode(data)
        for scale in SCALES:
            size = round(original.shape[1] * scale), round(original.shape[0] * scale)
            start = time.perf_counter()
            small = decode(data, scale=scale)
            seconds, by_lanczos = time.perf_counter() - start, reduced(full, size, Image.Resampling.LANCZOS)
            for how in (Image.Resampling.LANCZOS, Image.Resampling.BOX):
                truth = reduced(original, size, how)
                there, ours = psnr(truth, by_lanczos), psnr(truth, small)
                print(
                    f"| kodim{number:02d} | {scale} | {how.name.lower()} | {there:.2f} | {ours:.2f}"
                    f" | {ours - there:+.2f} | {seconds:.3f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
