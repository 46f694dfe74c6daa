"""What ``gsi encode`` does with its files: here, in processes, or on a cluster."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gicodec.batch.record import Record
from gicodec.batch.report import Report
from gicodec.cli import arguments
from gicodec.cli.batch import Finished, finish_all
from gicodec.cli.console import count, progress_reports, warn
from gicodec.cli.failures import describe
from gicodec.options import TARGETS, EncodeOptions

if TYPE_CHECKING:
    from gicodec.batch.task import Task


@dataclass(frozen=True)
class Run:
    """What holds for every file of a run."""

    n_workers: int
    time_limit: float | None
    """Seconds for one file."""
    ray: str | None
    """Address of a cluster, "" for one that Ray finds or starts; None for this machine, without Ray."""
    report: str | None
    """Path of a file for the records."""
    fail_fast: bool
    quiet: bool
    verbose: bool
    as_json: bool
    makes_folders: bool
    """For outputs: with -o."""
    bars: bool

    @property
    def in_this_process(self) -> bool:
        """Whether pictures are encoded here, and warnings are printed as they arise."""
        return self.n_workers == 1 and self.time_limit is None and self.ray is None


def encode_all(tasks: list[Task], run: Run) -> int:
    """Encode every file, and say so; return the exit code of the first failure, or 0.

    Raises:
        GsiError: The report cannot be written, or the cluster cannot be reached.
    """
    before = {task.target: task.before for task in tasks}
    if run.ray is None and any(task.options.device == "auto" for task in tasks):
        _warn_of_unused_gpu(quiet=run.quiet)

    with nullcontext() if run.report is None else Report(run.report) as report:

        def work(to_do: Iterator[Task]) -> Iterator[Finished]:
            for record in _records(to_do, run):
                is_new = record != before[record.output]
                if report is not None and is_new:
                    report.append(record)
                yield _finished(record, tasks[0].options, run, is_new=is_new)

        return finish_all(tasks, work, fail_fast=run.fail_fast, quiet=run.quiet or run.as_json)


def _records(tasks: Iterator[Task], run: Run) -> Iterator[Record]:
    """Yield the record of each task, as it ends."""
    if run.ray is not None:
        from gicodec.cluster import encode_tasks

        return encode_tasks(tasks, address=run.ray or None, time_limit=run.time_limit)
    work = partial(_encode_or_fail, run=run)
    if run.in_this_process:
        return map(work, tasks)
    from gicodec.batch.processes import in_processes
    from gicodec.batch.task import Task

    return in_processes(work, tasks, n_workers=run.n_workers, time_limit=run.time_limit, lost=Task.lost)


def _encode_or_fail(task: Task, run: Run) -> Record:
    start = time.monotonic()
    try:
        return _encode_file(task, run)
    except BrokenPipeError:
        raise  # the reader of the pipe has left; that is no error
    except Exception as err:
        return task.failed(*describe(err, task.source), seconds=time.monotonic() - start)


def _encode_file(task: Task, run: Run) -> Record:
    """Encode one file."""
    target = task.target
    if run.makes_folders:
        arguments.make_directory(str(Path(target).parent))
    arguments.check_target(task.source, target)
    from gicodec.batch.task import encode_task, refuse_picture

    if arguments.is_plain(target):
        refuse_picture(target)
    name, silent = arguments.name_of(task.source, "standard input"), run.quiet or run.as_json
    effort = task.options.effort
    early: list[str] = []

    def say(warnings: list[str]) -> None:
        early.extend(warnings)
        warn(name, warnings, quiet=silent)

    with progress_reports(effort, quiet=silent or not run.bars, verbose=run.verbose) as callback:
        record = encode_task(
            task,
            callback,
            name=name,
            warn=say if run.in_this_process else None,
            read=arguments.read_bytes,
            write=arguments.write_bytes,
        )
    if run.in_this_process and record != task.before:
        warn(name, record.warnings[len(early) :], quiet=silent)
    return record


def _warn_of_unused_gpu(*, quiet: bool) -> None:
    """Warn if something keeps an existing GPU from being used."""
    from gicodec.device import installation_problem

    problem = installation_problem()
    warn("--device auto", [f"using the CPU: {problem}"] if problem else [], quiet=quiet)


def _finished(record: Record, options: EncodeOptions, run: Run, *, is_new: bool) -> Finished:
    """Return what is said of a picture."""
    name = arguments.name_of(record.file, "standard input")
    if record.error is not None:
        return Finished(name, error=record.error, code=record.exit_code)
    if not is_new:
        return Finished(name, before=True)
    shown = arguments.name_of(record.output, "standard output")
    if run.as_json:
        text = json.dumps(asdict(record) | {"file": name, "output": shown})
    elif run.quiet:
        text = ""
    else:
        psnr = math.inf if record.psnr is None else record.psnr
        text = (
            f"{shown}: {record.bytes} bytes, {record.bpp:.4f} bpp, {psnr:.2f} dB,"
            f" {count(record.n_gaussians or 0, 'Gaussian')} (target {_target_text(options)}),"
            f" {record.seconds:.1f} s"
        )
    beside = arguments.is_stdout(record.output)
    warnings = [] if run.in_this_process else record.warnings
    return Finished(name, text, beside, warnings, record.bytes or 0)


def _target_text(options: EncodeOptions) -> str:
    kind, value = options.target
    if options.is_default:  # more for a small picture, for metadata, and for alpha of noise
        return f"{TARGETS[kind].format(value)} by default"
    return count(int(value), "Gaussian") if kind == "gaussians" else TARGETS[kind].format(value)
