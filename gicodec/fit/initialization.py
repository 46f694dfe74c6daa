"""Where new Gaussians go, and with what size, orientation and color."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from gicodec.fit.parameters import COLOR, A

UNIFORM_SHARE = 0.1  # of the first Gaussians: flat regions need some too
MIN_SIZE, MAX_FIRST_SIZE, MAX_SIZE = 0.7, 55.0, 12.0  # pixels
ERROR_POWER = 2  # of the squared error: few go where the error is small
COLOR_SHARE = 0.5  # of what is missing at its center: neighbors bring the rest
MAX_TOGETHER = 2.0  # times what is missing: a crowd on one spot would overshoot, more with each growth
ORIENTATION_REACH = 4  # pixels on every side
ERROR_WINDOW = 3  # pixels
MIN_ELONGATION, EDGE_ELONGATION = 0.1, 1.0  # of r: anywhere, and more on a perfect edge


def initial_rows(target: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """Return n rows [n, 9 + C] for an empty picture: dense where the target [C, H, W] changes."""
    magnitude = _gradient_magnitude(target.mean(0))
    total = magnitude.sum()
    uniform = torch.full_like(magnitude, 1 / magnitude.numel())
    share = UNIFORM_SHARE if total > 0 else 1.0
    density = share * uniform + (1 - share) * magnitude / total.clamp(min=1e-12)
    return _place(target, density, n, n, MAX_FIRST_SIZE, generator)


def rows_at_errors(residual: Tensor, n: int, n_after: int, generator: torch.Generator) -> Tensor:
    """Return n more rows [n, 9 + C] where the squared error is, of n_after that there will be.

    The residual [C, H, W] is rendered minus target.
    """
    error = residual.square().sum(0)[None, None]
    smooth = avg_pool2d(error, ERROR_WINDOW, 1, ERROR_WINDOW // 2, count_include_pad=False)[0, 0]
    density = smooth.double() ** ERROR_POWER
    density = (density / density.sum().clamp(min=1e-300)).float()
    return _place(-residual, density, n, n_after, MAX_SIZE, generator)


def _place(
    missing: Tensor, density: Tensor, n: int, n_total: int, max_size: float, generator: torch.Generator
) -> Tensor:
    """Return n rows [n, 9 + C] at pixels drawn from a density [H, W], whose sum is 1.

    Each is as large as the share of the density that one of n_total Gaussians should cover, and has the
    color of what is missing [C, H, W] there.
    """
    width = missing.shape[2]
    index = _draw(density, n, generator)
    jitter = torch.rand(n, 2, generator=generator)
    centers = torch.stack([index % width, index // width], dim=1).float() + jitter
    area = 1 / (density.view(-1)[index] * n_total).clamp(min=1e-9)
    size = (area / (2 * math.pi)).sqrt().clamp(MIN_SIZE, max_size)
    u, v = _edge_shapes(missing, index)
    crowd = n * density.view(-1)[index] * 2 * math.pi * size.square()  # of those drawn, on the area of one
    colors = (
        missing.reshape(len(missing), -1)[:, index].T * (MAX_TOGETHER / crowd).clamp(max=COLOR_SHARE)[:, None]
    )
    no_waves = torch.zeros(n, COLOR - A)
    return torch.cat([centers, size.log()[:, None], u[:, None], v[:, None], no_waves, colors], dim=1)


def _draw(density: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """Draw n indices [n] with replacement; torch.multinomial takes at most 2^24 pixels."""
    cumulative = density.view(-1).double().cumsum(0)
    uniform = torch.rand(n, generator=generator, dtype=torch.float64) * cumulative[-1]
    return torch.searchsorted(cumulative, uniform, right=True).clamp(max=density.numel() - 1)


def _edge_shapes(picture: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
    """Return (u, v) at pixels of a picture [C, H, W]: along edges, by the structure tensor around them."""
    _, height, width = picture.shape
    reach = torch.arange(-ORIENTATION_REACH, ORIENTATION_REACH + 1)
    rows = (index[:, None] // width + reach).clamp(0, height - 1)  # [n, window]
    columns = (index[:, None] % width + reach).clamp(0, width - 1)
    patches = picture[:, rows[:, :, None], columns[:, None, :]]  # [C, n, window, window]
    horizontal = patches[:, :, 1:-1, 2:] - patches[:, :, 1:-1, :-2]
    vertical = patches[:, :, 2:, 1:-1] - patches[:, :, :-2, 1:-1]
    xx, xy, yy = (t.sum(dim=(0, 2, 3)) for t in (horizontal**2, horizontal * vertical, vertical**2))
    across_x, across_xy = xx - yy, 2 * xy  # of twice the angle across the edge; along it is the opposite
    strength = torch.hypot(across_x, across_xy)
    coherence = strength / (xx + yy + 1e-9)
    r = (MIN_ELONGATION + EDGE_ELONGATION * coherence) / strength.clamp(min=1e-12)
    return -r * across_x, -r * across_xy


def _gradient_magnitude(gray: Tensor) -> Tensor:
    """Central differences of a picture [H, W]; zero at its borders."""
    horizontal, vertical = torch.zeros_like(gray), torch.zeros_like(gray)
    horizontal[:, 1:-1] = gray[:, 2:] - gray[:, :-2]
    vertical[1:-1, :] = gray[2:, :] - gray[:-2, :]
    return torch.hypot(horizontal, vertical)
