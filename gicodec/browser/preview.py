"""What to show of a fit while it goes on: the picture, small, and the largest of its Gaussians."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

import numpy as np

from gicodec.format import Header, Kernel
from gicodec.gaussians import Gaussians
from gicodec.image.picture import Picture
from gicodec.image.samples import to_samples
from gicodec.image.write import encode_image
from gicodec.render import View, render
from gicodec.render.reduce import base_color

LONGEST = 640  # pixels of a side
MAX_ELLIPSES = 3000  # more are a tangle


@dataclass(frozen=True)
class Snapshot:
    """Gaussians of method gsi under way."""

    gaussians: Gaussians
    header: Header
    """Of the picture, with the color that Gaussians are added to."""

    def png(self) -> bytes:
        """Draw them: a PNG file, reduced to at most LONGEST pixels a side."""
        header = self.header
        scale = min(1.0, LONGEST / max(header.width, header.height))
        width, height = (max(1, round(side * scale)) for side in (header.width, header.height))
        view = View(width, height, width / header.width, height / header.height)
        image = render(self.gaussians, view, Kernel.COMPACT) + base_color(header)[:, None, None]
        return encode_image(Picture(to_samples(image, 8)), "png")

    def ellipses(self) -> str:
        """Return the largest Gaussians, as ellipses at one standard deviation.

        Returns:
            (x, y, longer and shorter radius, angle) in shares of the picture's width, and radians: little
            endian float32, in base64.
        """
        g = self.gaussians
        chosen = np.argsort(-g.log_sizes, kind="stable")[:MAX_ELLIPSES]
        sizes, elongations = g.log_sizes[chosen], g.log_elongations[chosen]
        radii = np.exp(sizes + elongations), np.exp(sizes - elongations)
        lengths = np.column_stack([g.centers[chosen], *radii]) / self.header.width
        numbers = np.column_stack([lengths, g.angles[chosen]])
        return b64encode(numbers.astype("<f4").tobytes()).decode("ascii")
