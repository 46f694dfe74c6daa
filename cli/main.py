"""The ``gsi`` command: the group, and every failure turned into one line and an exit code."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

import click

from gicodec.cli.check import check
from gicodec.cli.decode import decode
from gicodec.cli.doctor import doctor
from gicodec.cli.encode import encode
from gicodec.cli.failures import INTERRUPTED, TERMINATED, report
from gicodec.cli.info import info

HELP = """Code pictures as 2D Gaussians.

\b
gsi encode in.png out.gsi --bpp 0.3
gsi decode out.gsi out.png --scale 2
gsi info out.gsi

\b
Exit codes: 0 ok, 2 usage, 3 input unreadable, 4 corrupt or unsupported .gsi,
5 cannot write, 6 a limit, 7 target not reachable, 8 no such device,
130 interrupted, 1 other.
"""


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gicodec", message="%(prog)s %(version)s")
def cli() -> None:
    """Hold the commands."""


for command in (encode, decode, info, check, doctor):
    cli.add_command(command)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never a traceback unless GSI_DEBUG=1."""
    signal.signal(signal.SIGTERM, _stop)  # so that a half-written file is removed
    try:
        return cli.main(args=args, prog_name="gsi", standalone_mode=False) or 0
    except click.Abort:
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as err:
        err.show()
        return err.exit_code
    except Exception as err:
        return report(err)


def _stop(signum: int, frame: object) -> None:
    sys.exit(TERMINATED)
