"""A picture on its way into a file: what encoders need of it, whatever their method."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gicodec.format import Header
from gicodec.format.alpha.prediction import Plane
from gicodec.format.constants import OPAQUE
from gicodec.image.picture import Picture
from gicodec.image.samples import Pixels, as_target
from gicodec.metrics import psnr
from gicodec.render.cpu import Array
from gicodec.render.reduce import base_color

BASE_SHARE = 0.25  # of the pixels: a color that more have is what the others are added to
MAX_LOOKED_AT = 2**16  # pixels


@dataclass(frozen=True, eq=False)
class Source:
    """A picture, and what its file will have beside Gaussians."""

    picture: Picture
    opacity: Plane | None = None
    """[H, W], alpha as a reader will see it; None: every pixel is opaque."""
    n_other_bytes: int = 0
    """Of all sections but HEADER and GAUSSIANS."""
    longest: float = math.inf
    """Standard deviation that Gaussians may have, pixels."""

    @property
    def header(self) -> Header:
        """The header of a file of method gsi."""
        picture = self.picture
        return Header(
            picture.width,
            picture.height,
            channels=picture.samples.shape[2],
            bit_depth=picture.bits,
            color_space=picture.color_space,
            base=self.base,
        )

    @cached_property
    def base(self) -> tuple[int, ...] | None:
        """The one color that much of the picture has, as a page has; None: there is none, or it is black."""
        samples, alpha = self.picture.samples, self.picture.alpha
        shown = samples.reshape(-1, samples.shape[2]) if alpha is None else samples[alpha > 0]
        stride = -(-len(shown) // MAX_LOOKED_AT) or 1
        while math.gcd(stride, self.picture.width) > 1:  # or it would see some columns only
            stride += 1
        looked_at = shown[::stride]
        shifts = 16 * np.arange(looked_at.shape[1])[::-1]
        colors, counts = np.unique((looked_at.astype(np.int64) << shifts).sum(axis=1), return_counts=True)
        if not len(counts) or counts.max() <= BASE_SHARE * len(looked_at):
            return None
        color = int(colors[counts.argmax()])
        return tuple(color >> int(shift) & 0xFFFF for shift in shifts) if color else None

    @cached_property
    def weights(self) -> Array | None:
        """How much the error of a color counts, [H, W]: the square of its opacity; None: all alike."""
        return self._weights()

    def _weights(self) -> Array | None:
        return None if self.opacity is None else np.square(self.opacity / np.float32(OPAQUE))

    @cached_property
    def is_flat(self) -> bool:
        """Whether the base is all that there is to see."""
        return not self.target.any()

    @cached_property
    def target(self) -> Array:
        """What the Gaussians are to add up to, [3, H, W]: the picture less its base."""
        return self._target()

    def _target(self) -> Array:
        return as_target(self.colors) - base_color(self.header)[:, None, None]

    @cached_property
    def colors(self) -> Pixels:
        """The samples with three channels, [H, W, 3]: gray is a color of three equal ones.

        What is hidden under full transparency is replaced by the mean of what is not: it changes no file.
        """
        samples, alpha = self.picture.samples, self.picture.alpha
        if alpha is not None and (hidden := alpha == 0).any() and not hidden.all():
            samples = samples.copy()
            samples[hidden] = np.rint(samples[~hidden].mean(axis=0, dtype=np.float64)).astype(samples.dtype)
        return np.repeat(samples, 3, axis=2) if samples.shape[2] == 1 else samples

    def psnr(self, samples: Pixels) -> float:
        """Compare decoded samples [H, W, C] with the picture: the dB of colors times alpha."""
        if self.opacity is None:
            return psnr(self.picture.samples, samples)
        decoded = replace(self.picture, samples=samples, alpha=self.opacity)
        return psnr(self.picture.over_black(), decoded.over_black())
