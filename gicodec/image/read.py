"""Read image files as arrays of 8-bit sRGB samples.

Warnings name what is lost: alpha, bit depth, color profiles, frames, metadata.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from gicodec.errors import GsiError, ImageError, LimitError, one_line
from gicodec.files import read_file, read_stream
from gicodec.format.constants import MAX_PIXELS, MAX_SIDE

Source = str | Path | IO[bytes]

SCRIPTS = ("EPS", "WMF")  # Pillow would start another program to draw them, which is not safe
SRGB_GAMMA = 1 / 2.2
SRGB_CHROMATICITY = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # x and y of white, red, green, blue
SRGB_TOLERANCE = 3  # levels: profiles of sRGB round their curves and colors
CICP_SRGB = bytes([1, 13, 0, 1])  # primaries and transfer of sRGB, RGB, full range


def read_image(source: Source) -> tuple[NDArray[np.uint8], list[str]]:
    """Read a picture from a path or a binary stream: the first frame, upright (by EXIF), as sRGB.

    Returns:
        The samples, uint8 [H, W, 3], and warnings: one line for each thing that was dropped or converted.

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
            pixels, dropped = _read(data)
    except GsiError as err:
        raise type(err)(f"{name}: {err}") from err
    except MemoryError:
        raise
    except Image.DecompressionBombError as err:
        raise LimitError(f"{name}: {one_line(err)}") from err
    except UnidentifiedImageError as err:
        raise ImageError(f"{name}: not a picture that Pillow can open") from err
    except Exception as err:  # Pillow's plugins raise many types
        raise ImageError(f"{name}: cannot be read ({one_line(err)})") from err
    return pixels, [*dropped, *dict.fromkeys(one_line(warning.message) for warning in caught)]


def is_picture(path: str | Path) -> bool:
    """Return whether there is a plain file that Pillow knows as a picture."""
    if not Path(path).is_file():
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(path).close()
    except Image.DecompressionBombError:
        return True
    except Exception:  # Pillow's plugins raise many types
        return False
    return True


def _read(data: bytes) -> tuple[NDArray[np.uint8], list[str]]:
    dropped: list[str] = []
    with Image.open(io.BytesIO(data)) as image:
        image.verify()  # checks PNG checksums, which load() does not; the object cannot be used after it
    with Image.open(io.BytesIO(data)) as image:
        if image.format in SCRIPTS:
            raise ImageError(f"{image.format} files are drawings, only pictures can be read")
        if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
            raise LimitError(
                f"{image.width}x{image.height} exceeds {MAX_SIDE} pixels per side or {MAX_PIXELS} pixels"
            )
        if _has_deep_colors(image):
            dropped.append("16-bit samples reduced to 8 bits")
        if (code := _cicp(data)) not in (None, CICP_SRGB):
            dropped.append(f"color code (cICP) {'-'.join(map(str, code))} ignored: colors are read as sRGB")
        if (n_frames := getattr(image, "n_frames", 1)) > 1:
            dropped.append(f"animation dropped: only the first of {n_frames} frames is read")
        image.load()
        metadata = _metadata(image)
        upright = _upright(image, dropped)
    if upright.mode == "F" or (upright.mode == "I" and image.format != "PPM"):
        raise ImageError(f"samples have no known range (Pillow mode {upright.mode})")
    if upright.mode.startswith("I"):
        upright = _deep_gray(upright, dropped)
    rgb = _to_srgb(_opaque(upright, dropped), dropped)
    if metadata:
        dropped.append(f"metadata dropped: {', '.join(metadata)}")
    return np.array(rgb, dtype=np.uint8), dropped


def _upright(image: Image.Image, dropped: list[str]) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception as err:  # of many types
        dropped.append(f"broken EXIF ignored ({one_line(err)})")
        return image.copy()


