"""Measure the papers' methods before quantization: python benchmarks/papers.py [--images 8 15] [--threads 2].

As many float Gaussians are fitted as in the papers' tables of representation. Their files are measured by
rd.py --methods gaussianimage gaussianimage++ --efforts slow --gaussians N. Method 3dgs, Gaussians that are
blended and not added, is the papers' baseline: it has no files, and needs gsplat and a GPU.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from common import kodak

from gicodec.device import find_device
from gicodec.fit import Objective, as_target
from gicodec.fit.loop import Model, run
from gicodec.format import Kernel, Method
from gicodec.papers.blended_3dgs import BlendedModel
from gicodec.papers.loss import one_torch_thread
from gicodec.papers.method import PublishedModel
from gicodec.papers.pipeline import RECIPES

EIGHT = [1, 4, 8, 12, 15, 17, 20, 23]
PUBLISHED = {"gaussianimage": 29.85, "gaussianimage++": 31.83, "3dgs": 27.02}  # dB, means of Kodak, N = 5000


def representation(
    number: int, method: str, n_gaussians: int, n_iterations: int, threads: int, device: str
) -> float:
    """Fit Gaussians to a picture of Kodak, and return the dB of them as they are."""
    with one_torch_thread():
        target, found = as_target(kodak(number)), find_device(device)
        objective = Objective(target, Kernel.CUT, device=found, threads=threads)
        if method == "3dgs":
            model: Model = BlendedModel(objective, n_gaussians, n_iterations, 0)
        else:
            model = PublishedModel(objective, n_gaussians, RECIPES[Method.of(method)], n_iterations, 0)
        run(model, objective, n_iterations, "fit", None)
        image = np.clip(objective.engine.array(objective.residual) + target, 0, 1)
        return objective.psnr(float(np.square(image - target).sum()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--methods", nargs="+", choices=PUBLISHED, default=["gaussianimage", "gaussianimage++"]
    )
    parser.add_argument("--images", type=int, nargs="+", default=EIGHT)
    parser.add_argument("--gaussians", type=int, default=5000)
    parser.add_argument("--iterations", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="auto")
    args = parser.parse_args()
    for method in args.methods:
        found = []
        for number in args.images:
            start = time.perf_counter()
            found.append(
                representation(number, method, args.gaussians, args.iterations, args.threads, args.device)
            )
            seconds = time.perf_counter() - start
            print(f"{method} kodim{number:02d}: {found[-1]:.2f} dB, {seconds:.0f} s", flush=True)
        print(
            f"{method}, mean of {len(found)}: {np.mean(found):.2f} dB; published, of 24: {PUBLISHED[method]}"
        )


if __name__ == "__main__":
    main()
