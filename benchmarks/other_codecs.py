"""Measure other codecs on Kodak, for rd.py to compare with: python benchmarks/other_codecs.py [--jobs 2].

Each codec goes through its settings, coarse to fine, until a picture takes more than 1.6 bpp. The rows have
the columns of shared/anchors; one that is there already is not measured again.
"""

from __future__ import annotations

import argparse
import csv
import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pillow_jxl  # noqa: F401  # registers JPEG XL with Pillow
from common import KODAK, ROOT
from PIL import Image

from gicodec import read_image
from gicodec.compare import compare_pictures
from gicodec.image.picture import Picture

MAX_BPP = 1.6
COLUMNS = ["codec", "setting", "image", "bpp", "psnr", "ms_ssim", "encode_s", "decode_s"]


@dataclass(frozen=True)
class Codec:
    """A format of Pillow, and what its settings are."""

    format: str
    settings: Iterable[float]  # coarse to fine
    options: Callable[[Any], dict[str, Any]]  # of Pillow, for a setting


def _jpeg(quality: int) -> dict[str, Any]:
    return {"quality": quality, "subsampling": "4:4:4", "optimize": True, "progressive": True}


def _jpeg2000(bpp: float) -> dict[str, Any]:
    return {
        "quality_mode": "rates",
        "quality_layers": [24 / bpp],
        "irreversible": True,
        "mct": 1,
        "no_jp2": True,
    }


def _avif(quality: int) -> dict[str, Any]:
    return {"quality": quality, "subsampling": "4:4:4", "speed": 4, "advanced": {"tune": "psnr"}}


CODECS = {
    "avif-444-s4-psnr": Codec("AVIF", [2, 6, 12, 20, 28, 36, 44, 52, 60, 68, 76, 82, 88, 93], _avif),
    "jxl-e7": Codec(
        "JXL", [1, 5, 12, 20, 30, 40, 50, 60, 68, 76, 84, 90, 94, 97], lambda q: {"quality": q, "effort": 7}
    ),
    "webp-m6": Codec(
        "WEBP", [0, 5, 12, 22, 34, 48, 62, 74, 82, 88, 92, 96], lambda q: {"quality": q, "method": 6}
    ),
    "jpeg2000": Codec("JPEG2000", [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.3, 1.6, 1.9], _jpeg2000),
    "jpeg-444": Codec("JPEG", [1, 5, 10, 16, 24, 34, 46, 58, 70, 80, 86, 91], _jpeg),
}


Known = dict[str, float]
"""The bpp of each setting that is measured."""


def measure(task: tuple[str, Path, Known]) -> list[list[str]]:
    """Return a codec's rows of a picture but those that are known."""
    name, path, known = task
    codec, (original, _) = CODECS[name], read_image(path)
    image, rows = Image.fromarray(original.samples), []
    for setting in codec.settings:
        if (label := f"q{setting:g}") in known:
            continue
        stream = io.BytesIO()
        start = time.perf_counter()
        image.save(stream, codec.format, **codec.options(setting))
        encoded = time.perf_counter()
        with Image.open(stream) as decoded:
            samples = np.asarray(decoded.convert("RGB"))
        decode_s = time.perf_counter() - encoded
        found = compare_pictures(original, Picture(samples))
        bpp = 8 * len(stream.getvalue()) / (original.width * original.height)
        numbers = f"{bpp:.6f}", f"{found['psnr']:.4f}", f"{found['ms_ssim']:.6f}"
        seconds = f"{encoded - start:.5f}", f"{decode_s:.5f}"
        rows.append([name, label, path.stem, *numbers, *seconds])
        if bpp > MAX_BPP:
            break
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--codecs", nargs="+", choices=CODECS, default=list(CODECS))
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "other_codecs.csv")
    args = parser.parse_args()
    known: dict[tuple[str, str], Known] = defaultdict(dict)
    if args.output.exists():
        with args.output.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                known[row["codec"], row["image"]][row["setting"]] = float(row["bpp"])
    pictures = sorted(KODAK.glob("*.png"))
    tasks = [(name, path, known[name, path.stem]) for name in args.codecs for path in pictures]
    tasks = [task for task in tasks if max(task[2].values(), default=0) <= MAX_BPP]
    with args.output.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if not any(known.values()):
            writer.writerow(COLUMNS)
        with ProcessPoolExecutor(args.jobs) as pool:
            for rows in pool.map(measure, tasks):
                writer.writerows(rows)
                file.flush()
                for measured in rows:
                    print(*measured, flush=True)


if __name__ == "__main__":
    main()
