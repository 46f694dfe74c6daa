"""Progress and remarks on stderr: a bar on a terminal, else a line; -v a line a stage; --quiet nothing."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from gicodec.options import Progress, ProgressCallback

if TYPE_CHECKING:
    from rich import progress as rich

MIN_INTERVAL = 0.1  # seconds between two drawings of the bar


@contextmanager
def progress_reports(*, quiet: bool, verbose: bool) -> Iterator[ProgressCallback | None]:
    """Yield what the encoder shall call."""
    log = StageLog()
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


class StageLog:
    """Remember the last report of every stage, and when it came."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._stages: dict[str, tuple[Progress, float]] = {}

    def __call__(self, progress: Progress) -> None:
        """Take a report."""
        self._stages[progress.stage] = progress, time.monotonic() - self._start

    def print(self, separator: str) -> None:
        """Print how every stage ended."""
        stages = [
            f"{progress.stage}: {progress.done}/{progress.total}, {_state(progress)}, {seconds:.1f} s"
            for progress, seconds in self._stages.values()
        ]
        click.echo(separator.join(stages), err=True)


def warn(name: str, warnings: list[str], *, quiet: bool) -> None:
    """Print warnings, one a line."""
    for warning in () if quiet else warnings:
        click.echo(f"gsi: warning: {name}: {warning}", err=True)


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
    """One task of the bar for each stage, so that the remaining time is the stage's."""

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
    return f"{progress.psnr:.2f} dB, {progress.n_gaussians} Gaussians"
