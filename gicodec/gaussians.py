"""The one structure that is passed around: N anisotropic 2D Gaussians of C channels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gicodec.format.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Gaussians:
    """Gaussians in pixels of the coded picture; origin top left, x to the right, y down.

    The standard deviations along and across a Gaussian are ``exp(m + r)`` and ``exp(m - r)``.
    """

    centers: FloatArray
    """[N, 2] (x, y), pixels."""
    log_sizes: FloatArray
    """[N] m, the log of the geometric mean of the two standard deviations in pixels."""
    log_elongations: FloatArray
    """[N] r >= 0, half the log of their ratio."""
    angles: FloatArray
    """[N] theta of the longer axis, radians from x towards y."""
    colors: FloatArray
    """[N, C], unbounded; 0 to 1 is the range of a sample."""
    waves: FloatArray | None = None
    """[N, 4] (A, B, kx, ky), or None where no Gaussian has one: ``A cos(k . d) + B sin(k . d)``, d the offset
    from the center in pixels and k in radians a pixel, is added to every channel of the color."""

    @classmethod
    def of_covariances(cls, centers: FloatArray, covariances: FloatArray, colors: FloatArray) -> Gaussians:
        """Take covariances [N, 3] (xx, xy, yy), pixels^2; what is not positive definite is not drawn."""
        xx, xy, yy = covariances.T
        with np.errstate(all="ignore"):
            half, across = (xx + yy) / 2, (xx - yy) / 2
            largest = half + np.hypot(across, xy)
            smallest = (xx * yy - xy * xy) / largest
            log_largest, log_smallest = np.log(largest), np.log(smallest)
        return cls(
            centers=centers,
            log_sizes=(log_largest + log_smallest) / 4,
            log_elongations=(log_largest - log_smallest) / 4,
            angles=np.arctan2(xy, across) / 2 % np.pi,
            colors=colors,
        )

    @property
    def n_gaussians(self) -> int:
        """How many Gaussians there are."""
        return len(self.centers)

    def covariances(self) -> FloatArray:
        """[N, 3] (xx, xy, yy), pixels^2."""
        with np.errstate(over="ignore", invalid="ignore"):  # a hostile file's; never drawn
            return self._covariances()

    def _covariances(self) -> FloatArray:
        area = np.exp(2 * self.log_sizes)
        round_part = area * np.cosh(2 * self.log_elongations)
        long_part = area * np.sinh(2 * self.log_elongations)
        along_x = long_part * np.cos(2 * self.angles)
        along_xy = long_part * np.sin(2 * self.angles)
        return np.stack([round_part + along_x, along_xy, round_part - along_x], axis=1)
