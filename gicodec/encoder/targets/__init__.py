"""What an encoding aims at: a size, a PSNR, a quality, or a number of Gaussians."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.targets.base import Target
from gicodec.encoder.targets.gaussian_count import GaussianCountTarget
from gicodec.encoder.targets.psnr import PsnrTarget
from gicodec.encoder.targets.quality import QualityTarget
from gicodec.encoder.targets.size import SizeTarget
from gicodec.format import Header
from gicodec.options import EncodeOptions

TARGETS: dict[str, type[Target]] = {
    "bpp": SizeTarget,
    "target_size": SizeTarget,
    "psnr": PsnrTarget,
    "quality": QualityTarget,
    "gaussians": GaussianCountTarget,
}
"""By the name of the option, as in options.TARGETS."""


def target_of(options: EncodeOptions, pixels: NDArray[np.uint8], header: Header) -> Target:
    """Return the target of an encoding.

    Raises:
        TargetError: No file of this picture can meet it.
    """
    kind, _ = options.target
    return TARGETS[kind].from_options(options, pixels, header)
