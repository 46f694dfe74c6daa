"""Many pictures on many machines, with Ray: a picture is a task.

Plain tasks rather than Ray Data, which streams blocks of rows through several steps and does a block again
when its worker is lost. Here there is one step, of seconds, which reads and writes the storage itself and
returns a record of some hundred bytes. Ray places the tasks, does a picture again whose worker or machine was
lost, and asks for more machines while tasks wait. Its pattern "limit the number of pending tasks" bounds what
the driver holds.

>>> failed = gicodec.cluster.encode_folder("s3://bucket/photos", "s3://bucket/coded", bpp=0.3)
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Unpack

from pebble import ProcessPool

from gicodec.api import EncodeKeywords
from gicodec.batch import storage
from gicodec.batch.folders import expand, outputs_of
from gicodec.batch.in_flight import in_flight
from gicodec.batch.processes import result, start, submit
from gicodec.batch.record import Record
from gicodec.batch.report import Report, read_report
from gicodec.batch.task import Task, encode_task, refuse_picture
from gicodec.errors import DeviceError, GsiError, OptionError, one_line
from gicodec.image.read import ReadOptions, may_be_picture
from gicodec.options import EncodeOptions

AT_ONCE = 10_000  # tasks that Ray holds: more than a cluster has cores, so that it sees what to grow for
RETRIES = 3  # of a picture whose worker or machine was lost; Ray's own default


def encode_folder(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    address: str | None = None,
    report: str | Path | None = None,
    resume: bool = False,
    time_limit: float | None = None,
    to_srgb: bool = False,
    metadata: bool = False,
    gps: bool = False,
    on_record: Callable[[Record], object] | None = None,
    **options: Unpack[EncodeKeywords],
) -> list[Record]:
    """Encode the pictures in a folder, and in the folders in it, on a cluster.

    Args:
        source: Path or URL, such as s3://bucket/photos. What has no picture's name is left out.
        target: Folder for the outputs, in the same folders. All machines must see a path; all see a URL.
        address: Of the cluster. None: the one that Ray knows of, or a new one of this machine's cores.
        report: A local file; a line of JSON is appended for each picture.
        resume: Leave alone what the report says is done, and is.
        time_limit: Seconds for one picture.
        to_srgb: As in :func:`gicodec.encode`, like ``metadata`` and ``gps``.
        metadata: Keep EXIF and XMP.
        gps: Keep the place in them, too.
        on_record: Called with each record, as its picture ends.
        **options: As in :func:`gicodec.encode`. ``threads`` is the number of cores for one picture, 1 by
            default.

    Returns:
        The records of pictures that failed.

    Raises:
        DeviceError: Ray is not installed, or cannot be reached.
        ImageError: The folder, or the report, cannot be read.
        OptionError: An option is out of range, or there is nothing to do.
        OutputError: The report cannot be written.
    """
    if resume and report is None:
        raise OptionError("resume needs a report, which says what is done")
    if gps and not metadata:
        raise OptionError("gps needs metadata")
    checked, reading = EncodeOptions(**options), ReadOptions(to_srgb, metadata, gps)
    pairs = outputs_of(expand([os.fspath(source)], may_be_picture), os.fspath(target), ".gsi")
    before = read_report(report) if resume and report is not None else {}
    tasks = [Task(*pair, checked, reading, before.get(pair[1])) for pair in pairs]
    failed = []
    with nullcontext() if report is None else Report(report) as lines:
        for record in encode_tasks(tasks, address=address, time_limit=time_limit):
            if lines is not None and record != before.get(record.output):
                lines.append(record)
            if on_record is not None:
                on_record(record)
            if record.error is not None:
                failed.append(record)
    return failed


def encode_tasks(
    tasks: Iterable[Task], *, address: str | None = None, time_limit: float | None = None
) -> Iterator[Record]:
    """Yield the record of each task, as it ends.

    Raises:
        DeviceError: Ray is not installed, or cannot be reached.
    """
    with _cluster(address) as ray:
        remote = ray.remote(max_retries=RETRIES)(_encode)

        def submit(task: Task) -> Any:
            n_cores = task.options.threads or 1
            alone = replace(task, options=replace(task.options, threads=n_cores))
            return remote.options(num_cpus=n_cores).remote(_everywhere(alone), time_limit).future()

        for task, future in in_flight(tasks, submit, AT_ONCE):
            try:
                yield replace(future.result(), file=task.source, output=task.target)
            except ray.exceptions.RayError as err:
                yield task.lost(GsiError(f"its worker was lost ({one_line(str(err).partition('.')[0])})"))


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """Yield Ray, connected to a cluster; leave it as it was.

    Raises:
        DeviceError: It is not installed, or cannot be reached.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # sends nothing home
    try:
        import ray
    except ImportError as err:
        raise DeviceError('Ray is not installed: pip install "gicodec[ray]"') from err
    if ray.is_initialized():
        yield ray
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)  # Ray's handler ends without ado, and prints where it was
    except (OSError, RuntimeError, ValueError) as err:
        raise DeviceError(f"Ray cannot be reached at {address!r}: {one_line(err)}") from err
    try:
        yield ray
    finally:
        ray.shutdown()


def _everywhere(task: Task) -> Task:
    """Make local paths absolute: a worker may have another current folder."""
    source, target = (
        place if storage.is_url(place) else str(Path(storage.local(place)).absolute())
        for place in (task.source, task.target)
    )
    return replace(task, source=source, target=target)


def _encode(task: Task, time_limit: float | None) -> Record:
    """Encode a picture in a worker; where time is limited, in a process that can be ended."""
    if time_limit is None:
        return _encode_or_fail(task)
    future = submit(_own_process(), _encode_or_fail, task, time_limit)
    return result(future, task, time_limit, Task.lost)


@cache
def _own_process() -> ProcessPool:
    """Start a process, which ends with this worker: a second for each worker and not for each picture."""
    return start(1)


def _encode_or_fail(task: Task) -> Record:
    try:
        if not storage.is_url(task.target):
            refuse_picture(storage.local(task.target))
        return encode_task(task)
    except Exception as err:
        return task.lost(err)
