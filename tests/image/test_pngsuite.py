"""PngSuite: every kind of PNG that there is, and some that are broken."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gicodec.errors import ImageError
from gicodec.image.read import read_image

PNGSUITE = Path(__file__).parents[3] / "shared" / "data" / "pngsuite"


def pngsuite() -> list[Path]:
    return sorted(PNGSUITE.glob("*.png"))


@pytest.mark.skipif(not PNGSUITE.is_dir(), reason="PngSuite is not there")
@pytest.mark.parametrize("path", pngsuite(), ids=lambda path: str(path.stem))
def test_pngsuite(path: Path) -> None:
    if path.name.startswith("x"):
        with pytest.raises(ImageError):
            read_image(path)
        return
    pixels, warnings = read_image(path)
    depth = int(path.stem[-2:])
    with Image.open(path) as image:
        gray_deep = depth == 16 and image.mode.startswith("I")
        rgba = image.convert("RGBA")
        alpha, expected = rgba.getchannel("A").getextrema(), np.asarray(rgba)[..., :3]
    if not gray_deep:  # Pillow would clip
        np.testing.assert_array_equal(pixels, expected)
        assert ("alpha channel dropped" in warnings) == (alpha != (255, 255))
    assert ("16-bit samples reduced to 8 bits" in warnings) == (depth == 16)
