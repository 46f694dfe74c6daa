"""Read image files as pictures: gray or RGB, 8 or 16 bits, with alpha, in the color space that they have.

Warnings name what is lost: other color models, frames, metadata that is not asked for.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from gicodec.errors import GsiError, ImageError, LimitError, one_line
from gicodec.files import read_file, read_stream
from gicodec.format.constants import MAX_PIXELS, MAX_SIDE, SIGNATURE, ColorSpace
from gicodec.format.sections import Metadata
from gicodec.image.color import Colors, colors_of, is_gray_profile, profile_of, to_srgb
from gicodec.image.deep import read_deep
from gicodec.image.metadata import exif_of, names_of_metadata, orientation_of, xmp_of
from gicodec.image.picture import Picture
from gicodec.image.samples import Pixels, to_8_bits

Source = str | Path | IO[bytes]

SCRIPTS = ("EPS", "WMF")  # Pillow would start another program to draw them, which is not safe
PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}
GRAY_MODES = ("1", "L", "LA", "La")


@dataclass(frozen=True)
class ReadOptions:
    """What to do with what is beside the pixels."""

    to_srgb: bool = False
    """Convert colors to sRGB, in 8 bits, rather than keep the color space."""
    metadata: bool = False
    """Keep EXIF and XMP."""
    gps: bool = False
    """Keep the place in them, too."""


def read_image(source: Source, options: ReadOptions = ReadOptions()) -> tuple[Picture, list[str]]:  # frozen
    """Read a picture from a path or a binary stream: the first frame, upright (by EXIF).

    Returns:
        The picture, and warnings: one line for each thing that was dropped or converted.

    Raises:
        ImageError: The file does not exist, cannot be read, or is not a picture.
        LimitError: The picture exceeds 65535 pixels per side or 2**28 pixels.
    """
    is_path = isinstance(source, str | Path)
    name = str(source) if is_path else getattr(source, "name", "picture")
    data = read_file(source) if isinstance(source, str | Path) else read_stream(source, name)
    if not data:
        raise ImageError(f"{name}: the file is empty")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have limits
            picture, dropped = _read(data, options)
    except GsiError as err:
        raise type(err)(f"{name}: {err}") from err
    except MemoryError:
        raise
    except Image.DecompressionBombError as err:
        raise LimitError(f"{name}: {one_line(err)}") from err
    except UnidentifiedImageError as err:
        kind = "a .gsi file already" if data.startswith(SIGNATURE) else "not a picture that Pillow can open"
        raise ImageError(f"{name}: {kind}") from err
    except Exception as err:  # Pillow's plugins raise many types
        raise ImageError(f"{name}: cannot be read ({one_line(err)})") from err
    return picture, [*dropped, *dict.fromkeys(one_line(warning.message) for warning in caught)]


def may_be_picture(path: str | Path) -> bool:
    """Return whether a file is a picture, by its extension or its contents: broken ones are not left out."""
    Image.init()
    kind = Image.EXTENSION.get(Path(path).suffix.lower())
    return kind in Image.OPEN or is_picture(path)


def is_picture(path: str | Path) -> bool:
    """Return whether there is a plain file that Pillow knows as a picture."""
    if not Path(path).is_file():
        return False
    try:
        with warnings.catch_warnings(action="ignore"):
            Image.open(path).close()
    except Image.DecompressionBombError:
        return True
    except Exception:  # Pillow's plugins raise many types
        return False
    return True


def picture_of_pillow(
    image: Image.Image, options: ReadOptions, *, upright: bool
) -> tuple[Picture, list[str]]:
    """Convert an image that Pillow has; turn it upright, by its EXIF, or leave it as it is.

    Raises:
        ImageError: Its samples have no known range.
        LimitError: It is too large.
    """
    dropped: list[str] = []
    _check_size(image)
    if image.mode in ("F", "I"):
        raise ImageError(f"samples have no known range (Pillow mode {image.mode})")
    image.load()
    if image.mode.startswith("I;16"):
        deep = np.asarray(image).astype(np.uint16)[:, :, None], None
        picture = _deep_picture(image, None, deep, options, dropped)
    else:
        picture = _picture(image, None, options, dropped)
    orientation = orientation_of(image, dropped) if upright else 1
    return _turned(picture, orientation, _metadata(image, options, dropped)), dropped


def _check_size(image: Image.Image) -> None:
    if min(image.size) < 1:
        raise ImageError("the picture has no pixels")
    if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
        raise LimitError(
            f"{image.width}x{image.height} exceeds {MAX_SIDE} pixels per side or {MAX_PIXELS} pixels"
        )


def _read(data: bytes, options: ReadOptions) -> tuple[Picture, list[str]]:
    dropped: list[str] = []
    with Image.open(io.BytesIO(data)) as image:
        image.verify()  # checks PNG checksums, which load() does not; the object cannot be used after it
    with Image.open(io.BytesIO(data)) as image:
        if image.format in SCRIPTS:
            raise ImageError(f"{image.format} files are drawings, only pictures can be read")
        _check_size(image)
        if (n_frames := getattr(image, "n_frames", 1)) > 1:
            dropped.append(f"only the first of {n_frames} frames is read")
        if image.mode == "F" or (image.mode == "I" and image.format not in ("PPM", "PNG", "TIFF")):
            raise ImageError(f"samples have no known range (Pillow mode {image.mode})")
        orientation = orientation_of(image, dropped)
        deep = read_deep(data, image, dropped)
        image.load()
        if deep:
            picture = _deep_picture(image, _cicp(data), deep, options, dropped)
        else:
            picture = _picture(image, _cicp(data), options, dropped)
            orientation = orientation_of(image, [])  # of TIFF, Pillow has turned it already
        metadata = _metadata(image, options, dropped)
    return _turned(picture, orientation, metadata), dropped


def _turned(picture: Picture, orientation: int, metadata: Metadata) -> Picture:
    """Return a picture upright, with EXIF and XMP."""
    samples, alpha = _upright(picture.samples, orientation), picture.alpha
    alpha = None if alpha is None else _upright(alpha, orientation)
    kept = Metadata(picture.metadata.profile, metadata.exif, metadata.xmp)
    return Picture(samples, alpha, picture.color_space, kept)


def _picture(image: Image.Image, cicp: bytes | None, options: ReadOptions, dropped: list[str]) -> Picture:
    """Convert what Pillow has loaded, 8 bits a sample."""
    alpha = None
    if image.mode in PREMULTIPLIED:
        image = image.convert(PREMULTIPLIED[image.mode])
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        alpha = np.asarray(rgba.getchannel("A"))
        colors = rgba.getchannel("R") if image.mode in GRAY_MODES else rgba.convert("RGB")
        colors.info = image.info
    else:
        mode = {"P": "RGB", "1": "L"}.get(image.mode)
        colors = image.convert(mode) if mode else image  # no copy
    if colors.mode not in ("L", "RGB"):
        colors = to_srgb(colors, image.info.get("icc_profile"), dropped)
        return Picture(_array(colors), alpha)
    meaning = colors_of(colors, cicp, dropped)
    if options.to_srgb:
        profile = profile_of(*meaning)
        converted = to_srgb(colors, profile, dropped) if profile else colors
        return Picture(_array(converted), alpha)
    return _meant(_array(colors), alpha, meaning)


def _deep_picture(
    image: Image.Image,
    cicp: bytes | None,
    deep: tuple[Pixels, Pixels | None],
    options: ReadOptions,
    dropped: list[str],
) -> Picture:
    samples, alpha = deep
    opacity = None
    if alpha is not None:
        opacity = to_8_bits(alpha)
        if (opacity.astype(np.uint16) * 257 != alpha).any():
            dropped.append("alpha reduced to 8 bits")
    meaning = colors_of(image, cicp, dropped)
    if options.to_srgb and meaning != Colors(ColorSpace.SRGB):
        dropped.append("16-bit samples reduced to 8 bits")
        shallow = to_8_bits(samples)
        plain = Image.fromarray(shallow[:, :, 0] if shallow.shape[2] == 1 else shallow)
        return Picture(_array(to_srgb(plain, profile_of(*meaning), dropped)), opacity)
    return _meant(samples, opacity, meaning)


def _meant(samples: Pixels, alpha: NDArray[np.uint8] | None, meaning: Colors) -> Picture:
    """Return samples in their own color space; gray ones become RGB where its profile is for that."""
    if meaning.profile and samples.shape[2] == 1 and not is_gray_profile(meaning.profile):
        samples = np.repeat(samples, 3, axis=2)
    return Picture(np.ascontiguousarray(samples), alpha, meaning.space, Metadata(profile=meaning.profile))


def _metadata(image: Image.Image, options: ReadOptions, dropped: list[str]) -> Metadata:
    if options.metadata:
        return Metadata(exif=exif_of(image, gps=options.gps), xmp=xmp_of(image, gps=options.gps))
    if names := names_of_metadata(image):
        dropped.append(f"metadata dropped: {', '.join(names)}")
    return Metadata()


def _array(image: Image.Image) -> NDArray[np.uint8]:
    """Return the samples [H, W, 1 or 3] of a gray or RGB image."""
    return np.asarray(image, np.uint8).reshape(image.height, image.width, -1)


def _upright(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn samples [H, W, ...], which are as EXIF says."""
    if orientation >= 5:
        samples = samples.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    return np.ascontiguousarray(samples)


def _cicp(data: bytes) -> bytes | None:
    """Return the cICP chunk of a PNG, which Pillow does not read; None if there is none."""
    if not data.startswith(b"\x89PNG"):
        return None
    at = 8
    while data[at + 4 : at + 8] not in (b"cICP", b"IDAT", b""):
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return data[at + 8 : at + 12] if data[at + 4 : at + 8] == b"cICP" else None
