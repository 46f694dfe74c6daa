"""What can be wrong with a file. ``gicodec.errors`` has the rest of the tree, and draws it whole."""

from typing import ClassVar


class GsiError(Exception):
    """Any failure that is not the caller's mistake; its text is one line."""

    exit_code: ClassVar[int] = 1
    """What the command line exits with."""


class CorruptFileError(GsiError):
    """The bytes break a rule of the format."""

    exit_code = 4


class TruncatedFileError(CorruptFileError):
    """The bytes end too soon."""

    def __init__(self, field: str, *, need: int, have: int) -> None:
        super().__init__(f"{field}: need {need} bytes, {have} left")
        self.field, self.need, self.have = field, need, have


class UnsupportedFileError(GsiError):
    """The file is well formed, but needs a newer (or another) version."""

    exit_code = 4


class LimitError(GsiError):
    """The picture or the file asks for more than the limits allow."""

    exit_code = 6
