"""One picture of many: read it, encode it, write it, and say what came of it."""

from __future__ import annotations

import hashlib
import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from importlib.metadata import version
from typing import Any

from gicodec.batch import storage
from gicodec.batch.processes import unless_orphaned
from gicodec.batch.record import Record
from gicodec.codec import encode
from gicodec.errors import ImageError, OutputError, describe
from gicodec.image.lossless import better_lossless
from gicodec.image.read import ReadOptions, is_picture, read_image
from gicodec.options import EncodeOptions, ProgressCallback


@dataclass(frozen=True)
class Task:
    """A picture to encode."""

    source: str
    """Path or URL."""
    target: str
    options: EncodeOptions
    reading: ReadOptions
    before: Record | None = None
    """What a report says of the target: it is left alone if all of that still holds."""
    hints: bool = False
    """Warn where a lossless format suits the picture better."""

    def done(self, **what: Any) -> Record:
        """Return the record of a success."""
        return Record(self.source, self.target, **what, **self._how())

    def failed(self, error: str, exit_code: int, seconds: float | None = None) -> Record:
        """Return the record of a failure."""
        rounded = None if seconds is None else round(seconds, 6)
        return Record(
            self.source, self.target, seconds=rounded, error=error, exit_code=exit_code, **self._how()
        )

    def lost(self, err: Exception) -> Record:
        """Return the record of a failure of which only the error is known."""
        return self.failed(*describe(err, self.source))

    def holds(self, input_sha256: str, read: Callable[[str], bytes]) -> bool:
        """Return whether the target is what the report says, made of this input in this way."""
        before = self.before
        if before is None or before.error is not None or before.input_sha256 != input_sha256:
            return False
        if self._how() != {"options": before.options, "version": before.version}:
            return False
        try:
            return _digest(read(self.target)) == before.output_sha256
        except ImageError:  # it is gone
            return False

    def _how(self) -> dict[str, Any]:
        return {"options": _options(self.options) | _options(self.reading), "version": _version()}


def encode_task(
    task: Task,
    progress: ProgressCallback | None = None,
    *,
    name: str | None = None,
    warn: Callable[[list[str]], object] | None = None,
    read: Callable[[str], bytes] = storage.read,
    write: Callable[[str, bytes], object] = storage.write,
) -> Record:
    """Encode a picture.

    Args:
        task: What to do.
        progress: Called with a report now and then.
        name: Of the picture, for errors; its source by default.
        warn: Called with what reading drops, before long work. The record has that, too.
        read: Reads the source, and the target that is there.
        write: Writes the target.

    Raises:
        GsiError: It failed.
    """
    start = time.monotonic()
    data = read(task.source)
    input_sha256 = _digest(data)
    if task.before is not None and task.holds(input_sha256, read):
        return task.before
    stream = io.BytesIO(data)
    stream.name = name or task.source  # read_image() names it
    picture, warnings = read_image(stream, task.reading)
    if warn is not None:
        warn(warnings)
    encoded = encode(picture, task.options, unless_orphaned(progress))
    write(task.target, encoded.data)
    n_bytes, seconds = len(encoded.data), time.monotonic() - start
    lossless = better_lossless(picture, n_bytes, encoded.psnr) if task.hints else None
    if lossless is not None:
        hint = f"a lossless format suits this picture better: as lossless WebP it takes {lossless} bytes"
        warnings = [*warnings, hint]
    return task.done(
        bytes=n_bytes,
        bpp=8 * n_bytes / (picture.width * picture.height),
        psnr=round(encoded.psnr, 4) if math.isfinite(encoded.psnr) else None,
        n_gaussians=encoded.n_gaussians,
        seconds=round(seconds, 6),  # fine enough to tell this record from one of an earlier run
        warnings=warnings,
        input_sha256=input_sha256,
        output_sha256=_digest(encoded.data),
    )


def refuse_picture(target: str) -> None:
    """Refuse to write over a picture.

    Raises:
        OutputError: The target is a picture.
    """
    if is_picture(target):
        raise OutputError(f"{target}: is a picture; remove it first, or name another output")


@cache
def _version() -> str:
    return version("gicodec")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _options(options: EncodeOptions | ReadOptions) -> dict[str, Any]:
    """Return what is not the default, as JSON has it."""
    given = {field.name: getattr(options, field.name) for field in fields(options) if field.name != "threads"}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    defaults = {field.name: field.default for field in fields(options)}
    return {name: value for name, value in plain.items() if value != defaults[name]}
