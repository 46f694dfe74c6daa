"""What ``gsi encode`` does with one file."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click

from gicodec.cli import arguments
from gicodec.cli.batch import unless_stopped
from gicodec.cli.console import count, progress_reports, warn
from gicodec.errors import OutputError
from gicodec.options import TARGETS, EncodeOptions


@dataclass(frozen=True)
class Run:
    """What holds for every file of a run."""

    options: EncodeOptions
    reading: dict[str, bool]
    quiet: bool
    verbose: bool
    as_json: bool
    makes_folders: bool
    """For outputs: with -o."""
    bars: bool


@cache
def _warn_of_unused_gpu(*, quiet: bool) -> None:
    """Warn once if something keeps an existing GPU from being used."""
    from gicodec.device import installation_problem

    problem = installation_problem()
    warn("--device auto", [f"using the CPU: {problem}"] if problem else [], quiet=quiet)


def encode_file(source: str, target: str, run: Run) -> int:
    """Encode one file, and say so; return its bytes."""
    start, options = time.monotonic(), run.options
    if run.makes_folders:
        arguments.make_directory(str(Path(target).parent))
    arguments.check_target(source, target)
    from gicodec.image.read import ReadOptions, is_picture, read_image

    if arguments.is_plain(target) and is_picture(target):
        raise OutputError(f"{target}: is a picture; remove it first, or name another output")
    name = arguments.name_of(source, "standard input")
    stream = sys.stdin.buffer if source == arguments.STANDARD else source
    picture, warnings = read_image(stream, ReadOptions(**run.reading))
    warn(name, warnings, quiet=run.quiet)
    from gicodec.codec import encode as encode_picture
    from gicodec.image.lossless import better_lossless

    if options.device == "auto":
        _warn_of_unused_gpu(quiet=run.quiet)
    with progress_reports(options.effort, quiet=run.quiet or not run.bars, verbose=run.verbose) as callback:
        encoded = encode_picture(picture, options, unless_stopped(callback))
    arguments.write_bytes(target, encoded.data)
    n_bytes, seconds = len(encoded.data), time.monotonic() - start
    lossless = None if run.quiet else better_lossless(picture, n_bytes, encoded.psnr)
    if lossless is not None:
        hint = f"a lossless format suits this picture better: as lossless WebP it takes {lossless} bytes"
        warn(name, [hint], quiet=run.quiet)
    bpp, shown = 8 * n_bytes / (picture.width * picture.height), arguments.name_of(target, "standard output")
    text = (
        f"{shown}: {n_bytes} bytes, {bpp:.4f} bpp, {encoded.psnr:.2f} dB,"
        f" {count(encoded.n_gaussians, 'Gaussian')} (target {_target_text(options)}),"
        f" {seconds:.1f} s"
    )
    if run.as_json:
        fields = {"file": name, "output": shown, "bytes": n_bytes, "bpp": bpp, "psnr": _finite(encoded.psnr)}
        fields |= {"n_gaussians": encoded.n_gaussians, "seconds": round(seconds, 3), "warnings": warnings}
        text = json.dumps(fields)
    if run.as_json or not run.quiet:
        click.echo(text, err=arguments.is_stdout(target))
    return n_bytes


def _finite(value: float) -> float | None:
    """Return a number for JSON, which has no infinity."""
    return None if value == float("inf") else round(value, 4)


def _target_text(options: EncodeOptions) -> str:
    kind, value = options.target
    if options.is_default:  # more for a small picture, for metadata, and for alpha of noise
        return f"{TARGETS[kind].format(value)} by default"
    return count(int(value), "Gaussian") if kind == "gaussians" else TARGETS[kind].format(value)
