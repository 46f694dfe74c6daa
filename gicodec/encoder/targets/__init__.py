"""What an encoding aims at: a size, a PSNR, a quality, or a number of Gaussians."""

from __future__ import annotations

from gicodec.encoder.targets.base import Target
from gicodec.encoder.targets.gaussian_count import GaussianCountTarget
from gicodec.encoder.targets.psnr import PsnrTarget
from gicodec.encoder.targets.quality import QualityTarget
from gicodec.encoder.targets.size import SizeTarget
from gicodec.options import EncodeOptions
from gicodec.source import Source

TARGETS: dict[str, type[Target]] = {
    "bpp": SizeTarget,
    "target_size": SizeTarget,
    "psnr": PsnrTarget,
    "quality": QualityTarget,
    "gaussians": GaussianCountTarget,
}
"""By the name of the option, as in options.TARGETS."""


def target_of(options: EncodeOptions, source: Source) -> Target:
    """Return the target of an encoding.

    Raises:
        TargetError: No file of this picture can meet it.
    """
    kind, _ = options.target
    return TARGETS[kind].from_options(options, source)
