"""Pipes, terminals and signals: what a process owes to those around it."""

import io
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from commands import FAST, HEIGHT, WIDTH, assert_fails, gsi, posix

from gicodec.image.read import read_image
from gicodec.image.write import write_image


def test_pipes(png: Path, coded: Path) -> None:
    encoded = gsi("encode", "-", "-", *FAST, data=png.read_bytes())
    assert encoded.returncode == 0, encoded.stderr.decode()
    assert encoded.stdout == coded.read_bytes()
    assert b"\nstandard output: " in encoded.stderr
    decoded = gsi("decode", "-", "-", "--quiet", data=encoded.stdout)
    assert (decoded.returncode, decoded.stderr) == (0, b"")
    assert read_image(io.BytesIO(decoded.stdout))[0].samples.shape == (HEIGHT, WIDTH, 3)
    assert gsi("check", "-", data=encoded.stdout).stdout == b"standard input: ok\n"
    assert_fails(3, "empty", "encode", "-", "-")
    assert_fails(4, "signature", "decode", "-", "-", data=b"hello")


def test_standard_input_is_left_alone_when_not_asked_for(png: Path, coded: Path) -> None:
    script = f'read a; "{sys.executable}" -m gicodec check "{coded}" --quiet; read b; echo $a $b'
    done = subprocess.run(["sh", "-c", script], input=b"1\n2\n", capture_output=True, check=True)
    assert done.stdout == b"1 2\n"


def read_until(fd: int, text: bytes) -> bytes:
    seen = b""
    while text not in seen:
        assert select.select([fd], [], [], 60)[0], seen
        chunk = os.read(fd, 4096)
        assert chunk
        seen += chunk
    return seen


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interruption_leaves_nothing_behind(
    number: signal.Signals, code: int, terminal: tuple[int, int], tmp_path: Path
) -> None:
    ours, theirs = terminal
    source, out = tmp_path / "noise.png", tmp_path / "out.gsi"
    write_image(source, np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8))
    args = [str(source), str(out), "--effort", "slow"]
    command = [sys.executable, "-m", "gicodec", "encode", *args]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
        shown = read_until(ours, b"Gaussians")
        process.send_signal(number)
        assert process.wait(timeout=60) == code
        assert process.stdout is not None
        assert process.stdout.read() == b""
    assert b"first" in shown
    assert [path.name for path in tmp_path.iterdir()] == ["noise.png"]


@posix
def test_binary_data_is_not_sent_to_a_terminal(terminal: tuple[int, int], handmade: Path) -> None:
    _, theirs = terminal
    command = [sys.executable, "-m", "gicodec", "decode", str(handmade), "-"]
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"terminal" in done.stderr


@posix
def test_a_reader_that_leaves_is_no_error(coded: Path) -> None:
    script = f'"{sys.executable}" -m gicodec decode "{coded}" - --quiet | true'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert done.stderr == b""
