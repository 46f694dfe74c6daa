"""Compare pictures with alpha with AVIF: python benchmarks/alpha.py [--bpp 0.3] [--effort fast].

Ten pictures: five photographs, each with a sharp and a soft mask. AVIF is as Pillow writes it, at the
quality whose file is the largest that is not larger than ours. The error is of what is seen on black, on
white, and on a checkerboard.
"""

from __future__ import annotations

import argparse
import io

import numpy as np
from common import KODAK
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

import gicodec
from gicodec.options import EFFORTS

NUMBERS = 3, 7, 12, 20, 23
SQUARE = 16  # pixels, of the checkerboard


def masked(number: int, *, soft: bool) -> Image.Image:
    """Return a photograph with a mask: an ellipse and a triangle, sharp or blurred; what is hidden stays."""
    photograph = Image.open(KODAK / f"kodim{number:02d}.png").convert("RGB")
    width, height = photograph.size
    mask = Image.new("L", photograph.size, 0)
    draw = ImageDraw.Draw(mask)
    draw.ellipse((width // 10, height // 10, width * 3 // 4, height * 9 // 10), fill=255)
    draw.polygon(
        [(width // 2, height // 20), (width * 19 // 20, height // 2), (width * 3 // 5, height)], fill=255
    )
    photograph.putalpha(mask.filter(ImageFilter.GaussianBlur(12)) if soft else mask)
    return photograph


def seen(picture: Image.Image) -> NDArray[np.float64]:
    """Return what is seen on three backgrounds, [3, H, W, 3], 0 to 255."""
    pixels = np.asarray(picture.convert("RGBA")).astype(np.float64)
    alpha = pixels[:, :, 3:] / 255
    y, x = np.indices(pixels.shape[:2]) // SQUARE
    checkers = np.where((x + y) % 2, 255.0, 0.0)[:, :, None]
    backgrounds = np.zeros_like(checkers), np.full_like(checkers, 255.0), checkers
    return np.stack([pixels[:, :, :3] * alpha + below * (1 - alpha) for below in backgrounds])


def psnr(original: Image.Image, decoded: Image.Image) -> NDArray[np.float64]:
    """Return the dB on each background, [3]."""
    error = np.square(seen(original) - seen(decoded)).mean(axis=(1, 2, 3))
    return np.asarray(10 * np.log10(255**2 / error))


def avif(picture: Image.Image, n_bytes: int) -> tuple[int, Image.Image]:
    """Return the bytes of the largest AVIF file that is not larger than n_bytes, and the picture in it."""
    found, low, high = (0, picture), 0, 100
    while low <= high:
        quality = (low + high) // 2
        stream = io.BytesIO()
        picture.save(stream, "AVIF", quality=quality, speed=4)
        size = len(stream.getvalue())
        if size <= n_bytes:
            found, low = (size, Image.open(stream).convert("RGBA")), quality + 1
        else:
            high = quality - 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bpp", type=float, default=0.3)
    parser.add_argument("--effort", choices=EFFORTS, default="fast")
    args = parser.parse_args()
    print(
        "picture        bytes  alpha   AVIF  ours on black, white, checkers  AVIF                  difference"
    )
    differences = []
    for number in NUMBERS:
        for soft in (False, True):
            picture = masked(number, soft=soft)
            encoded = gicodec.encode(picture, bpp=args.bpp, effort=args.effort)
            ours = psnr(picture, Image.fromarray(gicodec.decode(encoded)))
            size, theirs = avif(picture, len(encoded.data))
            other = psnr(picture, theirs)
            differences.append(ours - other)
            alpha = dict(gicodec.info(encoded).sections)["alpha"]
            name = f"kodim{number:02d} {'soft' if soft else 'sharp'}"
            rows = "  ".join(
                " ".join(f"{value:6.2f}" for value in row) for row in (ours, other, ours - other)
            )
            print(f"{name:13} {len(encoded.data):6} {alpha:6} {size:6}  {rows}", flush=True)
    print(f"mean {np.mean(differences, axis=0).round(2)} dB, least {np.min(differences):.2f}")


if __name__ == "__main__":
    main()
