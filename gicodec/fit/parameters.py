"""What is optimized: an array [N, 9 + C] with the columns x, y, m, u, v, those of a wave, and the colors.

The shape of a Gaussian is the logarithm of its covariance, ``log Sigma = 2m I + 2 [[u, v], [v, -u]]``:
u = r cos 2 theta, v = r sin 2 theta in the words of ``Gaussians``. Unlike (r, theta) it has no
singularity at a circle, every value is a valid covariance, and equal steps are about equally far
(the log-Euclidean metric of Arsigny et al., doi:10.1002/mrm.20965).

A wave is A, B, kx, ky as in ``Gaussians``; a Gaussian without one has A = B = 0. A center takes its wave's
phase along with the picture, not with itself: when it moves, A and B turn so that the oscillation stays where
it is. Without that a wave can only follow by unlearning it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gicodec.gaussians import Gaussians
from gicodec.render import Splats
from gicodec.render.cpu import Array

Mask = NDArray[np.bool_]

X, Y, SIZE, U, V, A, B, KX, KY, COLOR = range(10)  # columns; colors are COLOR and beyond
SHAPE, AMPLITUDES, FREQUENCIES, WAVE = slice(SIZE, A), slice(A, KX), slice(KX, COLOR), slice(A, COLOR)
MAX_FREQUENCY = math.pi  # radians a pixel: what the grid of pixels can hold
MAX_ELONGATION = 3.0  # of r: an axis ratio of 400, beyond which a float32 conic is no longer definite


def to_gaussians(parameters: Array) -> Gaussians:
    """Convert parameters [N, 9 + C] to Gaussians."""
    values = parameters.astype(np.float64)
    u, v = values[:, U], values[:, V]
    return Gaussians(
        centers=values[:, :SIZE],
        log_sizes=values[:, SIZE],
        log_elongations=np.hypot(u, v),
        angles=np.arctan2(v, u) / 2 % math.pi,
        colors=values[:, COLOR:],
        waves=values[:, WAVE] if has_wave(parameters).any() else None,
    )


def all_but(n: int, rows: NDArray[np.intp]) -> Mask:
    """Return a mask [n] that is true but for some rows [K]."""
    mask = np.ones(n, bool)
    mask[rows] = False
    return mask


def has_wave(parameters: Array) -> Mask:
    """Tell which of the parameters [N, 9 + C] have a wave: a mask [N]."""
    return np.asarray((parameters[:, AMPLITUDES] != 0).any(axis=1))


def keep_phases(parameters: Array, moves: Array) -> None:
    """Turn A and B, in place, so that oscillations stay where they are.

    Args:
        parameters: [N, 9 + C].
        moves: Of the centers, [N, 2], pixels.
    """
    phase = (parameters[:, FREQUENCIES] * moves).sum(axis=1)
    cos, sin = np.cos(phase), np.sin(phase)
    a, b = parameters[:, AMPLITUDES].T.copy()
    parameters[:, A], parameters[:, B] = a * cos + b * sin, b * cos - a * sin


def limit_elongation(parameters: Array) -> None:
    """Bring r of parameters [N, 9 + C] back to at most MAX_ELONGATION, in place."""
    _shorten(parameters[:, U:A], MAX_ELONGATION)


def limit_length(parameters: Array, longest: float) -> None:
    """Bring standard deviations of parameters [N, 9 + C] back to at most so many pixels, in place.

    That is exp(m + r), along the longer axis; the other one stays.
    """
    m, r = parameters[:, SIZE].copy(), np.hypot(parameters[:, U], parameters[:, V])
    most = np.float32(math.log(longest))
    rows = np.flatnonzero(m + r > most)
    least = np.minimum(m[rows] - r[rows], most)
    parameters[rows, SIZE] = (most + least) / 2
    shrunk = (most - least) / 2 / np.maximum(r[rows], np.float32(1e-9))
    parameters[rows, U] *= shrunk
    parameters[rows, V] *= shrunk


def limit_frequency(parameters: Array) -> None:
    """Bring frequencies of parameters [N, 9 + C] back to at most MAX_FREQUENCY, in place."""
    _shorten(parameters[:, FREQUENCIES], MAX_FREQUENCY)


Root = tuple[Array, Array, Array]
"""The (xx, xy, yy) of symmetric matrices, [N] each."""


def root_covariances(parameters: Array) -> Root:
    """Return the square roots of the covariances of parameters [N, 9 + C], pixels."""
    size = np.exp(parameters[:, SIZE])
    r, cos, sin = _polar(parameters[:, U], parameters[:, V])
    round_part, long_part = size * np.cosh(r), size * np.sinh(r)
    along_x = long_part * cos
    return round_part + along_x, long_part * sin, round_part - along_x


def inverse_roots(parameters: Array, roots: Root) -> Root:
    """Return the inverses of the square roots of the covariances, one over pixels."""
    (xx, xy, yy), inverse = roots, np.exp(-2 * parameters[:, SIZE])
    return yy * inverse, -xy * inverse, xx * inverse


class InverseCovariances(NamedTuple):
    """Inverse covariances, as ``round_part I - long_part [[cos, sin], [sin, -cos]]``; [N] each."""

    cos: Array
    """Of 2 theta."""
    sin: Array
    round_part: Array
    long_part: Array
    r: Array

    @classmethod
    def of(cls, parameters: Array) -> InverseCovariances:
        """Invert the covariances of parameters [N, 9 + C]."""
        size, u, v = parameters[:, SHAPE].T
        r, cos, sin = _polar(u, v)
        scale = np.exp(-2 * size)
        return cls(cos, sin, scale * np.cosh(2 * r), scale * np.sinh(2 * r), r)


def conics(parameters: Array) -> Array:
    """Return the inverse covariances [N, 3] (a, b, c) of parameters [N, 9 + C], pixels^-2."""
    return conics_of(InverseCovariances.of(parameters))


def conics_of(inverse: InverseCovariances) -> Array:
    """Return inverse covariances as an engine takes them, [N, 3] (a, b, c)."""
    cos, sin, round_part, long_part, _ = inverse
    return np.stack([round_part - long_part * cos, -long_part * sin, round_part + long_part * cos], axis=1)


def pull_back(parameters: Array, inverse: InverseCovariances, by: Splats[Array]) -> Array:
    """Turn gradients by what the engine takes into the gradient [N, 9 + C] by the parameters."""
    cos, sin, round_part, long_part, r = inverse
    by_a, by_b, by_c = by.conics.T
    total = by_a + by_c
    difference = by_c - by_a
    along = difference * cos - by_b * sin  # by the part that grows with r
    across = -difference * sin - by_b * cos  # by its turning
    by_size = -2 * (total * round_part + along * long_part)
    by_r = 2 * (total * long_part + along * round_part)
    turn = across * long_part / r
    by_shape = np.stack([by_size, cos * by_r - sin * turn, sin * by_r + cos * turn], axis=1)
    by_centers, by_waves = by.centers, by.waves
    if by_waves is None:
        by_waves = np.zeros_like(parameters[:, WAVE])
    else:
        turned = parameters[:, B] * by_waves[:, 0] - parameters[:, A] * by_waves[:, 1]  # see keep_phases
        by_centers = by_centers + parameters[:, FREQUENCIES] * turned[:, None]
    return np.concatenate([by_centers, by_shape, by_waves, by.colors], axis=1)


def _polar(u: Array, v: Array) -> tuple[Array, Array, Array]:
    """Return r = |(u, v)|, and the cosine and sine of 2 theta."""
    u, r = u.copy(), np.asarray(np.hypot(u, v))
    u[r < 1e-6] = 1e-6  # a circle has no direction: any will do, but none gives no gradient
    np.maximum(r, 1e-6, out=r)
    return r, u / r, v / r


def _shorten(vectors: Array, longest: float) -> None:
    """Bring vectors [N, 2] back to a length, in place."""
    lengths = np.hypot(*vectors.T)[:, None]
    vectors *= longest / np.maximum(lengths, longest)
