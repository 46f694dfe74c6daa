"""A picture in memory: what readers make, the codec takes and gives, and writers take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gicodec.errors import OptionError
from gicodec.format.constants import OPAQUE, ColorSpace
from gicodec.format.sections import NO_METADATA, Metadata
from gicodec.image.samples import Pixels, bits_of


@dataclass(frozen=True, eq=False)
class Picture:
    """Samples, how opaque they are, and what they mean.

    Raises:
        OptionError: Arrays have other shapes or types than these.
    """

    samples: Pixels
    """[H, W, C], uint8 or uint16: gray, or red, green and blue, not multiplied by alpha."""
    alpha: NDArray[np.uint8] | None = None
    """[H, W], 255 for opaque; None: every pixel is."""
    color_space: ColorSpace = ColorSpace.SRGB
    metadata: Metadata = NO_METADATA

    def __post_init__(self) -> None:
        shape, kind = self.samples.shape, self.samples.dtype
        if len(shape) != 3 or shape[2] not in (1, 3) or 0 in shape or kind not in (np.uint8, np.uint16):
            raise OptionError(f"samples must be uint8 or uint16 [H, W, 1 or 3], not {kind} {list(shape)}")
        if self.alpha is not None and (self.alpha.shape != shape[:2] or self.alpha.dtype != np.uint8):
            raise OptionError(
                f"alpha must be uint8 {list(shape[:2])}, not {self.alpha.dtype} {list(self.alpha.shape)}"
            )

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.samples.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.samples.shape[0])

    @property
    def bits(self) -> int:
        """Bits per sample of the colors, 8 or 16."""
        return bits_of(self.samples)

    def is_opaque(self) -> bool:
        """Tell whether every pixel is opaque."""
        return self.alpha is None or bool((self.alpha == OPAQUE).all())

    def over_black(self) -> NDArray[np.float32]:
        """Return the colors times alpha, [H, W, C], 0 to 1: what is seen on a black background."""
        colors = self.samples.astype(np.float32) / np.float32(2**self.bits - 1)
        return colors if self.alpha is None else colors * _share(self.alpha)

    def over(self, background: tuple[int, int, int]) -> Picture:
        """Return what is seen on a background of some color, 8-bit red, green and blue; an opaque picture."""
        if self.alpha is None:
            return self
        top = np.float32(2**self.bits - 1)
        alpha, below = _share(self.alpha), np.array(background, np.float32) / OPAQUE * top
        mixed = self.samples.astype(np.float32) * alpha + below * (1 - alpha)
        seen: Pixels = (mixed + np.float32(0.5)).astype(self.samples.dtype)
        if self.samples.shape[2] == 3:
            return Picture(seen, None, self.color_space, self.metadata)
        if len(set(background)) == 1:  # gray on gray
            return Picture(seen[:, :, :1], None, self.color_space, self.metadata)
        metadata = replace(self.metadata, profile=None)  # of gray, if there is one
        return Picture(seen, None, ColorSpace.SRGB, metadata)

    def as_array(self) -> Pixels:
        """Return one array: [H, W] for gray, else [H, W, 2 to 4], with alpha, if there is any, at the end."""
        if self.alpha is None:
            return self.samples[:, :, 0] if self.samples.shape[2] == 1 else self.samples
        alpha = self.alpha if self.bits == 8 else self.alpha * np.uint16(257)
        return np.concatenate([self.samples, alpha[:, :, None]], axis=2)


def joined(bands: Sequence[Picture]) -> Picture:
    """Return the picture that bands of it make, from the top."""
    if len(bands) == 1:
        return bands[0]
    alphas = [band.alpha for band in bands if band.alpha is not None]
    samples = np.concatenate([band.samples for band in bands])
    return replace(bands[0], samples=samples, alpha=np.concatenate(alphas) if alphas else None)


def _share(alpha: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how opaque pixels are, [H, W, 1], 0 to 1."""
    return alpha.astype(np.float32)[:, :, None] / np.float32(OPAQUE)
