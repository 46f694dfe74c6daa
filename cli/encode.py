"""``gsi encode``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gicodec.cli import arguments
from gicodec.cli.batch import pairs_in, workers
from gicodec.cli.encode_file import Run, encode_all
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
gsi encode photos -r -o coded --jobs 4 --report report.jsonl --resume

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
@option(FILES, "--report", metavar="FILE", help="Append a line of JSON for each picture, with its error.")
@option(FILES, "--resume", is_flag=True, help="Leave alone what the report says is done, by its contents.")
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
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="End an encoding that takes longer; it is a failure.",
)
@option(
    SPEED,
    "--ray",
    is_flag=False,
    flag_value="",
    metavar="[ADDRESS]",
    help="Encode on a cluster with Ray; last, or as --ray=ADDRESS. Default: one that Ray finds or starts.",
)
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
    help="Allow Gaussians that carry a wave, for texture; default: on at efforts medium and slow.",
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
    report: str | None,
    resume: bool,
    time_limit: float | None,
    ray: str | None,
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
    _check_many(ctx.params)
    from gicodec.image.read import ReadOptions, may_be_picture

    if output_dir is None:
        pairs = arguments.pair_files(files, arguments.EXTENSION, recursive=recursive)
        if not force_name:
            _check_name(pairs[0][1], files)
    else:
        pairs = pairs_in(
            output_dir, arguments.EXTENSION, files, recursive=recursive, is_wanted=may_be_picture
        )
    if no_clobber:
        pairs = arguments.without_existing(pairs, quiet=quiet)
    from gicodec.batch.report import read_report
    from gicodec.batch.task import Task

    n_workers, threads = workers(jobs, checked.threads, len(pairs))
    how, reading = replace(checked, threads=threads), ReadOptions(to_srgb, metadata, gps)
    before = read_report(report) if resume and report is not None else {}
    silent = quiet or as_json
    tasks = [Task(*pair, how, reading, before.get(pair[1]), hints=not silent) for pair in pairs]
    switches = fail_fast, quiet, verbose, as_json, output_dir is not None, len(pairs) == 1
    ctx.exit(encode_all(tasks, Run(n_workers, time_limit, ray, report, *switches)))


def _check_many(given: dict[str, Any]) -> None:
    """Refuse options for many pictures where they mean nothing."""
    for name in ("report", "resume", "time_limit", "ray"):
        if given["output_dir"] is None and given[name] not in (None, False):
            raise click.UsageError(f"--{name.replace('_', '-')} needs -o DIR")
    if given["resume"] and given["report"] is None:
        raise click.UsageError("--resume needs --report FILE, which says what is done")
    if given["ray"] is not None and given["jobs"] > 1:
        raise click.UsageError("--jobs is for this machine; with --ray, the cluster's cores count")
    if given["no_clobber"] and (given["resume"] or given["ray"] is not None):
        raise click.UsageError("-n goes by names: give --resume, which goes by contents, without it")


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
