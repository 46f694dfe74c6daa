"""Measure the fit: python benchmarks/fit.py [--iterations 3000] [--threads 2].

PSNR is of the float Gaussians' rendering, neither clamped nor rounded. `engine` is the share of the
time that was spent in the C++ engine.
"""

from __future__ import annotations

import argparse
import time

from common import kodak

from gicodec.fit import FitSettings, as_target, fit

N_OF = {23: 3000}  # Gaussians; 3500 for the other pictures
MUST = {23: 37.3, 8: 24.8, 15: 33.4}  # dB with 3000 iterations, within 40 s on two cores


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--iterations", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images", type=int, nargs="+", default=[23, 8, 15])
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print("picture    N iterations   seconds engine     dB   must")
    for number in args.images:
        pixels, n = kodak(number), N_OF.get(number, 3500)
        start = time.perf_counter()
        result = fit(as_target(pixels), n, FitSettings(args.iterations), seed=args.seed, threads=args.threads)
        seconds = time.perf_counter() - start
        print(
            f"kodim{number:02d} {n:5} {result.n_iterations:10} {seconds:9.1f}"
            f" {result.engine_seconds / seconds:6.0%} {result.psnr:6.2f} {MUST.get(number, 0):6.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
