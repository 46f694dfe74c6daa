"""Run ``gsi``: as a script, or as ``python -m gicodec``."""

import signal
import sys


def main() -> int:
    """Run the command line. While it is imported, an interruption ends the process without a traceback."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gicodec.cli.main import main as run

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run()


if __name__ == "__main__":
    sys.exit(main())
