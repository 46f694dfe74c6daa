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

OF_WAVES = "wave", "amplitude", "frequency"  # attributes


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and file.")
@click.option("-v", "--verbose", is_flag=True, help="Also the step, and what each attribute costs.")
@click.pass_context
def info(ctx: click.Context, files: tuple[str, ...], as_json: bool, verbose: bool) -> None:
    """Describe files without decoding a pixel; - is standard input."""
    show = partial(_show, as_json=as_json, verbose=verbose)
    ctx.exit(for_each_file((file, partial(show, file)) for file in files))


def _show(file: str, *, as_json: bool, verbose: bool) -> None:
    from gicodec.format import describe

    data = arguments.read_bytes(file)
    described = describe(data)
    name = arguments.name_of(file, "standard input")
    if as_json:
        n_waves, bits = _decode(data)
        click.echo(json.dumps({**_to_json(name, described), "n_waves": n_waves, "bits": bits}))
        return
    lines = _to_lines(name, described)
    if verbose:
        lines += _to_verbose_lines(described, *_decode(data))
    click.echo("\n".join(lines))


def _decode(data: bytes) -> tuple[int, dict[str, float]]:
    """Return what only the symbols say: the number of waves, and the bits of each attribute."""
    from gicodec.format import GsiFile, bits_by_attribute

    return GsiFile.from_bytes(data).payload.n_waves, bits_by_attribute(data)


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
        "method": header.method.label,
        "kernel": header.kernel.name.lower(),
        "n_gaussians": described.n_gaussians,
        "bytes": described.n_bytes,
        "bpp": described.bpp,
        "step": described.step,
        "sections": [{"name": name, "bytes": n_bytes} for name, n_bytes in described.sections],
    }


def _to_lines(name: str, described: FileInfo) -> list[str]:
    fields = _to_json(name, described)
    remark = " (experimental)" if described.experimental else ""
    sections = ", ".join(f"{section} {n_bytes}" for section, n_bytes in described.sections)
    lines = [
        "{file}: {width}x{height}, {channels} channels of {bit_depth} bits, {color_space}",
        "  {bytes} bytes, {bpp:.4f} bpp, {n_gaussians} Gaussians",
        "  version {version}" + remark + ", method {method}, kernel {kernel}",
        f"  bytes of sections: {sections}",
    ]
    return [line.format(**fields) for line in lines]


def _to_verbose_lines(described: FileInfo, n_waves: int, bits: dict[str, float]) -> list[str]:
    n = described.n_gaussians
    if not n:
        return []
    costs = {**bits, "total": sum(bits.values())}
    lines = []
    if described.step:  # the papers' methods have none, and no waves
        waves = f"{n_waves} Gaussians with a wave"
        if n_waves:
            waves += f" of {sum(bits[attribute] for attribute in OF_WAVES) / n_waves:.1f} bits"
        lines.append(f"  step {described.step:g} of the energy-normalized colors, {waves}")
    listed = ", ".join(f"{attribute} {cost / n:.1f}" for attribute, cost in costs.items())
    return [*lines, f"  bits a Gaussian: {listed}"]
