"""Whether a picture is one for a lossless format: of few colors, text, or small already."""

from __future__ import annotations

import io

from gicodec.image.picture import Picture
from gicodec.image.write import to_pillow

MAX_PIXELS = 2**22  # of pictures that are tried: a tenth of a second
MAX_RATIO = 1.5  # a lossless file of so many times the bytes is the better one


def better_lossless(picture: Picture, n_bytes: int) -> int | None:
    """Return the bytes of a lossless WebP file, if a picture needs little more than so many; else None."""
    if (
        picture.width * picture.height > MAX_PIXELS
        or max(picture.width, picture.height) > 16383
        or picture.bits > 8
    ):
        return None
    stream = io.BytesIO()
    to_pillow(picture).save(stream, "WEBP", lossless=True, quality=20, method=1)
    size = len(stream.getvalue())
    return size if size <= MAX_RATIO * n_bytes else None
