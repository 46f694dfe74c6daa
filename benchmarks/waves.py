"""Tell what waves could save in files without any: python benchmarks/waves.py [--images kodim08] [--bpp 0.3].

Of every Gaussian of a file the wave that takes most of the squared error, all others left as they are, is
weighed against its bits at the encoder's own price, LAMBDA D^2 a bit. What is left of those that pay is a
share of the error: as much is saved at once, without any fit.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import torch
from common import KODAK
from numpy.typing import NDArray

import gicodec
from gicodec.fit import Objective, as_target
from gicodec.fit.parameters import Y, conics
from gicodec.fit.tune import LAMBDA
from gicodec.fit.waves import best_lights, tried_frequencies
from gicodec.format import GsiFile
from gicodec.format.gsi_payload import GsiPayload
from gicodec.format.lattice import step_of
from gicodec.gaussians import Gaussians
from gicodec.quantize import dequantize

Array = NDArray[np.float64]

# Frequencies (along, across), radians per standard deviation, and the bits of a wave of one of them
HEXAGONS = [(float(x), float(y)) for x, y in tried_frequencies()]
KINDS: dict[str, tuple[list[tuple[float, float]], list[float]]] = {
    "one of 31, 4 to 8 radians: as the encoder tries": (HEXAGONS, [16, 20]),
    "across, 2.2 radians": ([(0, 2.2)], [6, 8]),
    "across, 3 radians": ([(0, 3)], [6, 8]),
    "across, 4 radians": ([(0, 4)], [6, 8]),
    "along, 3 radians": ([(3, 0)], [6, 8]),
    "along, 4 radians": ([(4, 0)], [6, 8]),
    "one of two diagonals, 2.5 radians": ([(1.77, 1.77), (-1.77, 1.77)], [7, 9]),
}


def to_parameters(gaussians: Gaussians) -> torch.Tensor:
    """Return parameters [N, 9 + C] without waves."""
    r, turns = gaussians.log_elongations, 2 * gaussians.angles
    shapes = np.column_stack(
        [gaussians.log_sizes, r * np.cos(turns), r * np.sin(turns), np.zeros((len(r), 4))]
    )
    return torch.from_numpy(np.hstack([gaussians.centers, shapes, gaussians.colors])).float()


def gains(objective: Objective, gaussians: Gaussians, frequencies: list[tuple[float, float]]) -> Array:
    """Return what the best of these waves takes of the squared error, Gaussian by Gaussian, [N]."""
    parameters = to_parameters(gaussians)
    placed = parameters[:, : Y + 1].contiguous().numpy(), conics(parameters).numpy()
    cos, sin = np.cos(gaussians.angles), np.sin(gaussians.angles)
    wide, narrow = (np.exp(gaussians.log_sizes + sign * gaussians.log_elongations) for sign in (1, -1))
    best = np.zeros(len(cos))
    for along, across in frequencies:
        k = np.stack(
            [cos * along / wide - sin * across / narrow, sin * along / wide + cos * across / narrow], 1
        )
        products = objective.correlate_waves(*placed, np.ascontiguousarray(k, np.float32))
        best = np.maximum(best, best_lights(*products)[0])
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
        pixels = gicodec.read_image(KODAK / f"{name}.png")[0]
        options = gicodec.EncodeOptions(bpp=args.bpp, effort="fast", waves=False)
        payload = GsiFile.from_bytes(gicodec.encode(pixels, options).data).payload
        assert isinstance(payload, GsiPayload)
        gaussians, price = dequantize(payload), LAMBDA * step_of(payload.step) ** 2
        objective = Objective(as_target(pixels))
        objective.residual_and_gradient(to_parameters(gaussians), waves=False)
        for kind, (frequencies, lengths) in KINDS.items():
            found, error = gains(objective, gaussians, frequencies), objective.error()
            for bits in lengths:
                left = np.maximum(found - price * bits, 0)
                db = -10 * math.log10(1 - left.sum() / error)
                shares = f"{(left > 0).mean():.1%} | {left.sum() / error:.2%}, {db:.3f} dB"
                print(f"| {name} | {kind} | {bits:.0f} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
