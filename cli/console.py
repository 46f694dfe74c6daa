"""Progress and warnings on stderr.

Progress is a bar on a terminal, otherwise one line at the end. -v prints one line per stage, --quiet nothing.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from gicodec.options import Effort, Progress, ProgressCallback

if TYPE_CHECKING:
    from rich import progress as rich

MIN_INTERVAL = 0.1  # seconds between two updates of the bar
PROBE = 100  # iterations of the first fit, whose time tells
RUNS_OF_PROBE: dict[Effort, float] = {  # as long as a run: two pictures
    "fastest": 9,
    "fast": 12,
    "medium": 34,
    "slow": 150,
}
SHARE_OF_STARTS = 1.2  # of a picture that is divided: its chunks begin with as long a fit, in probes
LONG = 10.0  # seconds, from which on it is said


@contextmanager
def progress_reports(effort: Effort, *, quiet: bool, verbose: bool) -> Iterator[ProgressCallback | None]:
    """Yield the progress callback for the encoder, or None with --quiet."""
    log = StageLog(effort)
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as draw:

            def log_and_draw(progress: Progress) -> None:
                log(progress)
                draw(progress)

            yield log_and_draw
    else:
        yield log
    if not quiet and (verbose or not sys.stderr.isatty()):
        log.print(separator="\n" if verbose else "; ")


@contextmanager
def files_progress(n_files: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Yield what to call after each file; on a terminal, several files share one bar."""
    if quiet or n_files < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich import progress as rich
    from rich.console import Console

    with rich.Progress(
        rich.MofNCompleteColumn(),
        rich.BarColumn(),
        rich.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    ) as bar:
        task = bar.add_task("files", total=n_files)
        yield lambda: bar.advance(task)


class StageLog:
    """The last report of each stage, and its time; and early in a long run, how long it will take."""

    def __init__(self, effort: Effort) -> None:
        self._start, self._effort = time.monotonic(), effort
        self._stages: dict[str, tuple[Progress, float]] = {}
        self._is_told = False

    def __call__(self, progress: Progress) -> None:
        """Record a report."""
        seconds = time.monotonic() - self._start
        if not self._stages and progress.done == 0:
            self._start, seconds = time.monotonic(), 0.0  # reading and imports are over
        self._stages[progress.stage] = progress, seconds
        done = {"first": progress.done / PROBE, "start": progress.done / progress.total * SHARE_OF_STARTS}
        share = done.get(progress.stage, 0.0)
        if self._is_told or not share or (progress.stage == "first" and progress.done < PROBE):
            return
        self._is_told = True
        estimate = seconds * RUNS_OF_PROBE[self._effort] / share
        if estimate >= LONG:
            say(f"gsi: this takes about {float(f'{estimate:.1g}'):.0f} s")

    def print(self, separator: str) -> None:
        """Print the last report of each stage."""
        stages = [
            f"{progress.stage}: {progress.done}/{progress.total}, {_state(progress)}, {seconds:.1f} s"
            for progress, seconds in self._stages.values()
        ]
        say(separator.join(stages))


def say(text: str) -> None:
    """Print a line on stderr; where that cannot be written, the work goes on."""
    with suppress(OSError):
        click.echo(text, err=True)


def count(n: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is 1."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def warn(name: str, warnings: list[str], *, quiet: bool) -> None:
    """Print each warning on a line of its own."""
    for warning in () if quiet else warnings:
        say(f"gsi: warning: {name}: {warning}")


@contextmanager
def _bar() -> Iterator[ProgressCallback]:
    from rich import progress as rich  # a tenth of a second to import
    from rich.console import Console

    with rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.TextColumn("{task.fields[state]}"),
        rich.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bar:
        yield _Drawing(bar)


class _Drawing:
    """A bar for each stage, so that it shows the time left in the stage."""

    def __init__(self, bar: rich.Progress) -> None:
        self._bar, self._drawn = bar, -math.inf
        self._tasks: dict[str, rich.TaskID] = {}

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage not in self._tasks:
            for earlier in self._tasks.values():
                self._bar.update(earlier, visible=False)
            self._tasks[progress.stage] = self._bar.add_task(progress.stage, state="")
        elif now < self._drawn + MIN_INTERVAL:
            return
        self._drawn = now
        task, state = self._tasks[progress.stage], _state(progress)
        self._bar.update(task, completed=progress.done, total=progress.total, state=state)
        self._bar.refresh()


def _state(progress: Progress) -> str:
    return f"{progress.psnr:.2f} dB, {count(progress.n_gaussians, 'Gaussian')}"
