"""What can go wrong, as one tree. The command line exits with the code of the error's class.

GsiError                    anything else                                         exit 1
├── OptionError             an option or argument that cannot be used             exit 2
├── ImageError              an input picture that cannot be read                  exit 3
├── CorruptFileError        the bytes of a .gsi file break a rule of the format   exit 4
│   └── TruncatedFileError  ... by ending too soon
├── UnsupportedFileError    a well-formed file of another version                 exit 4
├── OutputError             a file that cannot be written                         exit 5
├── LimitError              more pixels, Gaussians or work than allowed           exit 6
├── TargetError             a target that this picture cannot meet                exit 7
└── DeviceError             a device that is not there, or fails                  exit 8
"""

from __future__ import annotations

from gicodec.format.errors import (
    CorruptFileError,
    GsiError,
    LimitError,
    TruncatedFileError,
    UnsupportedFileError,
)

__all__ = [
    "CorruptFileError",
    "DeviceError",
    "GsiError",
    "ImageError",
    "LimitError",
    "OptionError",
    "OutputError",
    "TargetError",
    "TruncatedFileError",
    "UnsupportedFileError",
    "one_line",
]


class OptionError(GsiError, ValueError):
    """A caller's option or argument is out of range, or does not go with another."""

    exit_code = 2


class ImageError(GsiError):
    """The input cannot be read as a picture."""

    exit_code = 3


class OutputError(GsiError):
    """The output cannot be written."""

    exit_code = 5


class TargetError(GsiError):
    """The target cannot be met; the text names what can."""

    exit_code = 7


class DeviceError(GsiError):
    """The device is not there, cannot be used, or failed."""

    exit_code = 8


def one_line(err: object) -> str:
    """Return the text of an error as one line; its class where it has none."""
    return " ".join(str(err).split()) or type(err).__name__
