"""``gsi info``."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import click

from gicodec.cli import arguments
from gicodec.cli.console import count
from gicodec.cli.failures import for_each_file

if TYPE_CHECKING:
    from gicodec.format import FileInfo
    from gicodec.format.varint import Data

WAVE_ATTRIBUTES = "wave", "amplitude", "frequency"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per file.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Also print the quantization step, waves, and bits of each attribute.",
)
@click.pass_context
def info(ctx: click.Context, files: tuple[str, ...], as_json: bool, verbose: bool) -> None:
    """Describe files without rendering them.

    Use - for standard input.
    """
    show = partial(_show, as_json=as_json, verbose=verbose)
    ctx.exit(for_each_file((file, partial(show, file)) for file in files))


def _show(file: str, *, as_json: bool, verbose: bool) -> None:
    from gicodec.format import describe

    data = arguments.open_data(file)
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


def _decode(data: Data) -> tuple[int, dict[str, float]]:
    """Decode the Gaussians; return the number of waves and the bits of each attribute."""
    from gicodec.format.file import bits_of, payloads

    found = list(payloads(data))
    return sum(payload.n_waves for payload, _ in found), bits_of(found)


def _to_json(name: str, described: FileInfo) -> dict[str, object]:
    header = described.header
    return {
        "file": name,
        "width": header.width,
        "height": header.height,
        "channels": header.channels,
        "alpha": described.has_alpha,
        "texture_step": described.texture_step,
        "bit_depth": header.bit_depth,
        "color_space": header.color_space.name.lower(),
        "base": header.base,
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
    channels = count(described.header.channels, "channel") + " and alpha" * described.has_alpha
    gaussians = count(described.n_gaussians, "Gaussian")
    if described.header.base:
        gaussians += ", on the color " + " ".join(str(sample) for sample in described.header.base)
    if described.has_texture:
        gaussians += ", texture"
    sections = ", ".join(f"{section} {n_bytes}" for section, n_bytes in described.sections)
    lines = [
        "{file}: {width}x{height}, " + channels + ", {bit_depth} bits per sample, {color_space}",
        "  {bytes} bytes, {bpp:.4f} bpp, " + gaussians,
        "  version {version}" + remark + ", method {method}, kernel {kernel}",
        f"  sections in bytes: {sections}",
    ]
    return [line.format(**fields) for line in lines]


def _to_verbose_lines(described: FileInfo, n_waves: int, bits: dict[str, float]) -> list[str]:
    n = described.n_gaussians
    step = described.texture_step
    texture = [] if step is None else [f"  quantization step of the texture {step:g}"]
    if not n:
        return texture
    costs = {**bits, "total": sum(bits.values())}
    lines = []
    if described.step:  # the papers' methods have no step and no waves
        waves = f"{count(n_waves, 'Gaussian')} with a wave"
        if n_waves:
            waves += f" ({sum(bits[attribute] for attribute in WAVE_ATTRIBUTES) / n_waves:.1f} bits per wave)"
        lines.append(f"  quantization step {described.step:g}, {waves}")
    listed = ", ".join(f"{attribute} {cost / n:.1f}" for attribute, cost in costs.items())
    return [*lines, f"  bits per Gaussian: {listed}", *texture]
