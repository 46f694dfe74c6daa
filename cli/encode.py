"""``gsi encode``."""

from __future__ import annotations

import sys
import time
from functools import cache, partial

import click

from gicodec.cli import arguments
from gicodec.cli.console import progress_reports, warn
from gicodec.cli.failures import for_each_file
from gicodec.options import DEFAULT_BPP, EFFORTS, METHODS, TARGETS, EncodeOptions

DEFAULTS = EncodeOptions()


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="IN OUT | IN...")
@click.option("-o", "--output-dir", metavar="DIR", help="Encode every IN to DIR/name.gsi.")
@click.option(
    "--bpp", type=float, help=f"Bits per pixel of the whole file, at most; by default {DEFAULT_BPP}."
)
@click.option("--target-size", type=arguments.parse_bytes, metavar="BYTES", help="At most; 20k is 20000.")
@click.option("--psnr", type=float, help="dB of the decoded picture, within 0.1.")
@click.option("-q", "--quality", type=float, help="0 to 100; a step of 18 halves the errors' size.")
@click.option("--gaussians", type=int, help="How many.")
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
    help="Let Gaussians oscillate where that is better; by default at efforts over fast.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default=DEFAULTS.method,
    show_default=True,
    help="Ours, or one of the papers', which take the options from here to --filters.",
)
@click.option("--bits-back", is_flag=True, help="Save the bits of the Gaussians' order.")
@click.option("--iterations", type=int, help="Of each schedule; by default by effort.")
@click.option(
    "--bits",
    type=arguments.parse_bits,
    metavar="N,N,N",
    help="Of gaussianimage++: of a center's, a covariance's, a color's numbers; by default 12,10,6.",
)
@click.option(
    "--densify/--no-densify",
    default=DEFAULTS.densify,
    help="Add half of the Gaussians where the error is; by default with gaussianimage++.",
)
@click.option(
    "--filters/--no-filters",
    default=DEFAULTS.filters,
    help="Widen new Gaussians to their share of the picture; by default with gaussianimage++.",
)
@click.option("--seed", type=int, default=DEFAULTS.seed, show_default=True, help="Of all chance.")
@click.option("--threads", type=int, default=DEFAULTS.threads, help="By default one per core.")
@click.option(
    "--device",
    default=DEFAULTS.device,
    metavar="auto|cpu|cuda[:N]",
    help="Where to fit; by default a GPU that can be used.",
)
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line for every stage.")
@click.pass_context
def encode(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    output_dir: str | None,
    quiet: bool,
    verbose: bool,
    **options: object,
) -> None:
    """Encode pictures as .gsi files.

    Give IN and OUT, or several IN and -o DIR; - is standard input or output. Whatever
    Pillow opens is read; existing outputs are replaced once the new file is complete.
    Give one target: --bpp, --target-size, --psnr, --quality or --gaussians.
    """
    checked = EncodeOptions(**options)  # type: ignore[arg-type]  # click has converted them
    pairs = arguments.pair_files(files, output_dir, ".gsi")
    arguments.make_directory(output_dir)
    jobs = [(pair[0], partial(_encode_file, *pair, checked, quiet, verbose)) for pair in pairs]
    ctx.exit(for_each_file(jobs))


@cache
def _warn_of_unused_gpu(*, quiet: bool) -> None:
    """Tell once what keeps a GPU from being used."""
    from gicodec.device import cuda_complaint

    complaint = cuda_complaint()
    warn("--device auto", [f"{complaint}: the CPU is used"] if complaint else [], quiet=quiet)


def _encode_file(source: str, target: str, options: EncodeOptions, quiet: bool, verbose: bool) -> None:
    start = time.monotonic()
    arguments.check_target(source, target)
    from gicodec.image.read import read_image

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
    kind, value = options.target
    result = (
        f"{arguments.name_of(target, 'standard output')}: {len(encoded.data)} bytes,"
        f" {describe(encoded.data).bpp:.4f} bpp, {encoded.psnr:.2f} dB, {encoded.n_gaussians} Gaussians"
        f" (target {TARGETS[kind].format(value)}), {time.monotonic() - start:.1f} s"
    )
    if not quiet:
        click.echo(result, err=target == arguments.STANDARD)
