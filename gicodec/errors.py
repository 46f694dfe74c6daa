"""All errors of gicodec. The command line exits with the ``exit_code`` of the error's class.

GsiError                    base class
├── OptionError             an option or argument cannot be used
├── ImageError              the input cannot be read
├── CorruptFileError        the .gsi file breaks a rule of the format
│   └── TruncatedFileError  the .gsi file ends too soon
├── UnsupportedFileError    the .gsi file is well formed, but needs another version of gicodec
├── OutputError             the output cannot be written
├── LimitError              a limit on size, memory, or work is exceeded
├── TargetError             this picture cannot meet the target
└── DeviceError             the device does not exist, or it failed
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
    "GsiWarning",
    "ImageError",
    "LimitError",
    "OptionError",
    "OutputError",
    "TargetError",
    "TruncatedFileError",
    "UnsupportedFileError",
    "describe",
    "one_line",
]


class GsiWarning(UserWarning):
    """Something of a picture was dropped or converted."""


class OptionError(GsiError, ValueError):
    """An option or argument is out of range, or cannot be combined with another. Also a ValueError."""

    exit_code = 2


class ImageError(GsiError):
    """The input does not exist, cannot be read, or is not a picture."""

    exit_code = 3


class OutputError(GsiError):
    """The output cannot be written."""

    exit_code = 5


class TargetError(GsiError):
    """This picture cannot meet the target. The text says what can be had."""

    exit_code = 7


class DeviceError(GsiError):
    """The device does not exist, cannot be used, or failed."""

    exit_code = 8


def one_line(err: object) -> str:
    """Return the text of an error as one line, or the name of its class if it has no text."""
    return " ".join(str(err).split()) or type(err).__name__


def describe(err: Exception, name: str | None = None) -> tuple[str, int]:
    """Return what to say of an error, with the name of the file unless the text has it, and its exit code."""
    if isinstance(err, GsiError):
        text, code = str(err), err.exit_code
    elif isinstance(err, MemoryError):
        text, code = "not enough memory", LimitError.exit_code
    else:
        text = f"{type(err).__name__}: {err} (set GSI_DEBUG=1 to see the traceback)"
        code = GsiError.exit_code
    if not name or isinstance(err, ImageError | OutputError) or text.startswith(f"{name}:"):
        return text, code
    return f"{name}: {text}", code
