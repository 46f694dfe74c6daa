"""A report: a file of records, one a line, which grows while pictures are encoded.

A run that was stopped, even in the middle of a line, can be resumed from it.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from gicodec.batch.record import Record
from gicodec.errors import ImageError, OutputError
from gicodec.files import reason


def read_report(path: str | Path) -> dict[str, Record]:
    """Return the last record of each output, by its name. What is no record is left out; no file has none.

    Raises:
        ImageError: The file cannot be read.
    """
    records: dict[str, Record] = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            for record in map(Record.from_json, lines):
                if record is not None:
                    records[record.output] = record
    except FileNotFoundError:
        pass
    except OSError as err:
        raise ImageError(f"{path}: {reason(err)}") from err
    return records


class Report:
    """Appends records to a file, each in one piece."""

    def __init__(self, path: str | Path) -> None:
        """Open the file, or make it.

        Raises:
            OutputError: It cannot be written.
        """
        self._path = path
        try:
            is_cut = os.path.isfile(path) and _is_cut(path)
            self._file = open(path, "ab", buffering=0)  # noqa: SIM115  # closed by __exit__
        except OSError as err:
            raise OutputError(f"{path}: {reason(err)}") from err
        if is_cut:
            self._write(b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, record: Record) -> None:
        """Write a record.

        Raises:
            OutputError: It cannot be written.
        """
        self._write(record.to_json().encode() + b"\n")

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line)
        except OSError as err:
            raise OutputError(f"{self._path}: {reason(err)}") from err


def _is_cut(path: str | Path) -> bool:
    """Return whether a file ends within a line."""
    with open(path, "rb") as stream:
        stream.seek(-min(1, os.path.getsize(path)), os.SEEK_END)
        return stream.read() not in (b"", b"\n")
