"""``gsi encode``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from gicodec.cli import arguments
from gicodec.cli.batch import Job, pairs_in, run_jobs, workers
from gicodec.cli.encode_file import Run, encode_file
from gicodec.cli.grouped import (
    FILES,
    GO_ON,
    OUTPUT,
    PICTURE,
    SKIP,
    SPEED,
    GroupedCommand,
    jobs_and_threads,
    json_and_quiet,
    option,
)
from gicodec.options import DEFAULT_BPP, DEFAULT_BYTES, EFFORTS, METHODS, EncodeOptions

DEFAULTS = EncodeOptions()
TARGET, PAPERS = "Target (one at most)", "Papers' methods"
HELP = """Encode pictures as .gsi files.

\b
gsi encode in.png out.gsi --bpp 0.3
gsi encode *.jpg -o coded --effort fast
gsi encode photos -r -o coded --jobs 4

Give IN and OUT, or any number of inputs and -o DIR. Use - for standard input or
output. IN is any picture that Pillow opens. An existing OUT is replaced only when
the new file is complete; a picture is never replaced.
"""


@click.command(cls=GroupedCommand, help=HELP)
@click.argument("files", nargs=-1, required=True, metavar="IN OUT | IN...")
@option(FILES, "-o", "--output-dir", metavar="DIR", help="Encode every input to DIR/name.gsi.")
@option(FILES, "-r", "--recursive", is_flag=True, help="Encode the pictures in folders, too.")
@option(FILES, "-n", "--no-clobber", "--skip-existing", is_flag=True, help=SKIP)
@option(FILES, "-f", "--force-name", is_flag=True, help="Let OUT have another extension than .gsi.")
@option(FILES, "--fail-fast", is_flag=True, help=GO_ON)
@option(
    TARGET,
    "--bpp",
    type=float,
    metavar="R",
    help="Bits per pixel of the whole file, at most; "
    f"default: {DEFAULT_BPP}, or {DEFAULT_BYTES} bytes if that is more.",
)
@option(
    TARGET,
    "--target-size",
    type=arguments.parse_bytes,
    metavar="BYTES",
    help="Bytes of the whole file, at most; 20k is 20000.",
)
@option(TARGET, "--psnr", type=float, metavar="DB", help="PSNR of the decoded picture, at most 0.1 dB less.")
@option(TARGET, "-q", "--quality", type=float, metavar="Q", help="Quality, 0 to 100.")
@option(TARGET, "--gaussians", type=int, metavar="N", help="Number of Gaussians.")
@option(
    SPEED,
    "--effort",
    type=click.Choice(EFFORTS),
    default=DEFAULTS.effort,
    show_default=True,
    help="How long to fit.",
)
@jobs_and_threads
@option(
    SPEED,
    "--device",
    default=DEFAULTS.device,
    metavar="auto|cpu|cuda[:N]",
    help="Where to fit; default: auto, a GPU if one works, otherwise the CPU.",
)
@option(PICTURE, "--to-srgb", is_flag=True, help="Convert colors to sRGB; default: keep the color space.")
@option(PICTURE, "--metadata", is_flag=True, help="Keep EXIF and XMP, without the place.")
@option(PICTURE, "--gps", is_flag=True, help="With --metadata, keep the place, too.")
@option(
    PICTURE,
    "--waves/--no-waves",
    default=DEFAULTS.waves,
    help="Allow Gaussians that carry a wave, for texture; default: on, except at effort fast.",
)
@option(
    PICTURE,
    "--texture/--no-texture",
    default=DEFAULTS.texture,
    help="Code texture as a layer of cosines under the Gaussians; default: where that is better.",
)
@option(
    PICTURE, "--seed", type=int, default=DEFAULTS.seed, metavar="N", show_default=True, help="Random seed."
)
@option(
    PAPERS,
    "--method",
    type=click.Choice(METHODS),
    default=DEFAULTS.method,
    show_default=True,
    help="gsi, or a paper's method.",
)
@option(PAPERS, "--bits-back", is_flag=True, help="Do not spend bits on the order of the Gaussians.")
@option(PAPERS, "--iterations", type=int, metavar="N", help="Length of each schedule; default: by effort.")
@option(
    PAPERS,
    "--bits",
    type=arguments.parse_bits,
    metavar="N,N,N",
    help="gaussianimage++: bits of each number of a center, a covariance, a color; default: 12,10,6.",
)
@option(
    PAPERS,
    "--densify/--no-densify",
    default=DEFAULTS.densify,
    help="Add half of the Gaussians where the error is largest; default: on for gaussianimage++.",
)
@option(
    PAPERS,
    "--filters/--no-filters",
    default=DEFAULTS.filters,
    help="Widen new Gaussians to their share of the picture; default: on for gaussianimage++.",
)
@json_and_quiet
@option(OUTPUT, "-v", "--verbose", is_flag=True, help="Print one line per stage.")
@click.pass_context
def encode(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    output_dir: str | None,
    recursive: bool,
    no_clobber: bool,
    force_name: bool,
    fail_fast: bool,
    jobs: int,
    to_srgb: bool,
    metadata: bool,
    gps: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Check the options, and work on every file."""
    with arguments.name_options():
        checked = EncodeOptions(**options)
    if gps and not metadata:
        raise click.UsageError("--gps needs --metadata")
    if output_dir is None:
        pairs = arguments.pair_files(files, arguments.EXTENSION, recursive=recursive)
        if not force_name:
            _check_name(pairs[0][1], files)
    else:
        from gicodec.image.read import may_be_picture

        pairs = pairs_in(
            output_dir, arguments.EXTENSION, files, recursive=recursive, is_wanted=may_be_picture
        )
    if no_clobber:
        pairs = arguments.without_existing(pairs, quiet=quiet)
    n_workers, threads = workers(jobs, checked.threads, len(pairs))
    reading = {"to_srgb": to_srgb, "metadata": metadata, "gps": gps}
    silent = quiet or as_json
    how = replace(checked, threads=threads), reading, silent, verbose, as_json
    run = Run(*how, makes_folders=output_dir is not None, bars=len(pairs) == 1)
    batch = [Job(source, partial(encode_file, source, target, run)) for source, target in pairs]
    ctx.exit(run_jobs(batch, n_workers=n_workers, fail_fast=fail_fast, quiet=silent))


def _check_name(target: str, files: tuple[str, ...]) -> None:
    """Refuse an output whose name says that it is something else: it may have been meant for an input."""
    if Path(target).suffix.lower() in ("", arguments.EXTENSION) or not arguments.is_plain(target):
        return
    if arguments.same_file(files[0], target):  # check_target() has more to say
        return
    raise click.UsageError(
        f"{target} is not named {arguments.EXTENSION}:"
        f" to encode both pictures, {arguments.with_directory(files)};"
        " to give a .gsi file this name, add --force-name"
    )
