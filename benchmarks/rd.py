"""Measure rate and distortion: python benchmarks/rd.py [--methods gsi] [--bpp 0.15 0.3] [--jobs 2].

Every picture of a folder (Kodak) is encoded at every effort and rate, or with every number of Gaussians,
which is how the papers choose their rates; its file is written, read again
and decoded. A row is written for each as soon as it is known, and rows that are already there are not
measured again. On stdout come tables (Markdown), next to other codecs' where the pictures are Kodak's;
beside the rows come plots.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import torch
from common import KODAK, ROOT
from rd_report import print_report
from rd_results import Key, Result, append_result, read_results

import gicodec
from gicodec.codec import decode
from gicodec.compare import compare_pictures
from gicodec.format import bits_by_attribute
from gicodec.options import EFFORTS, METHODS, DecodeOptions, Effort

BPP = [0.1, 0.15, 0.2, 0.3, 0.4, 0.5]
RESULTS = ROOT / "benchmarks" / "results"
ANCHORS = [ROOT.parent / "shared" / "anchors" / "kodak_anchors.csv", RESULTS / "other_codecs.csv"]
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".ppm", ".tif", ".tiff"}


@dataclass(frozen=True)
class Task:
    """One file to make and to measure."""

    picture: Path
    method: str
    label: str  # of its rows
    effort: Effort
    target: float  # bpp, or Gaussians
    kind: str  # the target's: "bpp" or "gaussians"
    threads: int
    folder: Path  # where the file goes
    version: str
    waves: bool | None = None
    texture: bool | None = None

    @property
    def key(self) -> Key:
        """What its row is a row of."""
        return self.picture.stem, self.label, self.effort, self.target

    @property
    def file(self) -> Path:
        """Where the file goes."""
        return self.folder / self.label / f"{self.picture.stem}-{self.effort}-{self.target:g}.gsi"


def measure(task: Task) -> Result | None:
    """Encode, write, read and decode; None, and a sentence, where the rate cannot be met."""
    original, _ = gicodec.read_image(task.picture)
    target: dict[str, Any] = {task.kind: task.target}
    start = time.perf_counter()
    try:
        encoded = gicodec.encode(
            original,
            **target,
            method=task.method,
            effort=task.effort,
            waves=task.waves,
            texture=task.texture,
            threads=task.threads,
        )
    except gicodec.TargetError as error:
        print(f"{task.picture.name} at {task.target:g} {task.kind}: {error}", file=sys.stderr)
        return None
    encode_s = time.perf_counter() - start
    task.file.parent.mkdir(parents=True, exist_ok=True)
    task.file.write_bytes(encoded.data)
    start = time.perf_counter()
    data = task.file.read_bytes()
    decoded = decode(data, DecodeOptions(threads=task.threads))
    decode_s = time.perf_counter() - start
    compared = compare_pictures(original, decoded)
    return Result(
        *task.key,
        bytes=len(data),
        bpp=8 * len(data) / (original.width * original.height),
        psnr=compared["psnr"],
        ms_ssim=compared.get("ms_ssim", math.nan),
        n_gaussians=encoded.n_gaussians,
        bits=bits_by_attribute(data),
        encode_s=encode_s,
        decode_s=decode_s,
        version=task.version,
    )


def measured(tasks: list[Task], jobs: int) -> Iterator[Result | None]:
    """Yield each result as soon as it is known, in any order."""
    if jobs == 1:
        yield from map(measure, tasks)
        return
    context = multiprocessing.get_context("spawn")  # a fork of a process with torch's threads may hang
    pool = ProcessPoolExecutor(jobs, context, initializer=start_worker)
    try:
        for future in as_completed([pool.submit(measure, task) for task in tasks]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def start_worker() -> None:
    """Use one thread, and end when the parent is killed: a worker of its own accord would wait for ever."""
    torch.set_num_threads(1)

    def end_with_parent() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


def run(tasks: list[Task], output: Path, jobs: int) -> None:
    """Measure what has no row yet."""
    known = read_results(output)
    todo = [task for task in tasks if task.key not in known]
    print(f"{len(tasks) - len(todo)} rows are there, {len(todo)} to measure", file=sys.stderr)
    for i, result in enumerate(measured(todo, jobs), 1):
        if result:
            append_result(output, result)
            what = f"{result.image} {result.method}-{result.effort} {result.target:g}"
            size = f"{result.bpp:.4f} bpp, {result.n_gaussians} Gaussians"
            found = f"{result.psnr:.2f} dB, {result.ms_ssim:.4f}, {size}"
            print(f"[{i}/{len(todo)}] {what}: {found}, {result.encode_s:.1f} s", file=sys.stderr)


def find_tasks(args: argparse.Namespace) -> list[Task]:
    """List what was asked for, picture by picture; nothing, and a sentence, where there are none."""
    paths = sorted(args.folder.glob("*")) if args.folder.is_dir() else []
    paths = [path for path in paths if path.suffix.lower() in SUFFIXES]
    pictures = [path for path in paths if not args.images or path.stem in args.images]
    if not pictures:
        print(f"No pictures to measure in {args.folder}; --folder or GSI_KODAK says where.", file=sys.stderr)
    threads, made_by = int(args.jobs > 1), current_version()  # alone, it takes all threads
    return [
        Task(
            picture,
            method,
            args.label or method,
            cast("Effort", effort),
            target,
            kind,
            threads,
            args.files,
            made_by,
            args.waves,
            args.texture,
        )
        for picture in pictures
        for method in args.methods
        for effort in args.efforts
        for kind, targets in (("bpp", args.bpp), ("gaussians", args.gaussians))
        for target in targets
    ]


def current_version() -> str:
    """Say what is measured: the version and, in a git checkout, the commit."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return version("gicodec")
    return f"{version('gicodec')} {commit}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=KODAK, help="of pictures")
    parser.add_argument("--images", nargs="+", default=[], metavar="NAME", help="only these, as kodim08")
    parser.add_argument("--bpp", type=float, nargs="+", metavar="R", help=f"default {BPP}")
    parser.add_argument("--gaussians", type=int, nargs="+", default=[], metavar="N", help="beside or instead")
    parser.add_argument("--efforts", nargs="+", choices=EFFORTS, default=["medium"])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=["gsi"])
    parser.add_argument("--label", help="what to call these rows, instead of their method")
    parser.add_argument("--waves", action=argparse.BooleanOptionalAction, help="as gsi encode's")
    parser.add_argument("--texture", action=argparse.BooleanOptionalAction, help="as gsi encode's")
    parser.add_argument("--jobs", type=int, default=1, help="processes of one thread; 1: one of all threads")
    parser.add_argument("--output", type=Path, default=RESULTS / "kodak.csv", help="the rows")
    parser.add_argument("--files", type=Path, default=ROOT / "build" / "rd", help="where .gsi files go")
    parser.add_argument("--anchors", type=Path, nargs="+", default=ANCHORS, help="rows of other codecs")
    parser.add_argument("--plots", type=Path, help="where plots go; default: beside the rows")
    parser.add_argument("--report-only", action="store_true", help="measure nothing")
    args = parser.parse_args(arguments)
    if args.bpp is None:
        args.bpp = [] if args.gaussians else BPP
    if not args.report_only:
        run(find_tasks(args), args.output, args.jobs)
    rows = [row for row in read_results(args.output).values() if not args.images or row.image in args.images]
    print_report(rows, args.bpp + args.gaussians, args.anchors, args.plots or args.output.parent)


if __name__ == "__main__":
    main()
