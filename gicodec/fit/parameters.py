"""What is optimized: a tensor [N, 9 + C] with the columns x, y, m, u, v, those of a wave, and the colors.

The shape of a Gaussian is the logarithm of its covariance, ``log Sigma = 2m I + 2 [[u, v], [v, -u]]``:
u = r cos 2 theta, v = r sin 2 theta in the words of ``Gaussians``. Unlike (r, theta) it has no
singularity at a circle, every value is a valid covariance, and equal steps are about equally far
(the log-Euclidean metric of Arsigny et al., doi:10.1002/mrm.20965).

A wave is A, B, kx, ky as in ``Gaussians``; a Gaussian without one has A = B = 0. A center takes its wave's
phase along with the picture, not with itself: when it moves, A and B turn so that the oscillation stays where
it is. Without that a wave can only follow by unlearning it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gicodec.gaussians import Gaussians
from gicodec.render import Splats

X, Y, SIZE, U, V, A, B, KX, KY, COLOR = range(10)  # columns; colors are COLOR and beyond
SHAPE, AMPLITUDES, FREQUENCIES, WAVE = slice(SIZE, A), slice(A, KX), slice(KX, COLOR), slice(A, COLOR)
MAX_FREQUENCY = torch.pi  # radians a pixel: what the grid of pixels can hold
MAX_ELONGATION = 3.0  # of r: an axis ratio of 400, beyond which a float32 conic is no longer definite


def to_gaussians(parameters: Tensor) -> Gaussians:
    """Convert parameters [N, 9 + C] to Gaussians."""
    values = parameters.detach().cpu().double()
    u, v = values[:, U], values[:, V]
    return Gaussians(
        centers=values[:, :SIZE].numpy(),
        log_sizes=values[:, SIZE].numpy(),
        log_elongations=torch.hypot(u, v).numpy(),
        angles=(torch.atan2(v, u) / 2).remainder(torch.pi).numpy(),
        colors=values[:, COLOR:].numpy(),
        waves=values[:, WAVE].numpy() if has_wave(values).any() else None,
    )


def all_but(n: int, rows: Tensor) -> Tensor:
    """Return a mask [n] that is true but for some rows [K]."""
    mask = torch.ones(n, dtype=torch.bool)
    mask[rows] = False
    return mask


def has_wave(parameters: Tensor) -> Tensor:
    """Tell which of the parameters [N, 9 + C] have a wave: a mask [N]."""
    return (parameters[:, AMPLITUDES] != 0).any(dim=1)


def keep_phases(parameters: Tensor, moves: Tensor) -> None:
    """Turn A and B, in place, so that oscillations stay where they are.

    Args:
        parameters: [N, 9 + C].
        moves: Of the centers, [N, 2], pixels.
    """
    phase = (parameters[:, FREQUENCIES] * moves).sum(dim=1)
    cos, sin = phase.cos(), phase.sin()
    a, b = parameters[:, AMPLITUDES].unbind(1)
    parameters[:, A], parameters[:, B] = a * cos + b * sin, b * cos - a * sin


def limit_elongation(parameters: Tensor) -> None:
    """Bring r of parameters [N, 9 + C] back to at most MAX_ELONGATION, in place."""
    shape = parameters[:, U:A]
    shape.mul_((MAX_ELONGATION / shape.norm(dim=1, keepdim=True)).clamp_(max=1.0))


def limit_frequency(parameters: Tensor) -> None:
    """Bring frequencies of parameters [N, 9 + C] back to at most MAX_FREQUENCY, in place."""
    frequencies = parameters[:, FREQUENCIES]
    frequencies.mul_((MAX_FREQUENCY / frequencies.norm(dim=1, keepdim=True)).clamp_(max=1.0))


Root = tuple[Tensor, Tensor, Tensor]
"""The (xx, xy, yy) of symmetric matrices, [N] each."""


def root_covariances(parameters: Tensor) -> Root:
    """Return the square roots of the covariances of parameters [N, 9 + C], pixels."""
    size = parameters[:, SIZE].exp()
    r, cos, sin = _polar(parameters[:, U], parameters[:, V])
    round_part, long_part = size * r.cosh(), size * r.sinh()
    along_x = long_part * cos
    return round_part + along_x, long_part * sin, round_part - along_x


def inverse_roots(parameters: Tensor, roots: Root) -> Root:
    """Return the inverses of the square roots of the covariances, one over pixels."""
    (xx, xy, yy), inverse = roots, 1 / parameters[:, SIZE].exp().square()
    return yy * inverse, -xy * inverse, xx * inverse


class InverseCovariances(NamedTuple):
    """Inverse covariances, as ``round_part I - long_part [[cos, sin], [sin, -cos]]``; [N] each."""

    cos: Tensor
    """Of 2 theta."""
    sin: Tensor
    round_part: Tensor
    long_part: Tensor
    r: Tensor

    @classmethod
    def of(cls, parameters: Tensor) -> InverseCovariances:
        """Invert the covariances of parameters [N, 9 + C]."""
        size, u, v = parameters[:, SHAPE].unbind(1)
        r, cos, sin = _polar(u, v)
        scale, twice = (-2 * size).exp_(), 2 * r
        return cls(cos, sin, scale * twice.cosh(), scale * twice.sinh(), r)


def conics(parameters: Tensor) -> Tensor:
    """Return the inverse covariances [N, 3] (a, b, c) of parameters [N, 9 + C], pixels^-2."""
    return conics_of(InverseCovariances.of(parameters))


def conics_of(inverse: InverseCovariances) -> Tensor:
    """Return inverse covariances as an engine takes them, [N, 3] (a, b, c)."""
    cos, sin, round_part, long_part, _ = inverse
    return torch.stack([round_part - long_part * cos, -long_part * sin, round_part + long_part * cos], dim=1)


def pull_back(parameters: Tensor, inverse: InverseCovariances, by: Splats[Tensor]) -> Tensor:
    """Turn gradients by what the engine takes into the gradient [N, 9 + C] by the parameters."""
    cos, sin, round_part, long_part, r = inverse
    by_a, by_b, by_c = by.conics.unbind(1)
    total = by_a + by_c
    difference = by_c - by_a
    along = difference * cos - by_b * sin  # by the part that grows with r
    across = -difference * sin - by_b * cos  # by its turning
    by_size = -2 * (total * round_part + along * long_part)
    by_r = 2 * (total * long_part + along * round_part)
    turn = across * long_part / r
    by_shape = torch.stack([by_size, cos * by_r - sin * turn, sin * by_r + cos * turn], dim=1)
    by_centers, by_waves = by.centers, by.waves
    if by_waves is None:
        by_waves = torch.zeros_like(parameters[:, WAVE])
    else:
        turned = parameters[:, B] * by_waves[:, 0] - parameters[:, A] * by_waves[:, 1]  # see keep_phases
        by_centers = by_centers + parameters[:, FREQUENCIES] * turned[:, None]
    return torch.cat([by_centers, by_shape, by_waves, by.colors], dim=1)


def _polar(u: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return r = |(u, v)|, and the cosine and sine of 2 theta."""
    r = torch.hypot(u, v)
    u = torch.where(r < 1e-6, 1e-6, u)  # a circle has no direction: any will do, but none gives no gradient
    r.clamp_(min=1e-6)
    return r, u / r, v / r
