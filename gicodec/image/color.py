"""What samples mean as colors: profiles, and the two color spaces that files name by number."""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms

from gicodec.errors import one_line
from gicodec.format.constants import ColorSpace

TOLERANCE = 3  # levels: profiles of one color space round their curves and colors
SRGB_GAMMA = 1 / 2.2
SRGB_CHROMATICITY = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # x and y of white, red, green, blue
CICP = {  # ITU-T H.273: primaries, transfer, RGB, full range
    ColorSpace.SRGB: bytes([1, 13, 0, 1]),
    ColorSpace.DISPLAY_P3: bytes([12, 13, 0, 1]),
}

# Display P3 of SMPTE EG 432-1, with sRGB's curve: columns of XYZ, D65 adapted to D50 by Bradford's matrix.
P3_COLUMNS = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
DATE = (2026, 1, 1, 0, 0, 0)  # any one
D50 = (0.9642, 1.0, 0.8249)
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


class Colors(NamedTuple):
    """How to read a picture's samples."""

    space: ColorSpace
    profile: bytes | None = None
    """Where the space is PROFILE."""


def colors_of(image: Image.Image, cicp: bytes | None, warnings: list[str]) -> Colors:
    """Return what an opened picture's samples, gray or RGB, mean; what is ignored is a warning."""
    if cicp is not None:
        for space, code in CICP.items():
            if code == cicp:
                return Colors(space)
        warnings.append(f"color code (cICP) {'-'.join(map(str, cicp))} ignored: colors are read as sRGB")
    profile: bytes | None = image.info.get("icc_profile")
    if profile:
        try:
            return _colors_of_profile(profile, image.mode)
        except (OSError, ValueError, ImageCms.PyCMSError) as err:
            warnings.append(f"color profile ignored ({one_line(err)})")
    elif abs(image.info.get("gamma", SRGB_GAMMA) / SRGB_GAMMA - 1) > 0.02:
        warnings.append(f"gamma {image.info['gamma']:.4g} ignored: samples are read as sRGB")
    elif any(
        abs(a - b) > 0.01 for a, b in zip(image.info.get("chromaticity", ()), SRGB_CHROMATICITY, strict=False)
    ):
        warnings.append("chromaticities ignored: colors are read as sRGB")
    return Colors(ColorSpace.SRGB)


def _colors_of_profile(data: bytes, mode: str) -> Colors:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
    kind = profile.profile.xcolor_space.strip()
    if kind == "GRAY" and mode in ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L"):
        return Colors(ColorSpace.PROFILE, data)
    if kind != "RGB":
        raise ValueError(f"of {kind} for a picture of mode {mode}")
    for space in (ColorSpace.SRGB, ColorSpace.DISPLAY_P3):
        if _does_nothing(profile, space):
            return Colors(space)
    return Colors(ColorSpace.PROFILE, data)


def is_gray_profile(data: bytes) -> bool:
    """Tell whether a profile is one of gray."""
    return data[16:20] == b"GRAY"


def _does_nothing(profile: ImageCms.ImageCmsProfile, space: ColorSpace) -> bool:
    """Return whether a profile changes no color of a space by more than rounding, whatever its name says."""
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    colors = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(9, -1, 3)
    converted = np.asarray(_convert(Image.fromarray(colors), profile, space))
    return int(abs(converted.astype(int) - colors).max()) <= TOLERANCE


def to_srgb(image: Image.Image, profile: bytes | None, warnings: list[str]) -> Image.Image:
    """Convert 8-bit samples of any mode to gray or RGB in sRGB."""
    if not profile:
        if image.mode == "CMYK":
            warnings.append("CMYK converted to RGB without a color profile")
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        kind = source.profile.xcolor_space.strip()
        if kind == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        name = ImageCms.getProfileDescription(source).strip()
        converted = _convert(image, source, ColorSpace.SRGB)
        if kind == "GRAY":
            converted = converted.getchannel("G")
    except (OSError, ValueError, ImageCms.PyCMSError) as err:
        warnings.append(f"color profile ignored ({one_line(err)})")
        return image.convert("RGB")
    warnings.append(f"colors converted to sRGB from {name or 'an unnamed profile'}")
    return converted


def _convert(image: Image.Image, source: ImageCms.ImageCmsProfile, space: ColorSpace) -> Image.Image:
    if space is ColorSpace.SRGB:
        target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    else:
        target = ImageCms.ImageCmsProfile(io.BytesIO(display_p3()))
    converted = ImageCms.profileToProfile(
        image,
        source,
        target,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None  # only in-place conversion returns nothing
    return converted


@cache
def display_p3() -> bytes:
    """Return an ICC profile, version 4, of Display P3."""
    text = [(b"desc", _text("Display P3")), (b"cprt", _text("CC0"))]
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(*SRGB_CURVE)
    names = b"rXYZ", b"gXYZ", b"bXYZ"
    columns = [(name, _xyz(*column)) for name, column in zip(names, P3_COLUMNS, strict=True)]
    curves = [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    tags = [*text, (b"wtpt", _xyz(*D50)), *columns, *curves]
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    for name, data in tags:
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", places[data], len(data))
    size = start + len(body)
    head = struct.pack(
        ">I4sI4s4s4s6H4s", size, bytes(4), 0x04000000, b"mntr", b"RGB ", b"XYZ ", *DATE, b"acsp"
    )
    head += bytes(28) + _fixed(*D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def _xyz(*numbers: float) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*numbers)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def profile_of(space: ColorSpace, profile: bytes | None) -> bytes | None:
    """Return the ICC profile to write for a color space; None for sRGB, which files mean without one."""
    return display_p3() if space is ColorSpace.DISPLAY_P3 else profile
