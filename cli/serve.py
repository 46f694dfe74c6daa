"""Serve pages of this machine until Ctrl-C, and open the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from gicodec.browser.server import Request, Response

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def serving(command: Decorated) -> Decorated:
    """Add what says how pages are served."""
    port = click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=0,
        metavar="N",
        help="Port to listen on; default: a free one.",
    )
    no_open = click.option("--no-open", is_flag=True, help="Print the address only; default: open a browser.")
    return no_open(port(command))


def serve(respond: Callable[[Request], Response], port: int, *, no_open: bool, fragment: str = "") -> None:
    """Print the address, open it, and answer until Ctrl-C.

    Raises:
        OptionError: The port cannot be used.
    """
    from gicodec.browser.server import LocalServer

    with LocalServer(respond, port) as server:
        url = server.url + fragment
        click.echo(url)
        click.echo("gsi: Ctrl-C ends this", err=True)
        if not no_open:
            import webbrowser

            webbrowser.open(url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return  # it is how this ends
