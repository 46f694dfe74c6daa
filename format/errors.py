"""The errors of a file. ``gicodec.errors`` draws the whole tree."""

from typing import ClassVar


class GsiError(Exception):
    """The base class of all errors of gicodec. The text is one line."""

    exit_code: ClassVar[int] = 1
    """The exit code of the command line."""


class CorruptFileError(GsiError):
    """The file breaks a rule of the format."""

    exit_code = 4


class TruncatedFileError(CorruptFileError):
    """The file ends too soon: ``field`` needs ``need`` bytes, ``have`` are left."""

    def __init__(self, field: str, *, need: int, have: int) -> None:
        unit = "byte" if need == 1 else "bytes"
        super().__init__(f"the file is truncated: {field} needs {need} {unit}, {have} left")
        self.field, self.need, self.have = field, need, have


class UnsupportedFileError(GsiError):
    """The file is well formed, but needs another version of gicodec."""

    exit_code = 4


class LimitError(GsiError):
    """A limit on size, memory, or work is exceeded."""

    exit_code = 6
