"""Count the work that threads do not share: python benchmarks/scaling.py [--efforts fast medium].

One thread encodes. The seconds inside the calls of the C++ engine, which divides its work among threads, are
counted; the rest does not scale. So a machine with few cores tells what more threads could give.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from common import kodak

from gicodec import _native, encode
from gicodec.options import EFFORTS

DIVIDED = (
    *("forward", "backward", "correlate", "correlate_waves", "residual_and_gradient", "adam_step", "renew"),
    *("squared_error", "error_density", "weigh", "mix"),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--efforts", nargs="+", choices=EFFORTS, default=["fast"])
    parser.add_argument("--images", type=int, nargs="+", default=[5, 23])
    parser.add_argument("--bpp", type=float, nargs="+", default=[0.15, 0.5])
    args = parser.parse_args()
    seconds = [0.0]
    for name in DIVIDED:
        vars(_native)[name] = _timed(vars(_native)[name], seconds)
    print("| effort | picture | seconds | not divided | of 8 threads, in theory |\n|---|---|---|---|---|")
    for effort in args.efforts:
        for number in args.images:
            for bpp in args.bpp:
                seconds[0], start = 0.0, time.perf_counter()
                encode(kodak(number), bpp=bpp, effort=effort, threads=1)
                total = time.perf_counter() - start
                rest = total - seconds[0]
                print(
                    f"| {effort} | kodim{number:02d}, {bpp:g} bpp | {total:.1f} | {rest / total:.1%}"
                    f" | {total / (rest + seconds[0] / 8):.1f} times as fast |",
                    flush=True,
                )


def _timed(function: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    """Add the time of a function's calls to seconds[0]."""

    def timed(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        result = function(*args, **options)
        seconds[0] += time.perf_counter() - start
        return result

    return timed


if __name__ == "__main__":
    main()
