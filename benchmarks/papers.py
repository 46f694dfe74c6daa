"""Measure the papers' methods where the papers do: python benchmarks/papers.py [--images 8 15] [--threads 2].

First the representation, float Gaussians without any quantization; with --files, whole encodings instead,
at the papers' numbers of Gaussians, next to the bits that the papers count.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from common import kodak

import gicodec
from gicodec.fit import Objective, as_target, one_torch_thread
from gicodec.fit.loop import run
from gicodec.fit.published import PublishedModel
from gicodec.format import Kernel, Method, bits_by_attribute
from gicodec.published import RECIPES

EIGHT = [1, 4, 8, 12, 15, 17, 20, 23]


@dataclass(frozen=True)
class Paper:
    """What a paper says, means over Kodak."""

    representation: float  # dB of 5000 float Gaussians
    numbers: tuple[int, int]  # of Gaussians in its table of rates and distortions ...
    quality: tuple[float, float]  # ... and what they gave, dB
    bits: int  # counted for each Gaussian ...
    shared: int  # ... and for all


PAPERS = {
    "gaussianimage": Paper(29.85, (1000, 7000), (25.0, 29.7), 56, 1728),
    "gaussianimage++": Paper(31.83, (812, 5891), (25.3, 31.1), 72, 512),
}


def representation(method: str, number: int, n_iterations: int, threads: int) -> float:
    """Fit 5000 Gaussians to a picture of Kodak, and return the dB of them as they are."""
    recipe = RECIPES[{m.label: m for m in Method}[method]]
    with one_torch_thread():
        objective = Objective(as_target(kodak(number)), Kernel.CUT, threads=threads)
        run(PublishedModel(objective, 5000, recipe, n_iterations, 0), objective, n_iterations, "fit", None)
        image = (objective.residual + objective.target).clamp(0, 1)
        return objective.psnr((image - objective.target).square().sum().item())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--methods", nargs="+", choices=PAPERS, default=list(PAPERS))
    parser.add_argument("--images", type=int, nargs="+", default=EIGHT)
    parser.add_argument("--iterations", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--files", action="store_true", help="whole encodings")
    parser.add_argument("--bits-back", action="store_true", help="in any order")
    args = parser.parse_args()
    for method in args.methods:
        paper = PAPERS[method]
        if not args.files:
            found = []
            for number in args.images:
                start = time.perf_counter()
                found.append(representation(method, number, args.iterations, args.threads))
                seconds = time.perf_counter() - start
                print(f"{method} kodim{number:02d} 5000: {found[-1]:.2f} dB, {seconds:.0f} s", flush=True)
            mean, published = np.mean(found), paper.representation
            print(f"{method}, mean of {len(found)}: {mean:.2f} dB; published, of 24: {published}")
            continue
        for n, quality in zip(paper.numbers, paper.quality, strict=True):
            counted, found = (paper.bits * n + paper.shared) / 8, []
            options = gicodec.EncodeOptions(
                method=method,
                gaussians=n,
                iterations=args.iterations,
                bits_back=args.bits_back,
                threads=args.threads,
            )
            for number in args.images:
                start = time.perf_counter()
                encoded = gicodec.encode(kodak(number), options)
                seconds, n_bytes = time.perf_counter() - start, len(encoded.data)
                found.append(encoded.psnr)
                costs = {name: round(bits / n, 1) for name, bits in bits_by_attribute(encoded.data).items()}
                print(
                    f"{method} kodim{number:02d} {n}: {encoded.psnr:.2f} dB, {n_bytes} bytes"
                    f" (counted {counted:.0f}), {costs}, {seconds:.0f} s",
                    flush=True,
                )
            print(f"{method} {n}, mean of {len(found)}: {np.mean(found):.2f} dB; published, of 24: {quality}")


if __name__ == "__main__":
    main()
