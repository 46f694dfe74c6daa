"""What can go wrong, as one tree; ``gicodec`` re-exports it, the command line maps it to exits.

GsiError
├── CorruptFileError        the bytes of a .gsi break a rule of the format       exit 4
│   └── TruncatedFileError  ... by ending too soon
├── UnsupportedFileError    well formed, but not for this version                exit 4
├── LimitError              more pixels, Gaussians or work than we agree to      exit 6
├── ImageError              an input picture that cannot be read                 exit 3
├── OutputError             a file that cannot be written                        exit 5
├── TargetError             a rate that this picture cannot be coded at          exit 7
└── DeviceError             a device that is not there, or fails                 exit 8
"""


class GsiError(Exception):
    """Any failure that is not the caller's mistake; its text is one line."""


class CorruptFileError(GsiError):
    """The bytes break a rule of the format."""


class TruncatedFileError(CorruptFileError):
    """The bytes end too soon."""

    def __init__(self, field: str, *, need: int, have: int) -> None:
        super().__init__(f"{field}: need {need} bytes, {have} left")
        self.field, self.need, self.have = field, need, have


class UnsupportedFileError(GsiError):
    """The file is well formed, but needs a newer (or another) version."""


class LimitError(GsiError):
    """The picture or the file asks for more than the limits allow."""


class ImageError(GsiError):
    """The input cannot be read as a picture."""


class OutputError(GsiError):
    """The output cannot be written."""


class TargetError(GsiError):
    """The asked rate cannot be reached; the text names what can."""


class DeviceError(GsiError):
    """The device asked for is not there, cannot be used, or failed."""
