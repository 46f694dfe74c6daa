"""Other formats at a given size: the best quality that Pillow can write in so many bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, features

from gicodec.image.color import profile_of
from gicodec.image.picture import Picture
from gicodec.image.write import to_pillow

SETTINGS: dict[str, dict[str, Any]] = {
    "JPEG": {"optimize": True, "progressive": True},
    "WEBP": {"method": 6},
    "AVIF": {"speed": 6},
}
NAMES = {"JPEG": "JPEG", "WEBP": "WebP", "AVIF": "AVIF"}
QUALITIES = range(101)
BEST_OF_JPEG = 95  # beyond, a file only grows


@dataclass(frozen=True)
class OtherFile:
    """A picture in another format."""

    name: str
    """Of the format."""
    mime_type: str
    data: bytes
    quality: int
    """Pillow's."""
    decoded: Picture
    """What it decodes to."""


def formats() -> list[str]:
    """Return which of the formats this Pillow writes."""
    return [name for name in SETTINGS if name == "JPEG" or features.check(name.lower())]


def write_within(picture: Picture, format: str, n_bytes: int) -> OtherFile:
    """Write an opaque picture as well as so many bytes allow; where none are enough, as small as can be."""
    image = to_pillow(picture)
    profile = profile_of(picture.color_space, picture.metadata.profile)

    def write(quality: int) -> bytes:
        stream = io.BytesIO()
        fields = {} if profile is None else {"icc_profile": profile}
        image.save(stream, format, quality=quality, **SETTINGS[format], **fields)
        return stream.getvalue()

    worst, end = 0, (BEST_OF_JPEG if format == "JPEG" else QUALITIES[-1]) + 1
    data = write(worst)
    while end - worst > 1:
        middle = (worst + end) // 2
        tried = write(middle)
        if len(tried) <= n_bytes:
            worst, data = middle, tried
        else:
            end = middle
    with Image.open(io.BytesIO(data)) as decoded:
        samples = np.array(decoded.convert(image.mode)).reshape(picture.samples.shape)
    return OtherFile(NAMES[format], f"image/{format.lower()}", data, worst, Picture(samples))
