"""Measure the CUDA engine against the C++ one: python benchmarks/gpu.py [--efforts fast medium].

Correctness first; then rendering, and rendering with gradients, by number of Gaussians and picture size;
pictures a second, each another one, in one stream without a pause; and whole encodings with their memory.
Device times are of CUDA events, medians. Needs a GPU, Triton and nothing else; takes some minutes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from common import ROOT, splats_of, times
from numpy.typing import NDArray
from torch import Tensor

import gicodec
from gicodec.device import cuda_problem, find_device
from gicodec.diagnostics import diagnostics
from gicodec.fit import FitSettings, as_target, fit, to_gaussians
from gicodec.format import Kernel
from gicodec.gaussians import Gaussians
from gicodec.image.samples import to_samples
from gicodec.options import EFFORTS, Effort
from gicodec.render import Splats, View, cpu

IMAGES = sorted((ROOT / "examples" / "images").glob("*.png"))
NUMBERS = [1000, 3500, 10_000, 20_000]
LARGE = 1365, 2048  # rows, columns
N_PICTURES = 32  # different ones, for pictures a second
N_RUNS = 50


def mosaic(height: int, width: int) -> NDArray[np.uint8]:
    """Lay the photographs out side by side until they fill a larger one."""
    pictures = [gicodec.read_image(path)[0].samples[:512, :512] for path in IMAGES]
    rows, columns = -(-height // 512), -(-width // 512)
    lines = [
        np.concatenate([pictures[(row + column) % len(pictures)] for column in range(columns)], axis=1)
        for row in range(rows)
    ]
    return np.ascontiguousarray(np.concatenate(lines)[:height, :width])


def device_ms(run: Callable[[], object]) -> float:
    """Return the median of a call's time on the device."""
    for _ in range(5):
        run()
    events = [[torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(N_RUNS)]  # type: ignore[no-untyped-call]
    for start, end in events:
        start.record()
        run()
        end.record()
    torch.cuda.synchronize()
    return float(np.median([start.elapsed_time(end) for start, end in events]))


def on_device(gaussians: Gaussians, view: View, device: str) -> Splats[Tensor]:
    """Place Gaussians in a view."""
    return splats_of(gaussians, view).map(lambda array: torch.from_numpy(array).to(device))


def print_row(*cells: object) -> None:
    print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |")


def compare(pixels: NDArray[np.uint8], n: int, device: str) -> None:
    """Time both engines on a fit of n Gaussians; say how far apart their results are."""
    from gicodec.render import cuda

    (height, width, _), kernel = pixels.shape, Kernel.COMPACT
    fitted = to_gaussians(fit(as_target(pixels), n, FitSettings(600), device=device).parameters)
    splats = on_device(fitted, View(width, height), device)
    here = splats_of(fitted, View(width, height))

    def draw() -> Tensor:
        return cuda.forward(splats, height, width, kernel)

    def draw_here() -> NDArray[np.float32]:
        return cpu.forward(here, height, width, kernel)

    image = draw()
    grad = image - 0.5

    def differentiate() -> Splats[Tensor]:
        return cuda.backward(splats, grad, kernel)

    levels = to_samples(image.cpu().numpy(), 8).astype(int) - to_samples(draw_here(), 8)
    truth = cpu.backward(here, grad.cpu().numpy(), kernel)
    apart = max(
        float(abs(a.cpu().numpy() - b).max() / abs(b).max())
        for a, b in zip(differentiate(), truth, strict=True)
    )
    forward, backward = device_ms(draw), device_ms(differentiate)
    print_row(
        f"{width}x{height}",
        len(splats.centers),
        forward,
        forward + backward,
        1e3 * float(np.median(times(draw_here, 5))),
        abs(levels).max(),
        f"{(levels == 0).mean():.5f}",
        f"{apart:.1e}",
    )


def pictures_a_second(pixels: NDArray[np.uint8], n: int, device: str) -> float:
    """Render a batch of pictures of n Gaussians each, in other places and colors in every one."""
    from gicodec.render import cuda

    height, width, _ = pixels.shape
    fitted = to_gaussians(fit(as_target(pixels), n, FitSettings(600), device=device).parameters)
    one = on_device(fitted, View(width, height), device)  # effort fast has no waves
    splats = Splats(
        torch.cat([one.centers + i for i in range(N_PICTURES)]),
        one.conics.repeat(N_PICTURES, 1),
        torch.cat([one.colors.roll(i, 1) for i in range(N_PICTURES)]),
    )
    starts = torch.arange(N_PICTURES + 1, dtype=torch.int32, device=device) * len(one.centers)
    ms = device_ms(lambda: cuda.forward_batch(splats, starts, height, width, Kernel.COMPACT))
    return 1e3 * N_PICTURES / ms


def encodings(pixels: NDArray[np.uint8], efforts: list[Effort], device: str) -> None:
    """Encode at 0.3 bpp, here and there."""
    height, width, _ = pixels.shape
    for effort in efforts:
        for where in (device, "cpu"):
            if where == "cpu" and (effort != "fast" or height * width > 500_000):
                continue  # minutes
            torch.cuda.reset_peak_memory_stats()
            start = time.perf_counter()
            encoded = gicodec.encode(pixels, bpp=0.3, effort=effort, device=where)
            seconds, memory = time.perf_counter() - start, torch.cuda.max_memory_allocated() / 2**20
            print_row(f"{width}x{height}", effort, where, seconds, encoded.psnr, f"{memory:.0f}")


def decoding(pixels: NDArray[np.uint8], device: str) -> None:
    """Compare a file's samples."""
    data = gicodec.encode(pixels, bpp=0.3, effort="fast", device=device).data
    here = gicodec.decode(data).astype(int)
    there = gicodec.decode(data, device=device)
    print(f"\nA file of {len(data)} bytes: {(here == there).mean():.5f} of the samples are the same,")
    print(f"the others differ by at most {abs(here - there).max()}.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--efforts", nargs="+", choices=EFFORTS, default=["fast", "medium"])
    args = parser.parse_args()
    for name, text in diagnostics().items():
        print(f"{name}: {text}")
    if problem := cuda_problem():
        raise SystemExit(f"There is nothing to measure: {problem}.")
    device, pixels = find_device(args.device), gicodec.read_image(IMAGES[0])[0].samples
    large = mosaic(*LARGE)
    columns = "picture", "Gaussians", "forward, ms", "and backward, ms", "CPU forward, ms"
    print()
    print_row(*columns, "levels apart", "samples alike", "gradients apart")
    print_row(*["---"] * 8)
    for n in NUMBERS:
        compare(pixels, n, device)
    compare(large, 25_000, device)
    print()
    print_row("Gaussians", "pictures a second")
    print_row("---", "---")
    for n in (3500, 20_000):
        print_row(n, f"{pictures_a_second(pixels, n, device):.0f}")
    decoding(pixels, args.device)
    print()
    print_row("picture", "effort", "device", "seconds", "PSNR, dB", "peak, MiB")
    print_row(*["---"] * 6)
    encodings(pixels, args.efforts, args.device)
    encodings(large, ["medium"], args.device)


if __name__ == "__main__":
    main()