def _has_deep_colors(image: Image.Image) -> bool:
    """Return whether Pillow will reduce 16 bits to 8, which it does without a warning."""
    if image.mode.startswith(("I", "F")):
        return False
    tiles = [(tile.codec_name, tile.args) for tile in getattr(image, "tile", ())]
    return any(";16" in str(a) or (codec == "ppm" and a[-1] > 255) for codec, a in tiles)


def _cicp(data: bytes) -> bytes | None:
    """Return the cICP chunk of a PNG, which Pillow does not read; None if there is none."""
    if not data.startswith(b"\x89PNG"):
        return None
    at = 8
    while data[at + 4 : at + 8] not in (b"cICP", b"IDAT", b""):
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return data[at + 8 : at + 12] if data[at + 4 : at + 8] == b"cICP" else None


def _metadata(image: Image.Image) -> list[str]:
    kinds = {"EXIF": ("exif",), "XMP": ("xmp", "XML:com.adobe.xmp"), "comment": ("comment",)}
    return [name for name, keys in kinds.items() if any(image.info.get(key) for key in keys)]


def _deep_gray(image: Image.Image, dropped: list[str]) -> Image.Image:
    """Reduce 16-bit gray to 8 bits, rounded; Pillow's own conversion clips."""
    deep = np.asarray(image).astype(np.int64)
    dropped.append("16-bit samples reduced to 8 bits")
    if (deep == image.info.get("transparency", -1)).any():
        dropped.append("alpha channel dropped")
    gray = Image.fromarray(((deep * 255 + 0x7FFF) // 0xFFFF).astype(np.uint8))
    gray.info = {key: value for key, value in image.info.items() if key != "transparency"}
    return gray


def _opaque(image: Image.Image, dropped: list[str]) -> Image.Image:
    """Drop alpha and keep the colors under it; resolve palettes."""
    if not image.has_transparency_data and image.mode not in ("P", "1"):
        return image
    info, rgba = image.info, image.convert("RGBA")
    if cast(tuple[int, int], rgba.getchannel("A").getextrema())[0] < 255:
        dropped.append("alpha channel dropped")
    is_gray = image.mode in ("1", "L", "LA", "La")
    opaque = rgba.getchannel("R") if is_gray else rgba.convert("RGB")
    opaque.info = {key: value for key, value in info.items() if key != "transparency"}
    return opaque


def _to_srgb(image: Image.Image, dropped: list[str]) -> Image.Image:
    """Convert to 8-bit sRGB, by the color profile if there is one."""
    if profile_bytes := image.info.get("icc_profile"):
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(profile_bytes))
            if profile.profile.xcolor_space.strip() == "RGB" and image.mode == "L":
                image = image.convert("RGB")
            if not _is_srgb(profile):
                converted = _apply_profile(image, profile)
                name = ImageCms.getProfileDescription(profile).strip()
                dropped.append(f"colors converted to sRGB from {name or 'an unnamed profile'}")
                return converted
        except (OSError, ValueError, ImageCms.PyCMSError) as err:
            dropped.append(f"color profile ignored ({one_line(err)})")
    elif image.mode == "CMYK":
        dropped.append("CMYK converted to RGB without a color profile")
    elif abs(image.info.get("gamma", SRGB_GAMMA) / SRGB_GAMMA - 1) > 0.02:
        dropped.append(f"gamma {image.info['gamma']:.4g} ignored: samples are read as sRGB")
    elif any(
        abs(a - b) > 0.01 for a, b in zip(image.info.get("chromaticity", ()), SRGB_CHROMATICITY, strict=False)
    ):
        dropped.append("chromaticities ignored: colors are read as sRGB")
    return image.convert("RGB")


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """Return whether a profile changes no color by more than rounding, whatever its name says."""
    if profile.profile.xcolor_space.strip() != "RGB":
        return False
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    colors = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(9, -1, 3)
    converted = np.asarray(_apply_profile(Image.fromarray(colors), profile))
    return int(abs(converted.astype(int) - colors).max()) <= SRGB_TOLERANCE


def _apply_profile(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image,
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None  # only in-place conversion returns nothing
    return converted
