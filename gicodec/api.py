"""The codec for Python programs: plain keywords in, arrays out."""

from __future__ import annotations

import inspect
import io
import numbers
import os
import warnings
from collections.abc import Callable, Sequence
from typing import IO, Literal, TypedDict, Unpack

from PIL import Image

from gicodec.codec import Encoded
from gicodec.codec import decode as decode_picture
from gicodec.codec import encode as encode_picture
from gicodec.errors import GsiWarning, OptionError
from gicodec.files import open_data, read_stream
from gicodec.format import FileInfo, describe
from gicodec.format.varint import Data
from gicodec.image.convert import as_picture
from gicodec.image.read import ReadOptions
from gicodec.image.samples import Pixels
from gicodec.image.write import as_color
from gicodec.options import Crop, DecodeOptions, Effort, EncodeOptions, ProgressCallback

Coded = bytes | bytearray | memoryview | str | os.PathLike[str] | IO[bytes] | Encoded
"""A .gsi file: its bytes, its path, an open stream, or what :func:`encode` returned."""


class EncodeKeywords(TypedDict, total=False):
    """The keywords of :func:`encode`, as in EncodeOptions."""

    bpp: float | None
    target_size: int | None
    psnr: float | None
    quality: float | None
    gaussians: int | None
    effort: Effort
    method: str
    bits_back: bool
    iterations: int | None
    bits: tuple[int, int, int] | None
    densify: bool | None
    filters: bool | None
    waves: bool | None
    texture: bool | None
    seed: int
    threads: int
    device: str


def encode(
    image: object,
    *,
    to_srgb: bool = False,
    metadata: bool = False,
    gps: bool = False,
    progress: ProgressCallback | None = None,
    **options: Unpack[EncodeKeywords],
) -> Encoded:
    """Encode a picture.

    >>> encoded = gicodec.encode("in.png", bpp=0.3)

    Args:
        image: A path, or a binary stream, of an image file; a Pillow image; an array [H, W] or
            [H, W, 1 to 4] of uint8, uint16, or floats from 0 to 1, alpha last; or a tensor of PyTorch, also
            [C, H, W].
        to_srgb: Convert colors to sRGB rather than keep the color space.
        metadata: Keep EXIF and XMP.
        gps: Keep the place in them, too.
        progress: Called with a report now and then, in this thread.
        **options: One target at most (bpp, target_size, psnr, quality, or gaussians), effort, and the
            others of :class:`gicodec.options.EncodeOptions`.

    Raises:
        DeviceError: The device does not exist, or it failed.
        ImageError: The image file cannot be read.
        LimitError: The picture, or its metadata, is too large.
        OptionError: A keyword is out of range, or the image is of another kind.
        TargetError: This picture cannot meet the target. The text says what can be had.

    Warns:
        GsiWarning: Something of the picture was dropped or converted.
    """
    if progress is not None and not callable(progress):
        raise OptionError(f"progress must be a function, not {progress!r}")
    if gps and not metadata:
        raise OptionError("gps needs metadata")
    checked = EncodeOptions(**options)
    picture, dropped = as_picture(image, ReadOptions(to_srgb=to_srgb, metadata=metadata, gps=gps))
    for line in dropped:
        warnings.warn(line, GsiWarning, stacklevel=2)
    return encode_picture(picture, checked, progress)


def decode(
    data: Coded,
    *,
    scale: float | None = None,
    size: tuple[int | None, int | None] | int | None = None,
    crop: Crop | tuple[int, int, int, int] | None = None,
    bits: Literal[8, 16] | None = None,
    background: str | tuple[int, int, int] | None = None,
    threads: int = 0,
    device: str = "auto",
) -> Pixels:
    """Decode a .gsi file: the mirror of :func:`encode`.

    >>> pixels = gicodec.decode("out.gsi", scale=2)

    Args:
        data: The file: bytes, a path, a binary stream, or what :func:`encode` returned.
        scale: Output pixels per coded pixel.
        size: Output (width, height), one of which may be None, or the longer side.
        crop: Render only (width, height, x, y) of the output.
        bits: 8 or 16 a sample; by default those of the picture that was coded.
        background: What to put a picture with alpha on, "white" or (255, 255, 255).
        threads: How many; 0 means one per core.
        device: Where to render.

    Returns:
        Samples, uint8 or uint16: gray [H, W], gray with alpha [H, W, 2], RGB [H, W, 3], or RGBA [H, W, 4].

    Raises:
        CorruptFileError: The file is damaged or truncated.
        DeviceError: The device does not exist, or it failed.
        ImageError: The file cannot be read.
        LimitError: The output, or the file, exceeds a limit.
        OptionError: A keyword is out of range, or the crop is not inside the output.
        UnsupportedFileError: The file needs another version of gicodec.
    """
    part = crop if crop is None or isinstance(crop, Crop) else Crop(**_numbers("crop", crop, Crop))
    options = DecodeOptions(scale, size, part, bits, threads, device)
    color = None if background is None else as_color(background)
    picture = decode_picture(_data_of(data), options)
    return (picture if color is None else picture.over(color)).as_array()


def info(data: Coded) -> FileInfo:
    """Describe a .gsi file without decoding its Gaussians.

    Raises:
        CorruptFileError: It is damaged or truncated.
        ImageError: It cannot be read.
        LimitError: It declares more pixels or Gaussians than a file may have.
        UnsupportedFileError: It needs another version of gicodec.
    """
    return describe(_data_of(data))


def open(source: Coded) -> Image.Image:  # as Image.open
    """Open a .gsi file as a Pillow image. Its pixels are decoded when they are needed, small for a thumbnail.

    Raises:
        PIL.UnidentifiedImageError: It is no .gsi file that can be read.
    """
    import gicodec.pillow  # noqa: F401  # registers the plugin

    file = source if isinstance(source, str | os.PathLike) else io.BytesIO(_data_of(source)[:])
    return Image.open(file, formats=["GSI"])


def _numbers(name: str, values: object, kind: Callable[..., object]) -> dict[str, int]:
    """Return whole numbers as what a class takes.

    Raises:
        OptionError: They are others, or too few or many.
    """
    names = list(inspect.signature(kind).parameters)
    if not isinstance(values, Sequence) or len(values) != len(names) or not all(map(_is_whole, values)):
        raise OptionError(f"{name} must be {', '.join(names)}, whole numbers, not {values!r}")
    return dict(zip(names, map(int, values), strict=True))


def _is_whole(value: object) -> bool:
    return isinstance(value, numbers.Integral)


def _data_of(data: Coded) -> Data:
    if isinstance(data, Encoded):
        return data.data
    if isinstance(data, str | os.PathLike):
        return open_data(os.fspath(data))
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    if not hasattr(data, "read"):
        raise OptionError(f"cannot decode a {type(data).__name__}: give bytes, a path, or what encode() gave")
    return read_stream(data, getattr(data, "name", "stream"))
