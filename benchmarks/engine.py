"""Time the C++ engine: python benchmarks/engine.py [--threads 2] [--runs 100].

Scenes are real fits of Kodak pictures at 768x512 (fitted here, effort fast), three channels. A
Gaussian-pixel is a pixel inside a Gaussian's three sigma, inside the image. Times are the median and
the least of many runs.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is loaded: one core's arithmetic is the limit

import numpy as np
from common import kodak, splats_of, times
from numpy.typing import NDArray

from gicodec import processor
from gicodec.fit import FitSettings, as_target, fit, to_gaussians
from gicodec.format import Kernel
from gicodec.gaussians import Gaussians
from gicodec.render import Splats, View, cpu

# What the arithmetic alone would take: multiplications and fused multiply-adds, of which a processor of today
# starts two a cycle. For a vector of pixels the recurrence takes 2, each channel one; backward twice that and
# 5 for the moments. Additions, comparisons, loads and stores have units of their own.
FORWARD_MULTIPLIES, BACKWARD_MULTIPLIES = 2 + 3, 2 + 2 * 3 + 5


def gaussian_pixels(splats: Splats[NDArray[np.float32]], height: int, width: int) -> int:
    """Count the pixels that each Gaussian covers."""
    centers, conics = splats.centers.astype(np.float64), splats.conics.astype(np.float64)
    total = 0
    for (x, y), (a, b, c) in zip(centers, conics, strict=True):
        det = a * c - b * b
        reach_x, reach_y = 3 * np.sqrt(c / det), 3 * np.sqrt(a / det)
        columns = np.arange(max(0, int(x - reach_x - 1)), min(width, int(x + reach_x + 2))) + 0.5 - x
        rows = np.arange(max(0, int(y - reach_y - 1)), min(height, int(y + reach_y + 2))) + 0.5 - y
        dx, dy = columns[None, :], rows[:, None]
        total += int((a * dx * dx + 2 * b * dx * dy + c * dy * dy < 9).sum())
    return total


def aligned(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Make an array that starts at a cache line, as torch's do and NumPy's may not."""
    n_bytes = int(np.prod(shape)) * 4
    raw = np.zeros(n_bytes + 64, np.uint8)
    offset = -raw.ctypes.data % 64
    return raw[offset : offset + n_bytes].view(np.float32).reshape(shape)


def bench(
    name: str, gaussians: Gaussians, view: View, threads: int, runs: int, isa: str
) -> tuple[float, float]:
    """Print a row; return the median seconds of forward and of backward."""
    splats = splats_of(gaussians, view)
    grad = aligned((3, view.height, view.width))
    grad[:] = np.random.default_rng(0).normal(size=grad.shape)
    size = (view.height, view.width)
    options: dict[str, Any] = {"threads": threads, "isa": isa}
    forward = times(lambda: cpu.forward(splats, *size, Kernel.COMPACT, **options), runs)
    backward = times(lambda: cpu.backward(splats, grad, Kernel.COMPACT, **options), runs)
    covered = gaussian_pixels(splats, *size)
    per_pixel = [1e9 * threads * t.min() / covered for t in (forward, backward)]
    print(
        f"{name:22} {isa:9} {threads:7} {gaussians.n_gaussians:6} {covered / 1e6:6.2f}"
        f" {1e3 * np.median(forward):8.2f} {1e3 * forward.min():6.2f}"
        f" {1e3 * np.median(backward):9.2f} {1e3 * backward.min():6.2f}"
        f" {1e3 * np.median(forward + backward):8.2f} {per_pixel[0]:8.3f} {per_pixel[1]:8.3f}",
        flush=True,
    )
    return float(np.median(forward)), float(np.median(backward))


def repeat(gaussians: Gaussians, n: int) -> Gaussians:
    """Take n of the Gaussians, over and over."""
    rows = np.arange(n) % gaussians.n_gaussians
    return replace(
        gaussians,
        centers=gaussians.centers[rows],
        log_sizes=gaussians.log_sizes[rows],
        log_elongations=gaussians.log_elongations[rows],
        angles=gaussians.angles[rows],
        colors=gaussians.colors[rows],
    )


def with_waves(gaussians: Gaussians, share: float) -> Gaussians:
    """Give a share of the Gaussians waves, of any direction and period from 4 pixels."""
    rng = np.random.default_rng(0)
    waves = rng.uniform(-1, 1, (gaussians.n_gaussians, 4)) * (0.1, 0.1, np.pi / 2, np.pi / 2)
    waves[rng.random(gaussians.n_gaussians) >= share, :2] = 0
    return replace(gaussians, waves=waves)


def multiplies_per_ns() -> float:
    """Measure the multiply-adds, of one number, that a core does in a product of matrices by NumPy's BLAS."""
    a = np.random.default_rng(0).normal(size=(1024, 1024)).astype(np.float32)
    out = np.empty_like(a)
    return 1024**3 / float(times(lambda: np.matmul(a, a, out=out), 20).min()) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=100)
    args = parser.parse_args()
    view = View(768, 512)
    rate = multiplies_per_ns()
    print(f"arithmetic limit of {processor.instruction_sets()[-1]}, ns a Gaussian-pixel and thread:", end=" ")
    print(f"forward {FORWARD_MULTIPLIES / rate:.3f}, backward {BACKWARD_MULTIPLIES / rate:.3f}")
    columns = "scene                  isa       threads      N Mgpix  fwd ms    min    bwd ms    min  sum ms"
    print(columns + "  ns/gp f  ns/gp b")
    scenes = {}
    for number, n in ((8, 3500), (15, 3500), (23, 3500)):
        scenes[f"kodim{number:02d}"] = to_gaussians(
            fit(as_target(kodak(number)), n, FitSettings(600)).parameters
        )
    for name, gaussians in scenes.items():
        for threads in sorted({1, args.threads}):
            for isa in processor.instruction_sets():
                bench(name, gaussians, view, threads, args.runs, isa)
    isa, gaussians = processor.instruction_sets()[-1], scenes["kodim08"]
    print("cost against N, against the covered area (each Gaussian larger), and tiny ones:")
    for n in (3500, 7000, 14000, 28000):
        bench(f"kodim08 x{n // 3500}", repeat(gaussians, n), view, args.threads, args.runs // 4, isa)
    for zoom in (0.5, 2.0):
        larger = replace(gaussians, log_sizes=gaussians.log_sizes + np.log(zoom))
        bench(f"kodim08 sizes x{zoom}", larger, view, args.threads, args.runs // 4, isa)
    tiny = replace(gaussians, log_sizes=np.full(3500, np.log(0.5)), log_elongations=np.zeros(3500))
    bench("3500 of 0.5 px", tiny, view, args.threads, args.runs // 4, isa)
    print("waves of none, of half and of all Gaussians:")
    for isa in processor.instruction_sets():
        for share, which in ((0.0, "none"), (0.5, "half"), (1.0, "all")):
            waved = with_waves(gaussians, share) if share else gaussians
            bench(f"kodim08 waves: {which}", waved, view, args.threads, args.runs, isa)


if __name__ == "__main__":
    main()
