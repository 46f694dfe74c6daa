"""N anisotropic 2D Gaussians with C color channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gicodec.format.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Gaussians:
    """N Gaussians in pixels of the coded picture. The origin is the top left corner, x points right, y down.

    The standard deviations along the longer and the shorter axis are ``exp(m + r)`` and ``exp(m - r)``.
    """

    centers: FloatArray
    """[N, 2] (x, y), pixels."""
    log_sizes: FloatArray
    """[N] m, natural logarithm of the geometric mean of the two standard deviations in pixels."""
    log_elongations: FloatArray
    """[N] r >= 0, half the natural logarithm of their ratio."""
    angles: FloatArray
    """[N] theta, direction of the longer axis, radians from x towards y."""
    colors: FloatArray
    """[N, C], unbounded; samples of a picture are 0 to 1."""
    waves: FloatArray | None = None
    """[N, 4] (A, B, kx, ky), or None if no Gaussian carries a wave. ``A cos(k . d) + B sin(k . d)`` is added
    to every channel of the color; d is the offset from the center in pixels, k is in radians per pixel."""

    @classmethod
    def of_covariances(cls, centers: FloatArray, covariances: FloatArray, colors: FloatArray) -> Gaussians:
        """Convert from covariances [N, 3] (xx, xy, yy), pixels^2. Only positive definite ones are drawn."""
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

    @classmethod
    def joined(cls, parts: Sequence[Gaussians]) -> Gaussians:
        """Return all of one or more."""
        fields = ("centers", "log_sizes", "log_elongations", "angles", "colors")
        waves = None
        if any(part.waves is not None for part in parts):
            none = [np.zeros((part.n_gaussians, 4)) for part in parts]
            given = zip(parts, none, strict=True)
            waves = np.concatenate([zeros if part.waves is None else part.waves for part, zeros in given])
        columns = {field: np.concatenate([getattr(part, field) for part in parts]) for field in fields}
        return cls(**columns, waves=waves)

    def moved(self, x: float, y: float) -> Gaussians:
        """Return them at another place, so many pixels to the right and down."""
        return replace(self, centers=self.centers + np.array([x, y]))

    @property
    def n_gaussians(self) -> int:
        """Number of Gaussians."""
        return len(self.centers)

    def covariances(self) -> FloatArray:
        """Return the covariances [N, 3] (xx, xy, yy), pixels^2."""
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # a hostile file may overflow; such Gaussians are not drawn
            return self._covariances()

    def _covariances(self) -> FloatArray:
        area = np.exp(2 * self.log_sizes)
        round_part = area * np.cosh(2 * self.log_elongations)
        long_part = area * np.sinh(2 * self.log_elongations)
        along_x = long_part * np.cos(2 * self.angles)
        along_xy = long_part * np.sin(2 * self.angles)
        return np.stack([round_part + along_x, along_xy, round_part - along_x], axis=1)
