"""Whether a picture is one for a lossless format: of few colors, text, or small already."""

from __future__ import annotations

import io
import math

from gicodec.image.picture import Picture
from gicodec.image.write import to_pillow

MAX_PIXELS = 2**22  # of pictures that are tried: a tenth of a second
POOR = 30.0  # dB
MAX_RATIO, MAX_RATIO_OF_POOR = 1.5, 3.0  # a lossless file of so many times the bytes is the better one


def better_lossless(picture: Picture, n_bytes: int, psnr: float) -> int | None:
    """Return the bytes of a lossless WebP file, if that is better than a file of so many bytes and dB.

    A smaller file that is exact is never worse.
    """
    if (
        picture.width * picture.height > MAX_PIXELS
        or max(picture.width, picture.height) > 16383
        or picture.bits > 8
    ):
        return None
    stream = io.BytesIO()
    to_pillow(picture).save(stream, "WEBP", lossless=True, quality=75, method=1)
    size = len(stream.getvalue())
    ratio = MAX_RATIO_OF_POOR if psnr < POOR else MAX_RATIO if psnr < math.inf else 1
    return size if size < ratio * n_bytes else None
