"""Compare encoding with another installed build: python benchmarks/encode_time.py PATH/TO/OTHER/gsi.

Both builds encode the same pictures to the same sizes, one process after the other, first one build and then
the other first, so that a machine that slows down slows both. For each pair: how much of the other's wall and
processor time this build takes, and how many dB it gains at the same bytes. A summary follows for each
effort: geometric means of the ratios, and the least and the greatest of them.

With --start: how long short commands take, most of which is to start Python.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from common import KODAK

from gicodec import psnr, read_image
from gicodec.image.write import write_image
from gicodec.options import EFFORTS

DB_PER_DOUBLING = 2.7  # of a file's bytes, from 0.15 to 0.5 bpp (docs/research/targets.md)
STARTS = {
    "gsi --help": ["--help"],
    "gsi info": ["info", "{file}"],
    "gsi decode": ["decode", "{file}", "{out}.png"],
    "gsi encode, 64x48, fast": ["encode", "{small}", "{out}.gsi", "--effort", "fast"],
}


@dataclass(frozen=True)
class Run:
    """What one process took."""

    wall: float
    """Seconds."""
    processor: float
    """Seconds, of all threads."""
    peak: float
    """Most memory, MB."""


def run(command: list[str], isa: str) -> Run:
    """Run a command to its end.

    Raises:
        SystemExit: It failed.
    """
    environment = os.environ | ({"GSI_ISA": isa} if isa else {})
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@dataclass(frozen=True)
class Pair:
    """One picture at one rate, by the other build and by this one."""

    effort: str
    name: str
    other: Run
    this: Run
    gain: float
    """dB at the same bytes."""

    def row(self) -> str:
        """Return a row of the table."""
        return (
            f"| {self.effort} | {self.name} | {self.other.wall:.1f} | {self.this.wall:.1f}"
            f" | {self.this.wall / self.other.wall:.3f} | {self.this.processor / self.other.processor:.3f}"
            f" | {self.gain:+.3f} | {self.this.peak:.0f} |"
        )


def compare(args: argparse.Namespace, effort: str, number: int, bpp: float, *, swapped: bool) -> Pair:
    """Encode one picture by both builds."""
    picture = KODAK / f"kodim{number:02d}.png"
    pixels = read_image(picture)[0].samples
    runs: dict[str, Run] = {}
    sizes: dict[str, int] = {}
    quality: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for build in (args.this, args.other) if swapped else (args.other, args.this):
            out, decoded = Path(folder) / f"{len(runs)}.gsi", Path(folder) / f"{len(runs)}.png"
            options = ["--bpp", str(bpp), "--effort", effort, "--threads", str(args.threads), "--quiet"]
            runs[build] = run([build, "encode", str(picture), str(out), *options], args.isa)
            run([build, "decode", str(out), str(decoded)], args.isa)  # each reads its own version
            sizes[build] = out.stat().st_size
            quality[build] = psnr(pixels, read_image(decoded)[0].samples)
    gain = quality[args.this] - quality[args.other]
    gain -= DB_PER_DOUBLING * math.log2(sizes[args.this] / sizes[args.other])
    return Pair(effort, f"kodim{number:02d}, {bpp:g} bpp", runs[args.other], runs[args.this], gain)


def ratio_text(ratios: list[float]) -> str:
    """Return the geometric mean, and the least and the greatest."""
    return f"{math.exp(np.log(ratios).mean()):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


def summary(effort: str, pairs: list[Pair]) -> str:
    walls = [pair.this.wall / pair.other.wall for pair in pairs]
    processors = [pair.this.processor / pair.other.processor for pair in pairs]
    gains = [pair.gain for pair in pairs]
    return (
        f"| {effort} | {len(pairs)} | {ratio_text(walls)} | {ratio_text(processors)}"
        f" | {statistics.mean(gains):+.3f} ({min(gains):+.3f} to {max(gains):+.3f})"
        f" | {max(pair.this.peak for pair in pairs):.0f} |"
    )


def print_encodings(args: argparse.Namespace) -> None:
    print("| effort | picture | other, s | this, s | ratio | of processor time | gain, dB | peak, MB |")
    print("|---|---|---|---|---|---|---|---|")
    pairs: list[Pair] = []
    for effort in args.efforts:
        for number in args.images:
            for bpp in args.bpp:
                pairs.append(compare(args, effort, number, bpp, swapped=len(pairs) % 2 == 1))
                print(pairs[-1].row(), flush=True)
    print("\n| effort | pairs | of the other's time | of its processor time | gain, dB | peak, MB |")
    print("|---|---|---|---|---|---|")
    for effort in args.efforts:
        print(summary(effort, [pair for pair in pairs if pair.effort == effort]))


def print_starts(args: argparse.Namespace) -> None:
    print("| command | other, s | this, s | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        small, out = Path(folder) / "small.png", Path(folder) / "out"
        picture = KODAK / "kodim23.png"
        write_image(small, read_image(picture)[0].samples[200:248, 300:364])
        files = {build: f"{folder}/{i}.gsi" for i, build in enumerate((args.other, args.this))}
        for build, file in files.items():
            run(
                [build, "encode", str(picture), file, "--bpp", "0.3", "--effort", "fast", "--quiet"], args.isa
            )
        for name, words in STARTS.items():
            walls: dict[str, list[float]] = {args.other: [], args.this: []}
            for _ in range(args.start):
                for build, seconds in walls.items():
                    filled = [word.format(file=files[build], small=small, out=out) for word in words]
                    seconds.append(run([build, *filled], args.isa).wall)
            other, this = (statistics.median(walls[build]) for build in (args.other, args.this))
            print(f"| `{name}` | {other:.2f} | {this:.2f} | {this / other:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("other", help="the other build's gsi")
    parser.add_argument("--this", default=str(Path(sys.executable).parent / "gsi"), help="this build's gsi")
    parser.add_argument("--efforts", nargs="+", choices=EFFORTS, default=["fast", "medium"])
    parser.add_argument("--images", type=int, nargs="+", default=[5, 8, 13, 15, 20, 23])
    parser.add_argument("--bpp", type=float, nargs="+", default=[0.15, 0.5])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--isa", default="", help="GSI_ISA of both builds; a build older than it ignores it")
    parser.add_argument(
        "--start", type=int, default=0, metavar="N", help="time short commands N times instead"
    )
    args = parser.parse_args()
    if args.start:
        print_starts(args)
    else:
        print_encodings(args)


if __name__ == "__main__":
    main()
