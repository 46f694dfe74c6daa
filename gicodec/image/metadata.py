"""EXIF and XMP: what is kept of them. Orientation never is, as pixels are upright; GPS if it is asked for."""

from __future__ import annotations

import re

from PIL import Image

from gicodec.errors import one_line

ORIENTATION, GPS = 0x0112, 0x8825  # EXIF tags
EXIF_HEAD = b"Exif\0\0"  # in JPEG, before EXIF itself
XMP_KEYS = ("xmp", "XML:com.adobe.xmp")
XMP_GPS = rb'\s*exif:GPS\w+="[^"]*"|<exif:GPS(\w+)\b[^>]*>.*?</exif:GPS\1>|<exif:GPS\w+\b[^>]*/>'
XMP_ORIENTATION = rb'(tiff:Orientation(?:="|>))[2-8]'


def orientation_of(image: Image.Image, warnings: list[str]) -> int:
    """Return how an opened picture is turned, 1 to 8 as in EXIF; 1 is upright."""
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception as err:  # of many types
        warnings.append(f"broken EXIF ignored ({one_line(err)})")
        return 1
    return orientation if orientation in range(1, 9) else 1


def exif_of(image: Image.Image, *, gps: bool) -> bytes | None:
    """Return the EXIF of an opened picture, from its TIFF header on; None if there is none, or it is bad."""
    try:
        exif = image.getexif()
        exif.pop(ORIENTATION, None)
        if not gps:
            exif.pop(GPS, None)
        return exif.tobytes().removeprefix(EXIF_HEAD) if len(exif) else None
    except Exception:  # of many types; orientation_of() has warned
        return None


def xmp_of(image: Image.Image, *, gps: bool) -> bytes | None:
    """Return the XMP of an opened picture; None if there is none."""
    found = next((image.info[key] for key in XMP_KEYS if image.info.get(key)), None)
    if found is None:
        return None
    packet: bytes = found.encode() if isinstance(found, str) else found
    packet = re.sub(XMP_ORIENTATION, rb"\g<1>1", packet)
    return packet if gps else re.sub(XMP_GPS, b"", packet, flags=re.DOTALL)


def names_of_metadata(image: Image.Image) -> list[str]:
    """Return which kinds of metadata an opened picture has."""
    kinds = {"EXIF": ("exif",), "XMP": XMP_KEYS, "comment": ("comment",)}
    return [name for name, keys in kinds.items() if any(image.info.get(key) for key in keys)]
