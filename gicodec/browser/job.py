"""An encoding that goes on in a thread while a page watches it."""

from __future__ import annotations

import io
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from gicodec.browser.preview import Snapshot
from gicodec.codec import Encoded, encode
from gicodec.errors import GsiError
from gicodec.format import Header
from gicodec.image.read import read_image
from gicodec.options import EncodeOptions, Progress
from gicodec.source import Source

UNCLAIMED = 10.0  # seconds without a first question: the page was closed while it sent the picture
ABANDONED = 180.0  # seconds without a question: the page is gone; hidden ones may ask but once a minute
SNAPSHOT_EVERY = 0.25  # seconds, at least
PATIENCE = 0.2  # seconds between looks at whether a job that waits was stopped
OVER = ("done", "stopped", "failed")


class _StoppedError(Exception):
    """The page does not want the encoding any more."""


@dataclass(frozen=True)
class State:
    """How far a job is. Only the thread of the job puts another in its place."""

    status: str = "waiting"
    """"waiting" for other jobs, "encoding", and in the end "done", "stopped", or "failed"."""
    error: str = ""
    warnings: tuple[str, ...] = ()
    started_at: float | None = None
    """Seconds of the monotonic clock."""
    ended_at: float | None = None
    progress: Progress | None = None
    """The last report of the encoder."""
    snapshot: Snapshot | None = None
    """Of some report, the last or one before."""
    n_snapshots: int = 0
    encoded: Encoded | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in OVER

    @property
    def seconds(self) -> float:
        """How long the encoding has taken."""
        if self.started_at is None:
            return 0.0
        return (self.ended_at or time.monotonic()) - self.started_at


class Job:
    """One picture on its way to a file."""

    def __init__(self, data: bytes, options: EncodeOptions, turns: threading.Semaphore) -> None:
        """Encode a picture's file, as soon as it is this job's turn."""
        self.state = State()
        self._options, self._turns = options, turns
        self._stop = threading.Event()
        self._asked_at, self._patience = time.monotonic(), UNCLAIMED
        self._snapshot_at = 0.0
        self._thread = threading.Thread(target=self._run, args=(data,), daemon=True)
        self._thread.start()

    def watch(self) -> State:
        """Return the state, and remember that a page has asked."""
        self._asked_at, self._patience = time.monotonic(), ABANDONED
        return self.state

    def stop(self) -> None:
        """End the encoding at its next report; nothing comes of it."""
        self._stop.set()

    def join(self) -> None:
        """Wait until the encoding has ended."""
        self._thread.join()

    def _change(self, **fields: Any) -> None:
        self.state = replace(self.state, **fields)

    def _run(self, data: bytes) -> None:
        end: dict[str, Any]
        try:
            end = {"status": "done", "encoded": self._encode_in_turn(data)}
        except _StoppedError:
            end = {"status": "stopped"}
        except GsiError as err:
            end = {"status": "failed", "error": str(err)}
        except MemoryError:
            end = {"status": "failed", "error": "not enough memory"}
        except Exception as err:  # a thread has nobody else to tell
            end = {"status": "failed", "error": f"{type(err).__name__}: {err}"}
        self._change(**end, ended_at=time.monotonic(), snapshot=None)

    def _encode_in_turn(self, data: bytes) -> Encoded:
        while not self._turns.acquire(timeout=PATIENCE):
            self._check_wanted()
        try:
            return self._encode(data)
        finally:
            self._turns.release()

    def _encode(self, data: bytes) -> Encoded:
        self._check_wanted()
        self._change(status="encoding", started_at=time.monotonic())
        picture, warnings = read_image(io.BytesIO(data))
        header = Source(picture).header
        self._change(warnings=tuple(warnings))
        encoded = encode(picture, self._options, lambda progress: self._report(progress, header))
        self._check_wanted()
        return encoded

    def _report(self, progress: Progress, header: Header) -> None:
        """Take a report of the encoder, in whose thread this is."""
        self._check_wanted()
        self._change(progress=progress)
        now = time.monotonic()
        if now >= self._snapshot_at + SNAPSHOT_EVERY:
            self._snapshot_at = now
            snapshot = Snapshot(progress.snapshot(), header)
            self._change(snapshot=snapshot, n_snapshots=self.state.n_snapshots + 1)

    def _check_wanted(self) -> None:
        if self._stop.is_set() or time.monotonic() > self._asked_at + self._patience:
            raise _StoppedError
