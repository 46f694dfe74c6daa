"""Many files in one run: folders to files, and what is said of each, and of all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TypeVar

import click

from gicodec.cli import arguments
from gicodec.cli.console import count, files_progress, warn
from gicodec.cli.failures import say_error

T = TypeVar("T")


@dataclass(frozen=True)
class Finished:
    """What is said of a file once it is done."""

    name: str
    """Of the input."""
    text: str = ""
    """A line for standard output."""
    beside: bool = False
    """Whether standard output is taken: the line goes to standard error."""
    warnings: list[str] = field(default_factory=list)
    n_bytes: int = 0
    error: str | None = None
    code: int = 0
    before: bool = False
    """Whether an earlier run did it."""

    def show(self, *, quiet: bool) -> None:
        """Print all that."""
        warn(self.name, self.warnings, quiet=quiet)
        if self.error is not None:
            say_error(self.error)
        if self.text:
            click.echo(self.text, err=self.beside)


def pairs_in(
    directory: str,
    suffix: str,
    files: tuple[str, ...],
    *,
    recursive: bool,
    is_wanted: Callable[[str], bool],
) -> list[tuple[str, str]]:
    """Pair files, and what is wanted in folders, with outputs of a suffix in a directory.

    Raises:
        click.UsageError: There is standard input, a folder that was not asked for, or one output of two.
    """
    from gicodec.batch.folders import expand, outputs_of
    from gicodec.batch.storage import is_folder
    from gicodec.errors import OptionError

    arguments.check_no_stream(files)
    if not recursive and (folder := next(filter(is_folder, files), None)) is not None:
        raise click.UsageError(f"{folder} is a folder: add -r for the files in it")
    try:
        return outputs_of(expand(files, is_wanted), directory, suffix)
    except OptionError as err:
        raise click.UsageError(str(err)) from err


def finish_all(
    items: Sequence[T],
    work: Callable[[Iterator[T]], Iterable[Finished]],
    *,
    fail_fast: bool,
    quiet: bool,
) -> int:
    """Have every item worked on, say what came of it and how many were done; return an exit code.

    Args:
        items: Files.
        work: Yields what came of each item, as it ends.
        fail_fast: Start none after a failure.
        quiet: Print errors and results only.

    Returns:
        That of the first failure, or 0.
    """
    start, seen = time.monotonic(), Counts()
    to_do = takewhile(lambda _: not (fail_fast and seen.code), items)
    with (
        files_progress(len(items), quiet=quiet) as advance,
        closing(one for one in work(to_do)) as finished,  # an interruption ends the work at once
    ):
        for one in finished:
            one.show(quiet=quiet)
            seen.add(one)
            advance()
    if len(items) > 1 and not quiet:
        click.echo(f"gsi: {seen.summary(len(items), time.monotonic() - start)}", err=True)
    return seen.code


class Counts:
    """How many files are done."""

    def __init__(self) -> None:
        self.code = 0
        """Of the first failure."""
        self._n_new = self._n_bytes = self._n_before = self._n_failed = 0

    def add(self, one: Finished) -> None:
        """Count a file."""
        self.code = self.code or one.code
        if one.code:
            self._n_failed += 1
        elif one.before:
            self._n_before += 1
        else:
            self._n_new += 1
            self._n_bytes += one.n_bytes

    def summary(self, n_files: int, seconds: float) -> str:
        """Return the counts as words, of so many files in so much time."""
        n_left = n_files - self._n_new - self._n_before - self._n_failed
        others = {"done before": self._n_before, "failed": self._n_failed, "not started": n_left}
        parts = [count(self._n_new, "file"), f"{self._n_bytes} bytes", f"{seconds:.1f} s"]
        return ", ".join(parts + [f"{n} {what}" for what, n in others.items() if n])


def workers(jobs: int, threads: int, n_files: int) -> tuple[int, int]:
    """Return how many processes to work with, and with how many threads each; 0 means one per core."""
    n_workers = max(1, min(jobs, n_files))
    return n_workers, threads if n_workers == 1 else threads or 1
