"""``gsi doctor``."""

from __future__ import annotations

import click


@click.command()
def doctor() -> None:
    """Print what there is to work with, and what is missing."""
    from gicodec.diagnostics import diagnostics, missing

    found = diagnostics()
    width = max(map(len, found))
    for name, text in found.items():
        click.echo(f"{name:{width}}  {text}")
    for sentence in missing():
        click.echo(sentence)
