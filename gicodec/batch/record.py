"""What came of one picture: a line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Record:
    """What came of one picture."""

    file: str
    """The picture: its path or URL, as it was given."""
    output: str
    """The .gsi file, in the same way."""
    bytes: int | None = None
    """Of the .gsi file; None if there is none, because of an error."""
    bpp: float | None = None
    psnr: float | None = None
    """dB; None if the decoded picture is exact, for JSON has no infinity, or if there is none."""
    n_gaussians: int | None = None
    seconds: float | None = None
    """From reading to writing, by the clock; None if nobody was there to measure them."""
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    exit_code: int = 0
    """What gsi exits with for this error; 0 if there is none."""
    options: dict[str, Any] = field(default_factory=dict)
    """All that were not the default, but for the number of threads, which does not change the bytes."""
    version: str | None = None
    """Of gicodec."""
    input_sha256: str | None = None
    output_sha256: str | None = None

    def to_json(self) -> str:
        """Return one line, without its end."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Record | None:
        """Read a line: the mirror of :meth:`to_json`. None if it is cut, or of another kind."""
        try:
            record = cls(**json.loads(line))
        except (TypeError, ValueError):
            return None
        return record if isinstance(record.output, str) else None
