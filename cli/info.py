"""``gsi info``."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import click

from gicodec.cli import arguments
from gicodec.cli.failures import for_each_file

if TYPE_CHECKING:
    from gicodec.format import FileInfo

@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and file.")
@click.option("-v", "--verbose", is_flag=True, help="Also steps, and what each plane costs.")
@click.pass_context
def info(ctx: click.Context, files: tuple[str, ...], as_json: bool, verbose: bool) -> None:
    """Describe files without decoding them; - is standard input."""
    show = partial(_show, as_json=as_json, verbose=verbose)
    ctx.exit(for_each_file((file, partial(show, file)) for file in files))


def _show(file: str, *, as_json: bool, verbose: bool) -> None:
    from gicodec.format import describe

    described = describe(arguments.read_bytes(file))
    name = arguments.name_of(file, "standard input")
    if as_json:
        click.echo(json.dumps(_to_json(name, described)))
    else:
        click.echo("\n".join(_to_lines(name, described, verbose)))


def _to_json(name: str, described: FileInfo) -> dict[str, object]:
    header = described.header
    return {
        "file": name,
        "width": header.width,
        "height": header.height,
        "channels": header.channels,
        "bit_depth": header.bit_depth,
        "color_space": header.color_space.name.lower(),
        "version": described.version,
        "experimental": described.experimental,
        "method": header.method.name.lower(),
        "kernel": header.kernel.name.lower(),
        "n_gaussians": described.n_gaussians,
        "bytes": described.n_bytes,
        "bpp": described.bpp,
        "steps": dict(zip(STEP_NAMES, described.steps, strict=True)),
        "sections": [{"name": name, "bytes": n_bytes} for name, n_bytes in described.sections],
        "planes": [plane._asdict() for plane in described.planes],
    }


def _to_lines(name: str, described: FileInfo, verbose: bool) -> list[str]:
    fields = _to_json(name, described)
    remark = " (experimental)" if described.experimental else ""
    sections = ", ".join(f"{section} {n_bytes}" for section, n_bytes in described.sections)
    lines = [
        "{file}: {width}x{height}, {channels} channels of {bit_depth} bits, {color_space}",
        "  {bytes} bytes, {bpp:.4f} bpp, {n_gaussians} Gaussians",
        "  version {version}" + remark + ", method {method}, kernel {kernel}",
        f"  bytes of sections: {sections}",
    ]
    lines = [line.format(**fields) for line in lines]
    if verbose:
        steps = zip(STEP_NAMES, described.steps, strict=True)
        lines += ["  steps: " + ", ".join(f"{step} {value:g}" for step, value in steps)]
        lines += [
            f"  {plane.name}: {plane.model}, table {plane.table_bytes} bytes,"
            f" {plane.bits_per_symbol:.2f} bits a Gaussian"
            for plane in described.planes
        ]
    return lines
