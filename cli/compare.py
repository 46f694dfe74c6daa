"""``gsi compare``."""

from __future__ import annotations

import json
import math

import click

from gicodec.cli import arguments


@click.command()
@click.argument("original", metavar="A")
@click.argument("other", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compare(original: str, other: str, as_json: bool) -> None:
    """Compare two pictures of one size, .gsi or any that Pillow opens.

    Prints PSNR and, with the extra gicodec[compare], SSIM and MS-SSIM; and bpp of a .gsi file.
    Pictures with alpha are compared on black.
    """
    from gicodec.compare import compare_pictures, load

    (first, _), (second, bpp) = (
        load(arguments.read_bytes(original), original),
        load(arguments.read_bytes(other), other),
    )
    measured = compare_pictures(first, second)
    if bpp is not None:
        measured["bpp"] = bpp
    if as_json:
        # JSON has no infinity
        plain = {name: None if math.isinf(value) else value for name, value in measured.items()}
        click.echo(json.dumps({"a": original, "b": other, "equal": math.isinf(measured["psnr"]), **plain}))
        return
    units = {
        "psnr": "{:.2f} dB PSNR",
        "ssim": "{:.4f} SSIM",
        "ms_ssim": "{:.4f} MS-SSIM",
        "bpp": "{:.4f} bpp",
    }
    click.echo(", ".join(units[name].format(value) for name, value in measured.items()))
