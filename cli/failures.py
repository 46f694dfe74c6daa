"""Report a failure as one line on stderr and an exit code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import click

from gicodec.cli.console import say

INTERRUPTED, TERMINATED = 130, 143  # as in shells: 128 + signal


def report(err: Exception, name: str | None = None) -> int:
    """Print an error, with the name of the file unless the text has it; return the exit code."""
    text, code = describe(err, name)
    say_error(text)
    return code


def describe(err: Exception, name: str | None = None) -> tuple[str, int]:
    """Return what to say of an error, and the exit code; with GSI_DEBUG=1, raise it instead."""
    from gicodec import errors  # keeps --help fast
    from gicodec.files import reason

    if isinstance(err, click.ClickException):
        text, code = _plain(err.format_message()), err.exit_code
        if isinstance(err, click.UsageError) and err.ctx:
            text, code = f"{text} (see {err.ctx.command_path} --help)", errors.OptionError.exit_code
        return (f"{name}: {text}" if name and not text.startswith(f"{name}:") else text), code
    if os.environ.get("GSI_DEBUG") == "1":
        raise err
    if isinstance(err, OSError):  # of files, the library makes errors of its own
        return f"standard output: {reason(err)}", errors.OutputError.exit_code
    return errors.describe(err, name)


def say_error(text: str) -> None:
    """Print what :func:`describe` returned."""
    say(f"gsi: error: {text}")


def for_each_file(jobs: Iterable[tuple[str, Callable[[], None]]]) -> int:
    """Run every job, even after a failure; return the exit code of the first failure, or 0."""
    codes = [_attempt(name, job) for name, job in jobs]
    return next((code for code in codes if code), 0)


def _attempt(name: str, job: Callable[[], None]) -> int:
    """Run a job; print what fails, and return its exit code, or 0."""
    try:
        job()
    except BrokenPipeError:
        raise  # the reader of the pipe has left; that is no error
    except Exception as err:
        return report(err, name)
    return 0


def _plain(text: str) -> str:
    words = " ".join(text.split())
    return words[:1].lower() + words[1:].rstrip(".")
