"""The ``gsi`` command: its subcommands, and an exit code for every failure."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

import click

from gicodec.cli.app import app
from gicodec.cli.check import check
from gicodec.cli.compare import compare
from gicodec.cli.decode import decode
from gicodec.cli.doctor import doctor
from gicodec.cli.encode import encode
from gicodec.cli.failures import INTERRUPTED, TERMINATED, report
from gicodec.cli.html import html
from gicodec.cli.info import info
from gicodec.cli.view import view

HELP = """Encode pictures as 2D Gaussians; decode them at any size.

\b
gsi encode in.png out.gsi --bpp 0.3
gsi decode out.gsi out.png --scale 2
gsi info out.gsi
gsi compare in.png out.gsi
gsi view out.gsi

\b
Exit codes: 0 success, 1 any other error, 2 wrong usage, 3 unreadable input,
4 corrupt or unsupported .gsi file, 5 output cannot be written, 6 limit exceeded,
7 target cannot be met, 8 device missing or failed, 130 interrupted,
143 terminated.
"""


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gicodec", message="%(prog)s %(version)s")
def cli() -> None:
    """Group the subcommands."""


for command in (encode, decode, info, check, compare, html, view, app, doctor):
    cli.add_command(command)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Print a traceback only if GSI_DEBUG=1."""
    _open_closed_streams()
    signal.signal(signal.SIGTERM, _stop)  # removes a half-written file
    try:
        return cli.main(args=args, prog_name="gsi", standalone_mode=False) or 0
    except click.Abort:
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as err:
        err.show()
        return err.exit_code
    except Exception as err:
        return report(err)


def _open_closed_streams() -> None:
    """Put something in the place of standard streams that the shell has closed.

    Input is empty, results cannot be written, and messages are lost. No other file gets their numbers.
    """
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull)  # noqa: SIM115  # to read only: what writes fails
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115


def _stop(signum: int, frame: object) -> None:
    sys.exit(TERMINATED)
