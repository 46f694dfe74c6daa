"""Report a failure as one line on stderr and an exit code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import click

from gicodec.cli.console import say

INTERRUPTED, TERMINATED = 130, 143  # as in shells: 128 + signal


def report(err: Exception, name: str | None = None) -> int:
    """Print an error, with the name of the file unless the text has it; return the exit code."""
    if os.environ.get("GSI_DEBUG") == "1" and not isinstance(err, click.ClickException):
        raise err
    text, code = _describe(err)
    if name and not _names_its_file(err) and not text.startswith(f"{name}:"):
        text = f"{name}: {text}"
    say(f"gsi: error: {text}")
    return code


def for_each_file(jobs: Iterable[tuple[str, Callable[[], None]]]) -> int:
    """Run every job, even after a failure; return the exit code of the first failure, or 0."""
    codes = [attempt(name, job) for name, job in jobs]
    return next((code for code in codes if code), 0)


def attempt(name: str, job: Callable[[], None]) -> int:
    """Run a job; print what fails, and return its exit code, or 0."""
    try:
        job()
    except BrokenPipeError:
        raise  # the reader of the pipe has left; that is no error
    except Exception as err:
        return report(err, name)
    return 0


def _describe(err: Exception) -> tuple[str, int]:
    from gicodec.errors import GsiError, LimitError, OptionError, OutputError  # keeps --help fast
    from gicodec.files import reason

    if isinstance(err, click.UsageError) and err.ctx:
        return f"{_plain(err.format_message())} (see {err.ctx.command_path} --help)", OptionError.exit_code
    if isinstance(err, click.ClickException):
        return _plain(err.format_message()), err.exit_code
    if isinstance(err, GsiError):
        return str(err), err.exit_code
    if isinstance(err, OSError):  # of files, the library makes errors of its own
        return f"standard output: {reason(err)}", OutputError.exit_code
    if isinstance(err, MemoryError):
        return "not enough memory", LimitError.exit_code
    return f"{type(err).__name__}: {err} (set GSI_DEBUG=1 to see the traceback)", GsiError.exit_code


def _names_its_file(err: Exception) -> bool:
    from gicodec.errors import ImageError, OutputError

    return isinstance(err, ImageError | OutputError | OSError)


def _plain(text: str) -> str:
    words = " ".join(text.split())
    return words[:1].lower() + words[1:].rstrip(".")
