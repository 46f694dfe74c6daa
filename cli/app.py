"""``gsi app``."""

from __future__ import annotations

import click

from gicodec.cli.serve import serve, serving


@click.command()
@serving
def app(port: int, no_open: bool) -> None:
    """Encode pictures in a browser, and watch.

    A server that only this machine reaches has a page to drop pictures on. They go to this process, and
    nowhere else. Ctrl-C ends it.
    """
    from gicodec.browser.app import App

    made = App()
    try:
        serve(made.respond, port, no_open=no_open, fragment=f"#{made.token}")
    finally:
        made.close()
