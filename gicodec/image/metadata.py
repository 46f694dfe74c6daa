"""EXIF and XMP: what is kept of them. Orientation never is, as pixels are upright; GPS if it is asked for."""

from __future__ import annotations

import re

from PIL import Image

from gicodec.errors import one_line

ORIENTATION, GPS = 0x0112, 0x8825  # EXIF tags
EXIF_HEAD = b"Exif\0\0"  # in JPEG, before EXIF itself
XMP_KEYS = ("xmp", "XML:com.adobe.xmp")
XMP_GPS = (  # attributes, elements, empty elements, of any prefix
    r"""\s[\w.-]+:GPS\w*\s*=\s*("[^"]*"|'[^']*')|<([\w.-]+:GPS\w*)\b[^>]*?(?<!/)>.*?</\2\s*>|<[\w.-]+:GPS\w*\b[^>]*/>"""
)
XMP_ORIENTATION = r"""(tiff:Orientation\s*(?:=\s*["']|>\s*))[2-8]"""


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
        exif = Image.Exif()  # a copy: the image keeps its own
        exif.load(image.getexif().tobytes())
        exif.pop(ORIENTATION, None)
        if not gps:
            exif.pop(GPS, None)
        return exif.tobytes().removeprefix(EXIF_HEAD) if len(exif) else None
    except Exception:  # of many types; orientation_of() has warned
        return None


def xmp_of(image: Image.Image, *, gps: bool) -> bytes | None:
    """Return the XMP of an opened picture; None if there is none, or a place cannot be taken out of it."""
    found = next((image.info[key] for key in XMP_KEYS if image.info.get(key)), None)
    if found is None:
        return None
    try:
        packet: str = found if isinstance(found, str) else found.decode("utf-8")
    except UnicodeDecodeError:
        return found if gps else None
    packet = re.sub(XMP_ORIENTATION, r"\g<1>1", packet)
    if not gps:
        packet = re.sub(XMP_GPS, "", packet, flags=re.DOTALL)
        if "GPS" in packet.upper().replace("EXIF:GPSVERSION", ""):
            return None
    return packet.encode()


def names_of_metadata(image: Image.Image) -> list[str]:
    """Return which kinds of metadata an opened picture has."""
    kinds = {"EXIF": ("exif",), "XMP": XMP_KEYS, "comment": ("comment",)}
    return [name for name, keys in kinds.items() if any(image.info.get(key) for key in keys)]
