"""Parts of a real photograph, for the tests of everything that encodes."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

PHOTOGRAPH = Path(__file__).parents[1] / "examples" / "images" / "kodim23.png"


@cache
def photograph(width: int = 64, height: int = 48) -> Pixels:
    """A parrot's eye and striped cheek, and what is right of and below them."""
    with Image.open(PHOTOGRAPH) as image:
        pixels = np.array(image.convert("RGB").crop((120, 190, 120 + width, 190 + height)))
    pixels.flags.writeable = False  # every test has the same ones
    return pixels


def texture(width: int = 64, height: int = 48) -> Pixels:
    """The same behind gray stripes of 3.2 pixels a period, which fade towards the edges."""
    y, x = np.mgrid[:height, :width] + 0.5
    x, y = x - 0.6 * width, y - 0.5 * height
    window = np.exp(-((2.7 * x / width) ** 2) - (2.7 * y / height) ** 2)[:, :, None]
    stripes = 128 + 60 * np.sin(1.8 * x + 0.8 * y)[:, :, None]
    return np.asarray((1 - window) * photograph(width, height) + window * stripes, np.uint8)
