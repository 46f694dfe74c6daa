"""The error of a picture that a layer of cosines will be added to.

A coefficient that the layer will code anyway costs bits that grow slowly with it, and one below half a step
costs its square. So where there will be a layer, what Gaussians minimize is no sum of squares but the Huber
loss of the coefficients of what they leave: squares of small ones, magnitudes of large ones (Huber, 1964).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gicodec.quantize import TRANSFORM
from gicodec.texture.cosines import Array, from_lattice, mixed, to_lattice


@dataclass(frozen=True)
class Huber:
    """A Huber loss, and when what it makes of an error is computed anew."""

    threshold: float
    """Up to which coefficients count as squares."""
    every: int
    """Iterations from one time to the next."""

    def is_due(self, iteration: int) -> bool:
        """Tell whether it is time; at first there is no error yet."""
        return iteration > 0 and iteration % self.every == 0

    def ease(self, error: Array, threads: int) -> Array:
        """Return what has the loss's gradient in place of an error [3, H, W].

        Less error, that is: where squares are minimized instead, of this error less the difference, the loss
        falls, too, for they are never below it.
        """
        _, height, width = error.shape
        lattice = to_lattice(mixed(error, TRANSFORM, threads), threads)
        np.clip(lattice, -self.threshold, self.threshold, out=lattice)
        return mixed(from_lattice(lattice, height, width, threads), TRANSFORM.T, threads)
