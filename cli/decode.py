"""``gsi decode``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal

import click

from gicodec.cli import arguments
from gicodec.cli.batch import Finished, finish_all, pairs_in, workers
from gicodec.cli.failures import describe
from gicodec.cli.grouped import (
    FILES,
    GO_ON,
    PICTURE,
    SKIP,
    SPEED,
    GroupedCommand,
    jobs_and_threads,
    json_and_quiet,
    option,
)
from gicodec.errors import OutputError
from gicodec.options import Crop, DecodeOptions

DEFAULTS = DecodeOptions()
Pair = tuple[str, str]
"""An input and its output."""
STREAM_FORMAT = "png"  # on standard output, which has no extension
BITS: dict[str | None, Literal[8, 16] | None] = {None: None, "8": 8, "16": 16}


@dataclass(frozen=True)
class _Run:
    """What holds for every file."""

    options: DecodeOptions
    background: tuple[int, int, int] | None
    quiet: bool
    as_json: bool
    makes_folders: bool
    """For outputs: with -o."""


HELP = """Decode .gsi files to pictures.

\b
gsi decode in.gsi out.png
gsi decode in.gsi small.jpg --size 640
gsi decode *.gsi -o pictures

Give IN and OUT, or any number of inputs and -o DIR. Use - for standard
input or output. The extension of OUT chooses its format: png, jpg, webp, tif, ppm, pgm, bmp,
or npy. Standard output gets png.
"""


@click.command(cls=GroupedCommand, help=HELP)
@click.argument("files", nargs=-1, required=True, metavar="IN OUT | IN...")
@option(FILES, "-o", "--output-dir", metavar="DIR", help="Decode every input to DIR/name.png.")
@option(FILES, "-r", "--recursive", is_flag=True, help="Decode the .gsi files in folders, too.")
@option(FILES, "-n", "--no-clobber", "--skip-existing", is_flag=True, help=SKIP)
@option(FILES, "--fail-fast", is_flag=True, help=GO_ON)
@option(
    PICTURE, "--scale", type=arguments.parse_scale, metavar="S", help="Output pixels per coded pixel, or N%."
)
@option(
    PICTURE,
    "--size",
    type=arguments.parse_size,
    metavar="WxH",
    help="Output size, instead of a scale; Wx and xH keep the shape, N is the longer side.",
)
@option(
    PICTURE,
    "--crop",
    type=arguments.parse_crop,
    metavar="WxH+X+Y",
    help="Render only this part of the output.",
)
@option(
    PICTURE,
    "--bits",
    type=click.Choice(["8", "16"]),
    help="Bits per sample; default: as coded, where the format has them. 16 needs png, ppm, pgm, or npy.",
)
@option(
    PICTURE,
    "--background",
    metavar="COLOR",
    help="Put pictures with alpha on a color, such as white or #ff8000; default: keep alpha, and white for"
    " formats without.",
)
@jobs_and_threads
@option(
    SPEED,
    "--device",
    default=DEFAULTS.device,
    metavar="auto|cpu|cuda[:N]",
    help="Where to render; default: auto, which is the CPU.",
)
@json_and_quiet
@click.pass_context
def decode(
    ctx: click.Context,
    files: tuple[str, ...],
    output_dir: str | None,
    recursive: bool,
    no_clobber: bool,
    fail_fast: bool,
    scale: float | None,
    size: tuple[int | None, int | None] | int | None,
    crop: Crop | None,
    bits: str | None,
    background: str | None,
    jobs: int,
    threads: int,
    device: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Check the options, and work on every file."""
    with arguments.name_options():
        options = DecodeOptions(scale, size, crop, BITS[bits], threads, device)
        color = None
        if background is not None:
            from gicodec.image.write import as_color

            color = as_color(background)
    if output_dir is None:
        pairs = arguments.pair_files(files, f".{STREAM_FORMAT}", recursive=recursive)
        if _is_coded(pairs[0][1]) and not arguments.same_file(*pairs[0]):
            raise click.UsageError(f"to decode both files, {arguments.with_directory(files)}")
    else:
        pairs = pairs_in(output_dir, f".{STREAM_FORMAT}", files, recursive=recursive, is_wanted=_is_coded)
    if no_clobber:
        pairs = arguments.without_existing(pairs, quiet=quiet)
    n_workers, each = workers(jobs, threads, len(pairs))
    run = _Run(replace(options, threads=each), color, quiet, as_json, output_dir is not None)
    work = partial(_finished, run=run, n_workers=n_workers)
    ctx.exit(finish_all(pairs, work, fail_fast=fail_fast, quiet=quiet or as_json))


def _is_coded(path: str) -> bool:
    return Path(path).suffix.lower() == arguments.EXTENSION


def _finished(pairs: Iterator[Pair], run: _Run, n_workers: int) -> Iterator[Finished]:
    """Yield what is said of each file, as it ends."""
    work = partial(_decode_or_fail, run=run)
    if n_workers == 1:
        return map(work, pairs)
    from gicodec.batch.processes import in_processes

    return in_processes(work, pairs, n_workers=n_workers, time_limit=None, lost=_failed)


def _decode_or_fail(pair: Pair, run: _Run) -> Finished:
    try:
        return _decode_file(*pair, run)
    except BrokenPipeError:
        raise  # the reader of the pipe has left; that is no error
    except Exception as err:
        return _failed(pair, err)


def _failed(pair: Pair, err: Exception) -> Finished:
    error, code = describe(err, pair[0])
    return Finished(pair[0], error=error, code=code)


def _decode_file(source: str, target: str, run: _Run) -> Finished:
    """Decode one file."""
    from gicodec.codec import decode_bands
    from gicodec.files import starts_with
    from gicodec.format import SIGNATURE
    from gicodec.image.write import bits_for, encode_bands, image_format

    nameless = not arguments.is_plain(target) and not Path(target).suffix
    extension = STREAM_FORMAT if nameless else image_format(target, bits=run.options.bits)
    if run.makes_folders:
        arguments.make_directory(str(Path(target).parent))
    arguments.check_target(source, target)
    if run.makes_folders and Path(target).exists() and Path(target).parent.samefile(Path(source).parent):
        raise OutputError(f"{target}: may be the original; remove it first, or name another folder")
    if arguments.is_plain(target) and starts_with(target, SIGNATURE):
        raise OutputError(f"{target}: is a .gsi file; remove it first, or name another output")
    decoded = decode_bands(arguments.open_data(source), run.options)
    first = next(decoded.bands)
    parts = encode_bands(decoded.height, chain([first], decoded.bands), extension, run.background)
    # A pipe keeps what it has got, even if the rest is damaged: it gets all at once.
    n_bytes = arguments.write_bytes(target, parts if arguments.is_plain(target) else b"".join(parts))
    name, depth = arguments.name_of(target, "standard output"), bits_for(first, extension)
    file, text = arguments.name_of(source, "standard input"), ""
    if run.as_json:
        fields = {
            "file": file,
            "output": name,
            "width": decoded.width,
            "height": decoded.height,
            "bits": depth,
            "alpha": first.alpha is not None,
            "bytes": n_bytes,
        }
        text = json.dumps(fields)
    elif not run.quiet:
        text = f"{name}: {decoded.width}x{decoded.height}, {depth} bits per sample"
    return Finished(file, text, arguments.is_stdout(target), n_bytes=n_bytes)
