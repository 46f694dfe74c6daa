"""The commands that serve pages, as processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(*args: str | Path) -> Iterator[str]:
    """Run a command until the block ends; give the address that it prints. Ctrl-C must end it well."""
    command = [sys.executable, "-m", "gicodec", *map(str, args), "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().strip()
        try:
            assert url.startswith("http://127.0.0.1:"), process.stderr.read()
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            try:
                code = process.wait(60)
            finally:
                process.kill()  # or a failure would wait for ever
            errors = process.stderr.read()
        assert (code, errors) == (0, "gsi: Ctrl-C ends this\n")
