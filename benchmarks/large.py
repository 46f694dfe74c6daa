"""Encode and decode a large picture, a mosaic of Kodak's: time, memory, seams, crops."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from common import KODAK, kodak
from numpy.typing import NDArray
from PIL import Image

from gicodec import read_image
from gicodec.format import ChunkedFile, read
from gicodec.format.chunks import chunks_of

BESIDE = 8  # pixels on either side of a border
CROP = 1000  # pixels a side


class Run(NamedTuple):
    """What a process took."""

    seconds: float
    processor_seconds: float
    megabytes: float


def mosaic(width: int, height: int) -> NDArray[np.uint8]:
    """Put Kodak's pictures side by side, row by row, those on end lying."""
    pictures = [kodak(number) for number in range(1, 25)]
    lying = [np.rot90(p) if p.shape[0] > p.shape[1] else p for p in pictures]
    columns, rows = -(-width // 768), -(-height // 512)
    grid = [[lying[(row * columns + column) % 24] for column in range(columns)] for row in range(rows)]
    return np.ascontiguousarray(np.block([[[p] for p in row] for row in grid])[:height, :width])


def gsi(*arguments: object) -> Run:
    """Run the command."""
    command = [sys.executable, "-m", "gicodec", *map(str, arguments)]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def seam_psnr(
    original: NDArray[np.uint8], decoded: NDArray[np.uint8], file: ChunkedFile
) -> tuple[float, float]:
    """Return the dB near the borders of chunks, and elsewhere."""
    error = np.square(original.astype(np.float32) - decoded).mean(axis=2)
    near = np.zeros(error.shape, bool)
    for chunk in chunks_of(file.header):
        if chunk.x:
            near[:, chunk.x - BESIDE : chunk.x + BESIDE] = True
        if chunk.y:
            near[chunk.y - BESIDE : chunk.y + BESIDE] = True
    beside, elsewhere = (float(10 * np.log10(255**2 / error[part].mean())) for part in (near, ~near))
    return beside, elsewhere


def main() -> None:
    """Print what each command takes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="6144x4096", metavar="WxH")
    parser.add_argument("--bpp", default="0.3")
    parser.add_argument("--effort", default="fast")
    arguments = parser.parse_args()
    width, height = map(int, arguments.size.split("x"))
    how = "--bpp", arguments.bpp, "--effort", arguments.effort
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        original = mosaic(width, height)
        Image.fromarray(original).save(folder / "in.png", compress_type=3)
        ones = [gsi("encode", KODAK / f"kodim{n:02d}.png", folder / "one.gsi", *how) for n in (5, 13, 20, 23)]
        a_megapixel = np.mean([one.seconds for one in ones]) / (768 * 512 / 1e6)
        coded = folder / "in.gsi"
        run = gsi("encode", folder / "in.png", coded, *how)
        n_megapixels = width * height / 1e6
        print(f"encode: {run.seconds:.0f} s, {run.processor_seconds:.0f} core-s, {run.megabytes:.0f} MB")
        print(f"  a megapixel: {run.seconds / n_megapixels:.2f} s; of four of Kodak's {a_megapixel:.2f} s")
        whole = gsi("decode", coded, folder / "out.png")
        print(
            f"decode: {whole.seconds:.2f} s, {whole.processor_seconds:.2f} core-s, {whole.megabytes:.0f} MB"
        )
        start = gsi("--version").seconds
        rng = np.random.default_rng(0)
        for _ in range(3):
            x, y = rng.integers(0, [width - CROP, height - CROP])
            crop = gsi("decode", coded, folder / "crop.png", "--crop", f"{CROP}x{CROP}+{x}+{y}")
            print(f"crop at {x},{y}: {crop.seconds:.2f} s, where gsi --version takes {start:.2f} s")
        data = coded.read_bytes()
        file = read(data)
        assert isinstance(file, ChunkedFile)
        decoded = read_image(folder / "out.png")[0].samples
        near, far = seam_psnr(original, np.asarray(decoded, np.uint8), file)
        print(f"{len(data)} bytes; {near:.2f} dB up to {BESIDE} pixels from borders, {far:.2f} dB elsewhere")


if __name__ == "__main__":
    main()
