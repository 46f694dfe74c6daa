"""Many files in one run: folders to files, jobs side by side, and a line for all."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from gicodec.cli import arguments
from gicodec.cli.console import count, files_progress
from gicodec.cli.failures import attempt
from gicodec.errors import ImageError
from gicodec.options import Progress, ProgressCallback

STOPPED = -1  # a job that --fail-fast did not start

_stop = threading.Event()  # the run was interrupted


@dataclass(frozen=True)
class Job:
    """One file's work."""

    name: str
    """Of the file, for errors."""
    run: Callable[[], int]
    """Returns how many bytes were written."""


def pairs_in(
    directory: str,
    suffix: str,
    files: tuple[str, ...],
    *,
    recursive: bool,
    is_wanted: Callable[[Path], bool],
) -> list[tuple[str, str]]:
    """Pair files, and what is wanted in folders, with outputs of a suffix in a directory.

    Raises:
        click.UsageError: There is standard input, a folder that was not asked for, or one output of two.
    """
    arguments.check_no_stream(files)
    return _outputs_of(_expand(files, recursive=recursive, is_wanted=is_wanted), directory, suffix)


def _expand(
    files: Sequence[str], *, recursive: bool, is_wanted: Callable[[Path], bool]
) -> list[tuple[str, str]]:
    """Replace folders by what is wanted in them.

    Returns:
        Each file, and its folder from the one that was given on, "" for files that were given.

    Raises:
        click.UsageError: There is a folder, and folders were not asked for.
    """
    found = []
    for file in files:
        if not os.path.isdir(file):
            found.append((file, ""))
            continue
        if not recursive:
            raise click.UsageError(f"{file} is a folder: add -r for the files in it")
        if not os.access(file, os.R_OK | os.X_OK):
            raise ImageError(f"{file}: the folder cannot be read")
        visible = (path for path in Path(file).rglob("*") if not _is_hidden(path.relative_to(file)))
        inside = sorted(path for path in visible if path.is_file() and is_wanted(path))
        if not inside:
            raise click.UsageError(f"{file}: there is nothing to do in this folder")
        found += [(str(path), str(path.parent.relative_to(file))) for path in inside]
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def unless_stopped(progress: ProgressCallback | None) -> ProgressCallback:
    """Return a callback that ends an encoding once the run was interrupted, or does what another does."""

    def report(state: Progress) -> None:
        if _stop.is_set():
            raise KeyboardInterrupt
        if progress is not None:
            progress(state)

    return report


def run_jobs(jobs: Sequence[Job], *, n_workers: int, fail_fast: bool, quiet: bool) -> int:
    """Run every job, and say how many were done; return the exit code of the first failure, or 0.

    A failure keeps others from running only with ``fail_fast``.
    """
    start = time.monotonic()
    codes: list[int] = []
    n_bytes: list[int] = []

    def work(job: Job) -> int:
        if fail_fast and any(codes):
            return STOPPED
        code = attempt(job.name, lambda: n_bytes.append(job.run()))
        codes.append(code)
        advance()
        return code

    with files_progress(len(jobs), quiet=quiet) as advance:
        if n_workers == 1:
            results = [work(job) for job in jobs]
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(n_workers) as pool:
                try:
                    results = list(pool.map(work, jobs))
                except BaseException:
                    _stop.set()
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
    if len(jobs) > 1 and not quiet:
        n_failed, n_left = sum(code > 0 for code in results), results.count(STOPPED)
        parts = [count(len(n_bytes), "file"), f"{sum(n_bytes)} bytes", f"{time.monotonic() - start:.1f} s"]
        parts += [f"{n_failed} failed"] * (n_failed > 0) + [f"{n_left} not started"] * (n_left > 0)
        click.echo(f"gsi: {', '.join(parts)}", err=True)
    return next((code for code in results if code > 0), 0)


def workers(jobs: int, threads: int, n_files: int) -> tuple[int, int]:
    """Return how many files to work on at once, and with how many threads each."""
    n_workers = max(1, min(jobs, n_files))
    total = threads or os.cpu_count() or 1
    return n_workers, threads if n_workers == 1 else max(1, total // n_workers)


def _outputs_of(found: Iterable[tuple[str, str]], directory: str, suffix: str) -> list[tuple[str, str]]:
    """Pair files with outputs in a directory, in the same folders.

    Raises:
        click.UsageError: Two would be written to one output.
    """
    pairs = [(file, str(Path(directory, folder, Path(file).stem + suffix))) for file, folder in found]
    seen: dict[str, str] = {}
    for source, output in pairs:
        if output in seen:
            raise click.UsageError(
                f"{seen[output]} and {source} would be written to {output}: give them different folders"
            )
        seen[output] = source
    return pairs
