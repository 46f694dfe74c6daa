"""The ``gsi`` command as a process, and a picture for it: what its tests share."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gicodec.format import GsiFile

WIDTH, HEIGHT = 48, 32
FAST = ("--effort", "fast", "--bpp", "2")
COMMANDS = ("encode", "decode", "info", "check", "compare", "html", "view", "app", "doctor")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")


def gsi(
    *args: str | Path, data: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "gicodec", *map(str, args)]
    return subprocess.run(
        command, input=data, capture_output=True, env={**os.environ, **(env or {})}, timeout=300
    )


def assert_fails(
    code: int, text: str, *args: str | Path, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run and expect this exit code and one line on stderr, nothing on stdout."""
    done = gsi(*args, data=data)
    message = done.stderr.decode()
    assert done.returncode == code, message
    assert message.startswith("gsi: error: ")
    assert message.count("\n") == 1
    assert text in message
    assert done.stdout == b""
    return done


def lines_of(stderr: bytes) -> list[str]:
    """Return the lines, but for how long it will take, which a busy machine may have to say."""
    return [line for line in stderr.decode().splitlines() if "this takes about" not in line]


def picture(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    y, x = np.mgrid[:height, :width]
    blob = 120 * np.exp(-((x - width / 3) ** 2 + (y - height / 2) ** 2) / 60)
    return np.stack([40 + blob, 60 + 2 * x + 0 * y, 200 - blob], axis=-1).clip(0, 255).astype("u1")


def n_waves(file: Path) -> int:
    """Count the Gaussians with a wave; some must have one for the test to tell."""
    n = GsiFile.from_bytes(file.read_bytes()).payload.n_waves
    assert 0 < n < 10
    return n
