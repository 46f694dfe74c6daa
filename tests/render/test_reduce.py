"""Smaller views: what Gaussians of any width show there is what the full picture, reduced, shows."""

from __future__ import annotations

import numpy as np
import pytest

from gicodec.format import Header, Kernel
from gicodec.gaussians import Gaussians
from gicodec.render import View, render
from gicodec.render.cpu import Array
from gicodec.render.reduce import render_at
from gicodec.render.resample import resample

SIDE = 256
HEADER = Header(SIDE, SIDE)


def scene(width: float) -> Gaussians:
    """Return a gray background, and dark lines on it, of this standard deviation, along rows of pixels."""
    rows = np.arange(20, SIDE, 24)
    n = len(rows)
    centers = np.stack([np.full(n + 1, SIDE / 2), np.append(rows + 0.5, SIDE / 2)], axis=1)
    long, wide = 20.0, 2000.0
    variances = np.zeros((n + 1, 3))
    variances[:, 0], variances[:, 2] = long**2, width**2
    variances[n] = wide**2, 0, wide**2
    colors = np.full((n + 1, 3), -0.4)
    colors[n] = 0.8
    return Gaussians.of_covariances(centers, variances, colors)


def reduced(gaussians: Gaussians, divisor: int) -> Array:
    """Reduce the full picture by Lanczos' kernel."""
    full = render(gaussians, View(SIDE, SIDE), Kernel.COMPACT, threads=1, device="cpu")
    image = np.clip(full, 0, 1)
    for axis in (1, 2):
        image = resample(image, axis, SIDE // divisor, 1 / divisor, 0)
    return np.clip(image, 0, 1)


@pytest.mark.parametrize("divisor", [2, 4, 8, 16])
@pytest.mark.parametrize("width", [0.15, 0.4, 1, 5])
def test_a_smaller_view_is_the_full_one_reduced(width: float, divisor: int) -> None:
    """Within two levels of 8 bits; lines thinner than a pixel are as dark as at full size."""
    side = SIDE // divisor
    view = View(side, side, 1 / divisor, 1 / divisor)
    drawn = np.clip(render_at(scene(width), view, HEADER, threads=1, device="cpu"), 0, 1)
    assert np.abs(drawn - reduced(scene(width), divisor)).max() < 2 / 255


@pytest.mark.parametrize("scale", [0.5, 0.25, 0.1])
def test_a_crop_of_a_smaller_view_is_the_same_part_of_it(scale: float) -> None:
    side = round(SIDE * scale)
    whole = render_at(scene(0.4), View(side, side, scale, scale), HEADER, threads=1, device="cpu")
    part = render_at(scene(0.4), View(9, 7, scale, scale, 5, 11), HEADER, threads=1, device="cpu")
    np.testing.assert_allclose(part, whole[:, 11:18, 5:14], atol=1e-3)
