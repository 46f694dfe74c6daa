"""Outputs that are no plain files: pipes, devices, open streams, links; and a full disk."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import FAST, assert_fails, gsi, posix

from gicodec import read_image
from gicodec.format import SIGNATURE

linux = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and /dev/fd of Linux")


def shell(command: str, *args: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command of bash, in which "$@" are arguments and gsi is ours."""
    program = f'gsi() {{ "{sys.executable}" -m gicodec "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", program, "bash", *args], capture_output=True, timeout=300)


@linux
@pytest.mark.parametrize(
    "command",
    [
        "info $1",
        "info --json $1",
        "check $1",
        "decode $1 -",
        "decode $1 /dev/full",
        f"encode $2 - {' '.join(FAST)}",
        "--help",
    ],
)
def test_a_full_disk_is_an_output_that_cannot_be_written(command: str, coded: Path, png: Path) -> None:
    done = shell(f"gsi {command} >/dev/full", coded, png)
    assert done.returncode == 5
    assert done.stderr.count(b"gsi: error: ") == 1
    assert b"Traceback" not in done.stderr


@linux
def test_an_open_stream_is_written_into_and_not_replaced(coded: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"before\n")
    done = shell('gsi decode "$1" /dev/stdout >>"$2"', coded, log)
    assert done.returncode == 0, done.stderr
    assert log.read_bytes().startswith(b"before\n\x89PNG")
    assert b"48x32" in done.stderr


@linux
def test_a_pipe_with_a_name_is_written_into(coded: Path, png: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = shell('gsi decode "$1" >(cat >"$2"); sleep 1', coded, out)
    assert done.returncode == 0, done.stderr
    assert read_image(out)[0].samples.shape == (32, 48, 3)
    done = shell(f'gsi encode "$1" /dev/stdout {" ".join(FAST)} | cat >"$2"', png, out)
    assert out.read_bytes().startswith(SIGNATURE)


@posix
def test_a_symbolic_link_stays_and_a_hard_link_keeps_what_was_there(coded: Path, tmp_path: Path) -> None:
    target, link, other = tmp_path / "target.png", tmp_path / "link.png", tmp_path / "other"
    target.write_bytes(b"before")
    link.symlink_to(target)
    other.hardlink_to(target)
    assert gsi("decode", coded, link).returncode == 0
    assert link.is_symlink()
    assert read_image(target)[0].samples.shape == (32, 48, 3)
    assert other.read_bytes() == b"before"


@posix
def test_an_interruption_while_modules_are_imported_prints_no_traceback() -> None:
    program = (
        "import os, signal, sys, threading, gicodec.__main__ as m\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *args):\n"
        "        if name == 'click': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt()); m.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


@linux
@pytest.mark.parametrize("away", ["2>/dev/full", "2>&-"])
def test_the_work_goes_on_without_a_place_for_messages(away: str, png: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gsi"
    done = shell(f'gsi encode "$1" "$2" {" ".join(FAST)} {away}', png, out)
    assert (done.returncode, done.stderr) == (0, b"")
    assert out.read_bytes().startswith(SIGNATURE)


@posix
@pytest.mark.parametrize(
    ("command", "code"),
    [("info $1 >&-", 5), ("check $1 >&-", 5), ("decode $1 - >&-", 5), ("info - <&-", 4), ("check - <&-", 4)],
)
def test_a_closed_stream_is_an_error_in_one_line(command: str, code: int, coded: Path) -> None:
    done = shell(f"gsi {command}", coded)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.startswith(b"gsi: error: ")
    assert done.stderr.count(b"\n") == 1


@posix
def test_links_in_a_circle_and_empty_names_are_no_outputs(coded: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    one.symlink_to(other)
    other.symlink_to(one)
    assert_fails(5, "in a circle", "decode", coded, one)
    assert one.is_symlink()
    assert_fails(5, "is empty", "encode", coded, "")
