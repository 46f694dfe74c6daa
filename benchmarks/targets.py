"""Measure the targets: python benchmarks/targets.py [--effort fast] [--threads 1] [--images 8 15 23].

For every picture and target: what was asked for, what came of it, and how many seconds it took, next to
a file of the same size that was asked for as a size: how much longer, and how many dB better, the target is.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from common import kodak
from numpy.typing import NDArray

from gicodec import Encoded, TargetError, encode, info
from gicodec.options import EFFORTS, TARGETS

ASKED: dict[str, list[Any]] = {
    "bpp": [0.15, 0.5],
    "target_size": [10_000],
    "psnr": [26, 32],
    "quality": [20, 40, 60],
    "gaussians": [1000, 4000],
}
assert list(ASKED) == list(TARGETS)


def timed(pixels: NDArray[np.uint8], **options: Any) -> tuple[Encoded, float]:
    start = time.perf_counter()
    encoded = encode(pixels, **options)
    return encoded, time.perf_counter() - start


def row(number: int, kind: str, value: Any, args: argparse.Namespace) -> str:
    pixels, head = kodak(number), f"| kodim{number:02d} | {kind} {value:g} |"
    common: dict[str, Any] = {"effort": args.effort, "threads": args.threads}
    try:
        encoded, seconds = timed(pixels, **common, **{kind: value})
    except TargetError as error:
        return f"{head} {error} |"
    n_bytes, described = len(encoded.data), info(encoded)
    same, same_seconds = timed(pixels, target_size=n_bytes, **common)
    return (
        f"{head} {n_bytes} | {described.bpp:.4f} | {encoded.psnr:.2f} | {described.step:.4f}"
        f" | {encoded.n_gaussians} | {8 * n_bytes / max(1, encoded.n_gaussians):.1f} | {seconds:.1f}"
        f" | {seconds / same_seconds:.2f}"
        f" | {encoded.psnr - same.psnr:+.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--effort", choices=EFFORTS, default="fast")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--images", type=int, nargs="+", default=[8, 15, 23])
    args = parser.parse_args()
    print("| picture | asked | bytes | bpp | dB | D | N | bits each | s | times as long | dB better |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for number in args.images:
        for kind, values in ASKED.items():
            for value in values:
                print(row(number, kind, value, args), flush=True)


if __name__ == "__main__":
    main()
