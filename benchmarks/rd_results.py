"""The CSV of rd.py: one row per picture, method, effort and rate, appended as soon as it is known."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from pathlib import Path

Key = tuple[str, str, str, float]


@dataclass(frozen=True)
class Result:
    """One file that was written, read again and measured; the fields are the columns."""

    image: str  # the picture's name without its suffix
    method: str  # what made the file; "gsi", or a name for an experiment
    effort: str
    target: float  # bpp asked for, or Gaussians
    bytes: int  # of the whole file
    bpp: float
    psnr: float  # dB, RGB, over the 8-bit samples of the decoded picture
    ms_ssim: float  # RGB; nan where the picture is too small for it
    n_gaussians: int
    bits: dict[str, float]  # by attribute, of all Gaussians; empty where the file does not tell
    encode_s: float
    decode_s: float  # in a process that has decoded before
    version: str  # of gicodec, and the commit

    @property
    def key(self) -> Key:
        """What a row is a row of."""
        return self.image, self.method, self.effort, self.target

    def to_row(self) -> list[str]:
        """Write the columns; nothing needs quotes, so a torn line spoils no other."""
        bits = " ".join(f"{name}:{value:.0f}" for name, value in self.bits.items())
        numbers = [f"{self.bpp:.6f}", f"{self.psnr:.4f}", f"{self.ms_ssim:.6f}", str(self.n_gaussians)]
        seconds = [f"{self.encode_s:.3f}", f"{self.decode_s:.4f}"]
        head = [self.image, self.method, self.effort, f"{self.target:g}", str(self.bytes)]
        return [*head, *numbers, bits, *seconds, self.version]

    @classmethod
    def from_row(cls, row: list[str]) -> Result:
        """Read the columns: the mirror of to_row."""
        image, method, effort, target, n_bytes, bpp, psnr, ms_ssim, n_gaussians = row[:9]
        attributes = (item.rpartition(":") for item in row[9].split())
        bits = {name: float(value) for name, _, value in attributes}
        qualities = float(psnr), float(ms_ssim), int(n_gaussians), bits
        seconds = float(row[10]), float(row[11])
        return cls(
            image, method, effort, float(target), int(n_bytes), float(bpp), *qualities, *seconds, row[12]
        )


COLUMNS = [field.name for field in fields(Result)]


def read_results(path: Path) -> dict[Key, Result]:
    """Read all rows, without those torn by an interruption; none where there is no file."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = [*csv.reader(file)] or [COLUMNS]
    if header != COLUMNS:
        raise SystemExit(f"{path} has other columns than this program writes; move it away")
    results = (Result.from_row(row) for row in rows if len(row) == len(COLUMNS))
    return {result.key: result for result in results}


def append_result(path: Path, result: Result) -> None:
    """Append a row, in one write; begin the file, or end a torn line, where that is needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - 1))
        torn = file.read() not in (b"", b"\n")
        text = io.StringIO("\n" if torn else "", newline="")
        text.seek(0, io.SEEK_END)
        csv.writer(text, lineterminator="\n").writerows([COLUMNS] * (size == 0) + [result.to_row()])
        file.write(text.getvalue().encode())
