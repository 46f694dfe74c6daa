"""Tell what waves could save in files without any: python benchmarks/waves.py [--images kodim08] [--bpp 0.3].

Of every Gaussian of a file the wave that takes most of the squared error, all others left as they are, is
weighed against its bits at the encoder's own price, LAMBDA D^2 a bit. What is left of those that pay is a
share of the error: as much is saved at once, without any fit.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from common import KODAK, splats_of
from numpy.typing import NDArray

import gicodec
from gicodec.encoder.tuning.rate import LAMBDA
from gicodec.fit import as_target
from gicodec.fit.canvas import Canvas
from gicodec.fit.waves import best_coefficients, tried_frequencies
from gicodec.format import GsiFile
from gicodec.format.arrays import FloatArray
from gicodec.format.gsi.head import step_of
from gicodec.format.gsi.payload import GsiPayload
from gicodec.gaussians import Gaussians
from gicodec.quantize import dequantize, pixel_frequencies
from gicodec.render import Splats, View

Single = NDArray[np.float32]
Pair = tuple[int, int]

# Frequencies (along, across), hundredths of a radian per standard deviation, and the bits of a wave of one
HEXAGONS = [(round(100 * x), round(100 * y)) for x, y in tried_frequencies()]
KINDS: dict[str, tuple[list[Pair], list[int]]] = {
    "one of 31, 4 to 8 radians: as the encoder tries": (HEXAGONS, [16, 20]),
    "across, 2.2 radians": ([(0, 220)], [6, 8]),
    "across, 3 radians": ([(0, 300)], [6, 8]),
    "across, 4 radians": ([(0, 400)], [6, 8]),
    "along, 3 radians": ([(300, 0)], [6, 8]),
    "along, 4 radians": ([(400, 0)], [6, 8]),
    "one of two diagonals, 2.5 radians": ([(177, 177), (-177, 177)], [7, 9]),
}


def gains(canvas: Canvas, gaussians: Gaussians, splats: Splats[Single], kind: list[Pair]) -> FloatArray:
    """Return what the best of these waves takes of the squared error, Gaussian by Gaussian, [N]."""
    hundredths = np.full(len(gaussians.angles), 0.01)
    axes = hundredths, gaussians.log_sizes, gaussians.log_elongations, gaussians.angles
    best = np.zeros(len(hundredths))
    for frequency in kind:
        k = pixel_frequencies(np.array(frequency)[:, None], *axes).T
        frequencies = np.ascontiguousarray(k, np.float32)
        products = canvas.correlate_waves(splats.centers, splats.conics, frequencies)
        best = np.maximum(best, best_coefficients(*products)[0])
    return best


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", nargs="+", default=["kodim05", "kodim08", "kodim13", "kodim23"])
    parser.add_argument("--bpp", type=float, default=0.3)
    args = parser.parse_args()
    print("| picture | wave | its bits | Gaussians that it pays for | error saved beyond its bits |")
    print("|---|---|---|---|---|")
    for name in args.images:
        pixels = gicodec.read_image(KODAK / f"{name}.png")[0].samples
        encoded = gicodec.encode(pixels, bpp=args.bpp, effort="fast", waves=False)
        payload = GsiFile.from_bytes(encoded.data).payload
        assert isinstance(payload, GsiPayload)
        gaussians, price = dequantize(payload), LAMBDA * step_of(payload.step) ** 2
        canvas = Canvas(as_target(pixels))
        splats = splats_of(gaussians, View(pixels.shape[1], pixels.shape[0]))
        canvas.add(splats)
        for name_of_kind, (kind, lengths) in KINDS.items():
            found, error = gains(canvas, gaussians, splats, kind), canvas.error()
            for bits in lengths:
                left = np.maximum(found - price * bits, 0)
                db = -10 * math.log10(1 - left.sum() / error)
                shares = f"{(left > 0).mean():.1%} | {left.sum() / error:.2%}, {db:.3f} dB"
                print(f"| {name} | {name_of_kind} | {bits} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
