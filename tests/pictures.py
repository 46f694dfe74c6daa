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
    """The same with a patch of stripes, of 3.2 pixels a period."""
    y, x = np.mgrid[:height, :width] + 0.5
    window = np.exp(-(((x - 40) / 12) ** 2) - ((y - 24) / 10) ** 2)
    light = 60 * window * np.sin(1.8 * x + 0.8 * y)
    return np.asarray(np.clip(photograph(width, height) + light[:, :, None], 0, 255), np.uint8)
