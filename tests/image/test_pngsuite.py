"""PngSuite: every kind of PNG that there is, and some that are broken."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gicodec.errors import ImageError
from gicodec.image.read import read_image

PNGSUITE = Path(__file__).parents[3] / "shared" / "data" / "pngsuite"
GRAY_TYPES = (0, 4)  # of PNG's colors; the others are 2, 3 and 6


def pngsuite() -> list[Path]:
    return sorted(PNGSUITE.glob("*.png"))


@pytest.mark.skipif(not PNGSUITE.is_dir(), reason="PngSuite is not there")
@pytest.mark.parametrize("path", pngsuite(), ids=lambda path: str(path.stem))
def test_pngsuite(path: Path) -> None:
    if path.name.startswith("x"):
        with pytest.raises(ImageError):
            read_image(path)
        return
    picture, warnings = read_image(path)
    depth, is_gray = int(path.stem[-2:]), path.read_bytes()[25] in GRAY_TYPES
    assert picture.bits == max(8, depth)
    assert picture.samples.shape == (picture.height, picture.width, 1 if is_gray else 3)
    with Image.open(path) as image:
        gray_deep = depth == 16 and image.mode.startswith("I")
        rgba = np.asarray(image.convert("RGBA"))
    alpha = np.full((picture.height, picture.width), 255) if picture.alpha is None else picture.alpha
    if not gray_deep:  # Pillow would clip; of other 16 bits it keeps the first 8
        colors = picture.samples >> 8 if depth == 16 else picture.samples
        np.testing.assert_array_equal(colors, rgba[..., : colors.shape[2]])
        assert abs(alpha.astype(int) - rgba[..., 3]).max() <= (depth == 16)
    assert set(warnings) & {"alpha reduced to 8 bits", "16-bit samples reduced to 8 bits"} <= (
        {"alpha reduced to 8 bits"} if depth == 16 and picture.alpha is not None else set()
    )
