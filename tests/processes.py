"""The processes below another, as Linux lists them: for tests that kill some."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def below(pid: int) -> dict[int, str]:
    """Return the living processes that descend from one, with their commands."""
    found: dict[int, str] = {}
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in map(int, children):
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            found |= {child: command.replace(b"\0", b" ").decode(), **below(child)}
    except OSError:  # it has ended
        pass
    return found


def is_alive(pid: int) -> bool:
    """Return whether a process runs; a dead one that nobody has asked about has no command."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def kill_one(pid: int, name: str) -> int:
    """Kill a process below another whose command has this name, as soon as there is one; return it."""
    found: list[int] = []

    def is_found() -> bool:
        found.extend(child for child, command in below(pid).items() if name in command)
        return bool(found)

    wait_until(is_found)
    os.kill(found[0], signal.SIGKILL)
    return found[0]


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
