"""Work in processes of this machine. Pebble starts them, ends them, and says which job was lost with one.

A job that takes too long is ended with its process, in the middle of a native call, too: SIGTERM first, and
SIGKILL three seconds later.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from gicodec.batch.in_flight import in_flight
from gicodec.errors import GsiError, LimitError
from gicodec.options import Progress, ProgressCallback

T = TypeVar("T")
R = TypeVar("R")
KILLED = -9  # the exit code after SIGKILL, which Windows lacks


def in_processes(
    work: Callable[[T], R],
    items: Iterable[T],
    *,
    n_workers: int,
    time_limit: float | None,
    lost: Callable[[T, GsiError], R],
) -> Iterator[R]:
    """Yield what comes of each item, as it ends.

    Args:
        work: A function of a module, or a partial of one. It catches what fails.
        items: What it is called with; taken as processes become free.
        n_workers: Number of processes.
        time_limit: Seconds for one item; None means any.
        lost: Makes a result of an item that took too long, or whose process was killed.
    """
    pool = start(n_workers)
    try:
        jobs = in_flight(items, lambda item: submit(pool, work, item, time_limit), n_workers)
        for item, future in jobs:
            yield result(future, item, time_limit, lost)
    finally:
        pool.stop()
        pool.join()


def start(n_workers: int) -> ProcessPool:
    """Return processes; they start with the first job."""
    return ProcessPool(n_workers, context=multiprocessing.get_context("spawn"))  # a fork would lack threads


def submit(pool: ProcessPool, work: Callable[[T], R], item: T, time_limit: float | None) -> Future[R]:
    """Have a process do an item. The time starts with the work."""
    return pool.schedule(_work, (work, item), timeout=time_limit)


def result(future: Future[R], item: T, time_limit: float | None, lost: Callable[[T, GsiError], R]) -> R:
    """Wait for what :func:`submit` promised, or make the result of an item that was lost."""
    try:
        return future.result()
    except TimeoutError:
        return lost(item, LimitError(f"took more than {time_limit:g} s, the limit"))
    except ProcessExpired as err:
        return lost(item, GsiError(f"its process was lost ({_cause(err.exitcode)})"))


def unless_orphaned(progress: ProgressCallback | None) -> ProgressCallback:
    """Return a callback that ends an encoding once the process that ordered it is gone."""
    parent = multiprocessing.parent_process()

    def report(state: Progress) -> None:
        if parent is not None and not parent.is_alive():
            raise KeyboardInterrupt
        if progress is not None:
            progress(state)

    return report


def _work(work: Callable[[T], R], item: T) -> R:
    """Do one item in a process of the pool. When that is ended, a half-written file is removed first."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return work(item)
    except KeyboardInterrupt:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _cause(exit_code: int) -> str:
    if exit_code == KILLED:
        return "killed, perhaps for want of memory"
    return f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
