"""``gsi check``."""

from __future__ import annotations

from functools import partial

import click

from gicodec.cli import arguments
from gicodec.cli.failures import for_each_file
from gicodec.options import DecodeOptions


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...], quiet: bool) -> None:
    """Decode files and report whether that worked.

    Use - for standard input.
    """
    ctx.exit(for_each_file((file, partial(_check_file, file, quiet)) for file in files))


def _check_file(file: str, quiet: bool) -> None:
    data = arguments.open_data(file)
    from gicodec.codec import decode_bands

    for _ in decode_bands(data, DecodeOptions()).bands:
        pass
    if not quiet:
        click.echo(f"{arguments.name_of(file, 'standard input')}: ok")
