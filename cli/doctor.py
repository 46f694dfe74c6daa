"""``gsi doctor``."""

from __future__ import annotations

import click


@click.command()
def doctor() -> None:
    """List engines, threads, GPUs, and libraries, and what is missing."""
    from gicodec.diagnostics import diagnostics, missing

    parts = diagnostics()
    width = max(map(len, parts))
    for name, text in parts.items():
        click.echo(f"{name:{width}}  {text}")
    for line in missing():
        click.echo(line)
