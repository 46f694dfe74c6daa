"""A page that compares: the original, a .gsi file, and other formats of as many bytes, under a slider."""

from __future__ import annotations

import math
from dataclasses import replace

from gicodec.browser.template import caption_of, filled, script_of_bundle, script_of_bytes, script_of_json
from gicodec.codec import decode
from gicodec.compare import psnr_of
from gicodec.format.constants import ColorSpace
from gicodec.image.at_size import formats, write_within
from gicodec.image.picture import Picture
from gicodec.image.samples import to_8_bits
from gicodec.image.write import WHITE, encode_image
from gicodec.options import DecodeOptions


def comparison_page(original: Picture, data: bytes, name: str) -> str:
    """Return a page that compares a .gsi file with its original, and with JPEG, WebP, and AVIF.

    They are the best that Pillow writes in as many bytes. Pictures with alpha are compared on white, and
    those with a profile as if they were sRGB, all alike: the decoder of the page does not convert colors.

    Raises:
        GsiError: The file cannot be decoded.
        OptionError: The original has another size.
    """
    shown, decoded = _opaque(original), _opaque(decode(data, DecodeOptions()))
    entries = [
        _entry("gsi", "", data, psnr_of(shown, decoded)),
        _entry("original", "image/png", encode_image(shown, "png"), None),
    ]
    for format in formats():
        file = write_within(shown, format, len(data))
        label = f"{file.name}, quality {file.quality}"
        entries.append(_entry(label, file.mime_type, file.data, psnr_of(shown, file.decoded)))
    parts = {"entries": script_of_json(entries), "bundle": script_of_bundle()}
    return filled("compare.html", {"name": name, "caption": caption_of(data)}, parts)


def _opaque(picture: Picture) -> Picture:
    """Return what is seen on white, with 8 bits."""
    seen = picture.over(WHITE)
    metadata = replace(seen.metadata, profile=None)
    color_space = ColorSpace.SRGB if seen.color_space is ColorSpace.PROFILE else seen.color_space
    return replace(seen, samples=to_8_bits(seen.samples), color_space=color_space, metadata=metadata)


def _entry(label: str, mime_type: str, data: bytes, psnr: float | None) -> dict[str, object]:
    """Return what the page knows of a picture; without a type, it is a .gsi file."""
    quality = "" if psnr is None else "exact" if math.isinf(psnr) else f"{psnr:.2f} dB"
    file = {"type": mime_type, "data": script_of_bytes(data)}
    return {"label": label, "psnr": quality, "bytes": len(data), **file}
