"""A layer of cosines on a lattice under the Gaussians, a study: python benchmarks/texture.py [--bpp 0.5 1.0].

For each picture and rate: the dB of Gaussians alone, and of files whose Gaussians take a smaller rate and
whose layer codes what they leave. The layer's bits are ideal code lengths (texture.cpp, which is built with
c++ here). docs/research/texture.md has the results, and what else was tried.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from common import kodak
from numpy.typing import NDArray

from gicodec import encode, psnr
from gicodec.fit import as_target
from gicodec.format import GsiFile
from gicodec.image.samples import to_samples
from gicodec.options import EFFORTS, Effort
from gicodec.quantize import TRANSFORM, dequantize
from gicodec.render import View, render

Floats = NDArray[np.float64]
SIDE = 8  # pixels of a block
PRICE = 0.12  # of a bit, in squared steps
MIN_STEP, MAX_STEP = 0.01, 1.0  # of the layer
N_HALVINGS = 9  # of the search for the step


@cache
def coder() -> Any:
    """Build texture.cpp and load its function."""
    library = Path(tempfile.mkdtemp()) / "texture.so"
    source = Path(__file__).with_suffix(".cpp")
    subprocess.run(["c++", "-std=c++20", "-O3", "-shared", "-fPIC", "-o", library, source], check=True)
    function = ctypes.CDLL(str(library)).code_layer
    function.restype = ctypes.c_double
    return function


@cache
def cosines(length: int) -> Floats:
    """Return orthonormal local cosines [length, length], the atoms as rows: 2 SIDE wide, SIDE apart.

    The MDCT with a sine window; at the borders of the picture its windows end at once.
    """
    x = np.arange(length) + 0.5
    rows = []
    for begin in range(0, length, SIDE):
        end = begin + SIDE
        left, right = 2 * (x - begin) / SIDE, 2 * (end - x) / SIDE  # -1 to 1 where two windows overlap
        left = np.clip(left, -1, 1) if begin else np.where(left > 0, 1, -1)
        right = np.clip(right, -1, 1) if end < length else np.where(right > 0, 1, -1)
        window = np.sin(math.pi / 4 * (1 + left)) * np.sin(math.pi / 4 * (1 + right))
        frequencies = math.pi / SIDE * (np.arange(SIDE) + 0.5)
        rows.append(window * math.sqrt(2 / SIDE) * np.cos(frequencies[:, None] * (x - begin)))
    return np.concatenate(rows)


def to_blocks(image: Floats) -> Floats:
    """Transform [C, H, W] to coefficients [C, H / SIDE, W / SIDE, SIDE, SIDE]."""
    channels, height, width = image.shape
    coefficients = cosines(height) @ image @ cosines(width).T
    return coefficients.reshape(channels, height // SIDE, SIDE, width // SIDE, SIDE).transpose(0, 1, 3, 2, 4)


def from_blocks(coefficients: Floats) -> Floats:
    """Transform back: the mirror of :func:`to_blocks`."""
    channels, rows, columns, _, _ = coefficients.shape
    image = coefficients.transpose(0, 1, 3, 2, 4).reshape(channels, rows * SIDE, columns * SIDE)
    return np.asarray(cosines(rows * SIDE).T @ image @ cosines(columns * SIDE))


def code(coefficients: Floats, step: float) -> tuple[float, Floats]:
    """Return the bits of a layer with a step, and the coefficients that it has."""
    scaled = np.ascontiguousarray(coefficients / step, np.float32)
    amplitudes = np.zeros(scaled.shape, np.int32)
    arrays = (array.ctypes.data_as(ctypes.c_void_p) for array in (scaled, amplitudes))
    bits: float = coder()(*arrays, *scaled.shape[:4], ctypes.c_double(PRICE))
    return bits, np.asarray(amplitudes * step, np.float64)


def layered(target: Floats, gaussians: Floats, n_bits: float) -> Floats:
    """Add the layer, of so many bits, that brings what Gaussians draw [C, H, W] nearest to a target."""
    coefficients = to_blocks(np.einsum("ij,jhw->ihw", TRANSFORM, target - gaussians))
    low, high = math.log(MIN_STEP), math.log(MAX_STEP)
    for _ in range(N_HALVINGS):
        middle = (low + high) / 2
        too_large = code(coefficients, math.exp(middle))[0] > n_bits
        low, high = (middle, high) if too_large else (low, middle)
    layer = from_blocks(code(coefficients, math.exp(high))[1])
    return np.asarray(gaussians + np.einsum("ij,ihw->jhw", TRANSFORM, layer))


def drawn(number: int, bpp: float, effort: Effort) -> tuple[Floats, int]:
    """Return what the Gaussians of a file draw, not clipped, and its bytes."""
    file = GsiFile.from_bytes(data := encode(kodak(number), bpp=bpp, effort=effort).data)
    image = render(dequantize(file.payload), View(file.header.width, file.header.height))
    return image.astype(np.float64), len(data)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bpp", type=float, nargs="+", default=[0.5, 1.0])
    parser.add_argument("--bases", type=float, nargs="+", default=[0.15, 0.25], help="rates of Gaussians")
    parser.add_argument("--images", type=int, nargs="+", default=[5, 8, 12, 16, 20, 21])
    parser.add_argument("--effort", choices=EFFORTS, default="medium")
    args = parser.parse_args()
    print(f"| picture | bpp | Gaussians alone | {' | '.join(f'{b:g} of Gaussians' for b in args.bases)} |")
    print("|---" * (3 + len(args.bases)) + "|")
    gains: dict[float, list[float]] = {bpp: [] for bpp in args.bpp}
    for number in args.images:
        pixels = kodak(number)
        bases = [drawn(number, bpp, args.effort) for bpp in args.bases]
        for bpp in args.bpp:
            images = [drawn(number, bpp, args.effort)[0]]
            n_bits = bpp * pixels[:, :, 0].size
            target = as_target(pixels).astype(np.float64)
            images += [layered(target, image, n_bits - 8 * n_bytes) for image, n_bytes in bases]
            alone, *others = (psnr(pixels, to_samples(image.astype(np.float32), 8)) for image in images)
            gains[bpp].append(max(0, *(other - alone for other in others)))
            print(
                f"| kodim{number:02d} | {bpp:g} | {alone:.2f} |"
                f" {' | '.join(f'{other - alone:+.2f}' for other in others)} |",
                flush=True,
            )
    for bpp, gained in gains.items():
        print(f"mean of the better at {bpp:g} bpp: {np.mean(gained):+.3f} dB")


if __name__ == "__main__":
    main()
