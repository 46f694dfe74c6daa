"""Measure decoding below full size: python benchmarks/resize.py [--images 8 15 23].

The original, reduced by Lanczos and by a box, is the truth. Compared with it: the file decoded at the
smaller size, for several variances of the prefilter, and the full decode reduced by Lanczos.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from common import kodak
from numpy.typing import NDArray
from PIL import Image

import gicodec.render
from gicodec import DecodeOptions, EncodeOptions, decode, encode, psnr
from gicodec.options import EFFORTS

VARIANCES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35)


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
    print("picture scale truth    lanczos-of-full " + " ".join(f"v={v:.3f}" for v in VARIANCES))
    for number in args.images:
        original = kodak(number)
        data = encode(original, EncodeOptions(bpp=args.bpp, effort=args.effort)).data
        full = decode(data)
        for scale in (0.75, 0.5, 0.25):
            size = round(original.shape[1] * scale), round(original.shape[0] * scale)
            for how in (Image.Resampling.LANCZOS, Image.Resampling.BOX):
                truth = reduced(original, size, how)
                row = [psnr(truth, reduced(full, size, Image.Resampling.LANCZOS))]
                for variance in VARIANCES:
                    gicodec.render.FOOTPRINT_VARIANCE = variance
                    row.append(psnr(truth, decode(data, DecodeOptions(size=size))))
                numbers = " ".join(f"{value:7.2f}" for value in row[1:])
                print(f"kodim{number:02d} {scale:5} {how.name:8} {row[0]:15.2f} {numbers}", flush=True)


if __name__ == "__main__":
    main()
