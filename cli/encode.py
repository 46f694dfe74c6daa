"""``gsi encode``."""

from __future__ import annotations

import sys
import time
from functools import cache, partial
from pathlib import Path

import click

from gicodec.cli import arguments
from gicodec.cli.console import count, progress_reports, warn
from gicodec.cli.failures import for_each_file
from gicodec.errors import OutputError
from gicodec.options import DEFAULT_BPP, DEFAULT_BYTES, EFFORTS, METHODS, TARGETS, EncodeOptions

DEFAULTS = EncodeOptions()


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="IN OUT | IN...")
@click.option("-o", "--output-dir", metavar="DIR", help="Encode every input to DIR/name.gsi.")
@click.option("-n", "--no-clobber", is_flag=True, help="Skip what is there already.")
@click.option("-f", "--force-name", is_flag=True, help="Let OUT have another extension than .gsi.")
@click.option(
    "--bpp",
    type=float,
    metavar="R",
    help="Target: bits per pixel of the whole file, at most; "
    f"default: {DEFAULT_BPP}, or {DEFAULT_BYTES} bytes if that is more.",
)
@click.option(
    "--target-size",
    type=arguments.parse_bytes,
    metavar="BYTES",
    help="Target: bytes of the whole file, at most; 20k is 20000.",
)
@click.option(
    "--psnr", type=float, metavar="DB", help="Target: PSNR of the decoded 8-bit picture, within 0.1 dB."
)
@click.option("-q", "--quality", type=float, metavar="Q", help="Target: quality, 0 to 100.")
@click.option("--gaussians", type=int, metavar="N", help="Target: number of Gaussians.")
@click.option(
    "--effort",
    type=click.Choice(EFFORTS),
    default=DEFAULTS.effort,
    show_default=True,
    help="How long to fit.",
)
@click.option(
    "--waves/--no-waves",
    default=DEFAULTS.waves,
    help="Allow Gaussians that carry a wave, for texture; default: on, except at effort fast.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default=DEFAULTS.method,
    show_default=True,
    help="gsi, or a paper's method.",
)
@click.option(
    "--bits-back",
    is_flag=True,
    help="Papers' methods: do not spend bits on the order of the Gaussians.",
)
@click.option(
    "--iterations",
    type=int,
    metavar="N",
    help="Papers' methods: length of each schedule; default: by effort.",
)
@click.option(
    "--bits",
    type=arguments.parse_bits,
    metavar="N,N,N",
    help="gaussianimage++: bits of each number of a center, a covariance, a color; default: 12,10,6.",
)
@click.option(
    "--densify/--no-densify",
    default=DEFAULTS.densify,
    help="Papers' methods: add half of the Gaussians where the error is largest; "
    "default: on for gaussianimage++.",
)
@click.option(
    "--filters/--no-filters",
    default=DEFAULTS.filters,
    help="Papers' methods: widen new Gaussians to their share of the picture; "
    "default: on for gaussianimage++.",
)
@click.option("--seed", type=int, default=DEFAULTS.seed, metavar="N", show_default=True, help="Random seed.")
@click.option(
    "--threads",
    type=int,
    default=DEFAULTS.threads,
    metavar="N",
    help="Number of threads; default: one per core.",
)
@click.option(
    "--device",
    default=DEFAULTS.device,
    metavar="auto|cpu|cuda[:N]",
    help="Where to fit; default: auto, a GPU if one works, otherwise the CPU.",
)
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print one line per stage.")
@click.pass_context
def encode(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    output_dir: str | None,
    no_clobber: bool,
    force_name: bool,
    quiet: bool,
    verbose: bool,
    **options: object,
) -> None:
    """Encode pictures as .gsi files.

    Give IN and OUT, or any number of inputs and -o DIR. Use - for standard input or
    output. IN is any picture that Pillow opens. An existing OUT is replaced only when
    the new file is complete; a picture is never replaced.

    Give one target at most: --bpp, --target-size, --psnr, --quality, or --gaussians.
    """
    with arguments.name_options():
        checked = EncodeOptions(**options)  # type: ignore[arg-type]  # click has converted them
    pairs = arguments.pair_files(files, output_dir, arguments.EXTENSION)
    if output_dir is None and not force_name:
        _check_name(pairs[0][1], files)
    arguments.make_directory(output_dir)
    if no_clobber:
        pairs = arguments.without_existing(pairs, quiet=quiet)
    jobs = [(pair[0], partial(_encode_file, *pair, checked, quiet, verbose)) for pair in pairs]
    ctx.exit(for_each_file(jobs))


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


@cache
def _warn_of_unused_gpu(*, quiet: bool) -> None:
    """Warn once if something keeps an existing GPU from being used."""
    from gicodec.device import installation_problem

    problem = installation_problem()
    warn("--device auto", [f"using the CPU: {problem}"] if problem else [], quiet=quiet)


def _encode_file(source: str, target: str, options: EncodeOptions, quiet: bool, verbose: bool) -> None:
    start = time.monotonic()
    arguments.check_target(source, target)
    from gicodec.image.read import is_picture, read_image

    if arguments.is_plain(target) and is_picture(target):
        raise OutputError(f"{target}: is a picture; remove it first, or name another output")
    name = arguments.name_of(source, "standard input")
    pixels, warnings = read_image(sys.stdin.buffer if source == arguments.STANDARD else source)
    warn(name, warnings, quiet=quiet)
    from gicodec.codec import encode as encode_pixels
    from gicodec.format import describe

    if options.device == "auto":
        _warn_of_unused_gpu(quiet=quiet)
    with progress_reports(quiet=quiet, verbose=verbose) as callback:
        encoded = encode_pixels(pixels, options, callback)
    arguments.write_bytes(target, encoded.data)
    result = (
        f"{arguments.name_of(target, 'standard output')}: {len(encoded.data)} bytes,"
        f" {describe(encoded.data).bpp:.4f} bpp, {encoded.psnr:.2f} dB, "
        f"{count(encoded.n_gaussians, 'Gaussian')}"
        f" (target {_target_text(options, pixels.size // 3)}), {time.monotonic() - start:.1f} s"
    )
    if not quiet:
        click.echo(result, err=arguments.is_stdout(target))


def _target_text(options: EncodeOptions, n_pixels: int) -> str:
    kind, value = options.target
    if kind == "bpp" and options.budget(n_pixels) > value * n_pixels / 8:
        kind, value = "target_size", options.budget(n_pixels)  # the default, of a small picture
    return count(int(value), "Gaussian") if kind == "gaussians" else TARGETS[kind].format(value)
