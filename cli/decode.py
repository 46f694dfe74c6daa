"""``gsi decode``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from gicodec.cli import arguments
from gicodec.cli.failures import for_each_file
from gicodec.errors import OutputError
from gicodec.options import Crop, DecodeOptions

DEFAULTS = DecodeOptions()
STREAM_FORMAT = "png"  # on standard output, which has no extension


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="IN OUT | IN...")
@click.option("-o", "--output-dir", metavar="DIR", help="Decode every input to DIR/name.png.")
@click.option("-n", "--no-clobber", is_flag=True, help="Skip what is there already.")
@click.option(
    "--scale", type=arguments.parse_scale, metavar="S", help="Output pixels per coded pixel, or N%."
)
@click.option(
    "--size",
    type=arguments.parse_size,
    metavar="WxH",
    help="Output size, instead of a scale; Wx and xH keep the shape, N is the longer side.",
)
@click.option(
    "--crop", type=arguments.parse_crop, metavar="WxH+X+Y", help="Render only this part of the output."
)
@click.option(
    "--bits",
    type=click.Choice(["8", "16"]),
    default=str(DEFAULTS.bits),
    show_default=True,
    help="Bits per sample; 16 needs png, ppm, or npy.",
)
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
    help="Where to render; default: auto, which is the CPU.",
)
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.pass_context
def decode(
    ctx: click.Context,
    files: tuple[str, ...],
    output_dir: str | None,
    no_clobber: bool,
    scale: float | None,
    size: tuple[int | None, int | None] | int | None,
    crop: Crop | None,
    bits: str,
    threads: int,
    device: str,
    quiet: bool,
) -> None:
    """Decode .gsi files to pictures.

    Give IN and OUT, or any number of inputs and -o DIR. Use - for standard
    input or output. The extension of OUT chooses its format: png, jpg, webp, tif, ppm, bmp,
    or npy. Standard output gets png.
    """
    with arguments.name_options():
        options = DecodeOptions(
            scale=scale,
            size=size,
            crop=crop,
            bits=16 if bits == "16" else 8,
            threads=threads,
            device=device,
        )
    pairs = arguments.pair_files(files, output_dir, f".{STREAM_FORMAT}")
    if Path(pairs[0][1]).suffix.lower() == arguments.EXTENSION:
        raise click.UsageError(f"to decode both files, {arguments.with_directory(files)}")
    arguments.make_directory(output_dir)
    if no_clobber:
        pairs = arguments.without_existing(pairs, quiet=quiet)
    jobs = [(pair[0], partial(_decode_file, *pair, options, quiet)) for pair in pairs]
    ctx.exit(for_each_file(jobs))


def _decode_file(source: str, target: str, options: DecodeOptions, quiet: bool) -> None:
    from gicodec.codec import decode as decode_bytes
    from gicodec.files import starts_with
    from gicodec.format import SIGNATURE
    from gicodec.image.write import image_format, write_image

    to_stream = target == arguments.STANDARD
    nameless = not arguments.is_plain(target) and not Path(target).suffix
    extension = STREAM_FORMAT if nameless else image_format(target, bits=options.bits)
    arguments.check_target(source, target)
    if arguments.is_plain(target) and starts_with(target, SIGNATURE):
        raise OutputError(f"{target}: is a .gsi file; remove it first, or name another output")
    pixels = decode_bytes(arguments.read_bytes(source), options)
    write_image(sys.stdout.buffer if to_stream else target, pixels, extension)
    height, width, _ = pixels.shape
    if not quiet:
        name = arguments.name_of(target, "standard output")
        click.echo(
            f"{name}: {width}x{height}, {options.bits} bits per sample", err=arguments.is_stdout(target)
        )
