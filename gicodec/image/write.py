"""Write pictures as image files, with alpha and color space where the format has them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image, ImageColor, PngImagePlugin

from gicodec.errors import OptionError, OutputError, one_line
from gicodec.files import write_file
from gicodec.format.constants import OPAQUE, ColorSpace
from gicodec.image.bands import Shape, png_parts, ppm_parts
from gicodec.image.color import CICP, is_gray_profile, profile_of, to_srgb
from gicodec.image.metadata import EXIF_HEAD
from gicodec.image.picture import Picture, joined
from gicodec.image.samples import Pixels, to_8_bits

FORMATS = {
    "png": "PNG",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "webp": "WEBP",
    "tif": "TIFF",
    "tiff": "TIFF",
    "ppm": "PPM",
    "pgm": "PPM",
    "bmp": "BMP",
    "npy": "NPY",
}
DEEP = ("PNG", "PPM", "NPY")  # can hold 16 bits
IN_BANDS = ("PNG", "PPM")
WITHOUT_PROFILE = ("PPM", "BMP")
WITH_ALPHA = ("PNG", "WEBP", "TIFF", "NPY")
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    # zlib's Z_RLE: decoded files as small as at level 6, in a quarter of the time
    "PNG": {"compress_type": 3},
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "exact": True},
    "TIFF": {"compression": "tiff_deflate"},
}
WHITE = (255, 255, 255)


def write_image(
    target: str | Path | IO[bytes],
    picture: Picture | Pixels,
    format: str | None = None,
    background: str | Sequence[int] | None = None,
) -> None:
    """Write a picture to a path or a binary stream.

    The format is an extension: png, jpg, webp (lossless), tif, ppm, pgm, bmp, or npy. The default is the
    extension of the target, and png for streams. 16 bits need png, ppm, pgm, or npy, and
    become 8 elsewhere.

    Args:
        target: Where to.
        picture: What to write: a picture, or an array as gicodec.decode() returns it.
        format: Which format.
        background: A color, "white" or (255, 255, 255), on which to put a picture with alpha; by default
            that is done, on white, only where the format has no alpha.

    Raises:
        OptionError: The format is unknown, or the array is no picture.
        OutputError: The file cannot be written. An existing file stays as it was.
    """
    name = format or (image_format(target) if isinstance(target, str | Path) else "png")
    if not isinstance(picture, Picture):
        # Imported late: it reads files, too, and decoding does without.
        from gicodec.image.convert import picture_of_array

        picture = picture_of_array(picture)
    data = encode_image(picture, name, None if background is None else as_color(background))
    if isinstance(target, str | Path):
        write_file(target, data)
    else:
        target.write(data)


def image_format(path: str | Path, *, bits: int | None = None) -> str:
    """Return the extension of a path, without the dot, in lower case.

    Raises:
        OptionError: The format is unknown, or it cannot hold samples of so many bits.
    """
    extension = Path(path).suffix.lstrip(".").lower()
    if extension not in FORMATS:
        raise OptionError(f"{path}: unknown extension, use one of {', '.join(FORMATS)}")
    if bits == 16 and FORMATS[extension] not in DEEP:
        raise OptionError(f"{path}: 16-bit samples need png, ppm, pgm, or npy")
    return extension


def bits_for(picture: Picture, format: str) -> int:
    """Return how many bits a sample of a picture has in a format."""
    return picture.bits if FORMATS[format] in DEEP else 8


def as_color(color: str | Sequence[int]) -> tuple[int, int, int]:
    """Return red, green and blue of a color: as in CSS, "white", "#ff8000", or three numbers of 0 to 255.

    Raises:
        OptionError: There is no such color.
    """
    try:
        channels = ImageColor.getrgb(color) if isinstance(color, str) else tuple(map(int, color))
    except (TypeError, ValueError):
        channels = ()
    if len(channels) != 3 or not all(0 <= channel <= OPAQUE for channel in channels):
        raise OptionError(f"background must be a color, such as white or #ff8000, not {color!r}")
    red, green, blue = channels
    return red, green, blue


def encode_image(picture: Picture, format: str, background: tuple[int, int, int] | None = None) -> bytes:
    """Return a picture as the bytes of an image file."""
    return b"".join(encode_bands(picture.height, [picture], format, background))


def encode_bands(
    height: int, bands: Iterable[Picture], format: str, background: tuple[int, int, int] | None = None
) -> Iterator[bytes]:
    """Yield parts of an image file of so many rows, whose bands come from the top.

    PNG and PPM are written band by band; for others, they are put together first.
    """
    name = FORMATS[image_format(f"x.{format}")]
    fitting = (_fitting(band, format, background) for band in bands)
    first = next(fitting)
    is_divided = first.height < height
    if name in IN_BANDS and (is_divided or first.bits == 16):
        arrays = (np.atleast_3d(band.as_array()) for band in chain([first], fitting))
        channels = first.samples.shape[2] + (first.alpha is not None)
        shape = Shape(first.width, height, channels, first.bits)
        yield from png_parts(shape, arrays, _png_chunks(first)) if name == "PNG" else ppm_parts(shape, arrays)
        return
    picture, stream = joined([first, *fitting]), io.BytesIO()
    if name == "NPY":
        np.save(stream, picture.as_array(), allow_pickle=False)
    else:
        try:
            to_pillow(picture).save(stream, name, **SAVE_OPTIONS.get(name, {}), **_beside(picture, name))
        except (OSError, ValueError) as err:
            raise OutputError(f"Pillow cannot write this picture as {format}: {one_line(err)}") from err
    yield stream.getvalue()


def _fitting(picture: Picture, format: str, background: tuple[int, int, int] | None) -> Picture:
    """Return what of a picture a format can hold."""
    name = FORMATS[format]
    if background is not None or name not in WITH_ALPHA:
        picture = picture.over(background or WHITE)
    if format == "pgm" and picture.samples.shape[2] == 3:
        raise OptionError("pgm holds gray pictures only: use ppm")
    if name in WITHOUT_PROFILE and picture.color_space is not ColorSpace.SRGB:
        picture = _in_srgb(picture)
    return picture


def to_pillow(picture: Picture) -> Image.Image:
    """Return a picture as Pillow has it, 8 bits a sample: of mode L, LA, RGB, or RGBA."""
    shallow = Picture(to_8_bits(picture.samples), picture.alpha)
    return Image.fromarray(np.ascontiguousarray(shallow.as_array()))


def _in_srgb(picture: Picture) -> Picture:
    """Return an opaque picture in sRGB, of 8 bits."""
    profile = profile_of(picture.color_space, picture.metadata.profile)
    converted = to_srgb(to_pillow(picture), profile, [])
    return Picture(np.array(converted, np.uint8).reshape(picture.height, picture.width, -1))


def _beside(picture: Picture, format: str) -> dict[str, Any]:
    """Return what Pillow's save() takes for color space and metadata."""
    if format in WITHOUT_PROFILE:
        return {}
    profile = profile_of(picture.color_space, picture.metadata.profile)
    if format == "WEBP" and profile and is_gray_profile(profile):
        profile = None  # WebP has no gray
    fields: dict[str, Any] = {"icc_profile": profile}
    if format != "TIFF":  # Pillow writes no EXIF there that has parts of its own, as that of cameras
        exif = picture.metadata.exif
        head = EXIF_HEAD if format == "JPEG" else b""  # to the others Pillow adds it
        fields["exif"] = None if exif is None else head + exif
    if format == "PNG":
        fields["pnginfo"] = info = PngImagePlugin.PngInfo()
        for name, data in _png_chunks(picture, with_profile=False):
            info.add(name, data)
    elif format != "TIFF":
        fields["xmp"] = picture.metadata.xmp
    return {key: value for key, value in fields.items() if value is not None}


def _png_chunks(picture: Picture, *, with_profile: bool = True) -> list[tuple[bytes, bytes]]:
    """Return the chunks that say what a picture's samples mean."""
    chunks: list[tuple[bytes, bytes]] = []
    space, metadata = picture.color_space, picture.metadata
    if space in CICP:
        chunks.append((b"cICP", CICP[space]))
    if space is ColorSpace.SRGB:
        chunks.append((b"sRGB", b"\0"))
    elif with_profile and (profile := profile_of(space, metadata.profile)):
        chunks.append((b"iCCP", b"ICC Profile\0\0" + zlib.compress(profile)))
    if metadata.xmp is not None:
        chunks.append((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp))
    if with_profile and metadata.exif is not None:
        chunks.append((b"eXIf", metadata.exif))
    return chunks
