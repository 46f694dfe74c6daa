"""``gsi view``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from gicodec.cli import arguments
from gicodec.cli.failures import for_each_file
from gicodec.cli.serve import serve, serving


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@serving
@click.pass_context
def view(ctx: click.Context, files: tuple[str, ...], port: int, no_open: bool) -> None:
    """Show files in a browser.

    A server that only this machine reaches has a page for each file, and nothing else. Ctrl-C ends it.
    Use - for standard input.
    """
    pages: list[str] = []

    def add_page(file: str, number: int) -> None:
        from gicodec.browser.page import viewer_page

        name = Path(arguments.name_of(file, "picture.gsi")).name
        pages.append(viewer_page(arguments.read_bytes(file), name, number, len(files)))

    if code := for_each_file((file, partial(add_page, file, i)) for i, file in enumerate(files, 1)):
        ctx.exit(code)
    from gicodec.browser.viewer import Viewer

    serve(Viewer(pages).respond, port, no_open=no_open)
