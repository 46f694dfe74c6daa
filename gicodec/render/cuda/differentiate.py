"""Gradients, one program for each Gaussian, which looks at the pixels that it may cover."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from gicodec.format import Kernel
from gicodec.render.cuda import launch
from gicodec.render.cuda.table import prepared
from gicodec.render.cuda.weights import oscillation, places, weigh
from gicodec.render.splats import Splats


def backward(splats: Splats[Tensor], grad_image: Tensor, kernel: Kernel) -> Splats[Tensor]:
    """Differentiate ``sum(grad_image * image)`` by all numbers of N Gaussians: as ``reference.backward``.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    (n, channels), waves = launch.checked_splats(splats), splats.waves
    height, width = launch.checked_image(grad_image, channels, splats.centers.device)
    by = splats.map(torch.empty_like)
    table = prepared(splats.centers, splats.conics, waves, height, width, kernel)
    if n:
        launch.start(
            differentiate_one,
            (n,),
            table.numbers,
            table.bounds,
            table.phases,
            waves if waves is not None else table.phases,
            splats.colors,
            grad_image,
            by.centers,
            by.conics,
            by.colors,
            by.waves if by.waves is not None else table.phases,
            channels,
            height,
            width,
            CUT=kernel is Kernel.CUT,
            HAS_WAVES=waves is not None,
            CHANNELS=triton.next_power_of_2(channels),
            PATCH_X=launch.PATCH[0],
            PATCH_Y=launch.PATCH[1],
        )
    return by


@triton.jit(do_not_specialize=["channels", "height", "width"])
def differentiate_one(
    numbers: tl.tensor,
    bounds: tl.tensor,
    phases: tl.tensor,
    waves: tl.tensor,
    colors: tl.tensor,
    grad_image: tl.tensor,
    by_centers: tl.tensor,
    by_conics: tl.tensor,
    by_colors: tl.tensor,
    by_waves: tl.tensor,
    channels: int,
    height: int,
    width: int,
    CUT: tl.constexpr,
    HAS_WAVES: tl.constexpr,
    CHANNELS: tl.constexpr,
    PATCH_X: tl.constexpr,
    PATCH_Y: tl.constexpr,
) -> None:
    """Sum the gradients of one Gaussian, patch by patch of what it may cover."""
    g = tl.program_id(0).to(tl.int64)
    x0, x1 = tl.load(bounds + 4 * g), tl.load(bounds + 4 * g + 1)
    y0, y1 = tl.load(bounds + 4 * g + 2), tl.load(bounds + 4 * g + 3)
    pixels = tl.arange(0, PATCH_X * PATCH_Y)
    channel = tl.arange(0, CHANNELS)
    color = tl.load(colors + g * channels + channel, channel < channels, 0.0)
    light = tl.zeros([CHANNELS, PATCH_X * PATCH_Y], tl.float32)
    zero = tl.zeros([PATCH_X * PATCH_Y], tl.float32)
    hx, hu, hxx, hxy, hyy = zero, zero, zero, zero, zero
    by_a, by_b, turns, turns_x, turns_y = zero, zero, zero, zero, zero
    a, b, has_wave = 0.0, 0.0, False
    if HAS_WAVES:
        a, b = tl.load(waves + 4 * g), tl.load(waves + 4 * g + 1)
        has_wave = (a != 0) | (b != 0)
    for y in range(y0, y1, PATCH_Y):
        for x in range(x0, x1, PATCH_X):
            columns, rows = x + pixels % PATCH_X, y + pixels // PATCH_X
            place = places(channel, rows, columns, height, width)
            inside = (channel < channels)[:, None] & ((columns < x1) & (rows < y1))[None, :]
            grad = tl.load(grad_image + place, inside, 0.0)
            dx, dy, u, weight, slope = weigh(numbers, g, columns, rows, CUT)
            light += grad * weight[None, :]
            pull = tl.sum(grad * color[:, None], 0)
            if HAS_WAVES:  # noqa: SIM102  # what is known when compiling stands alone
                if has_wave:
                    cos, sin = oscillation(phases, g, columns, rows)
                    every = tl.sum(grad, 0)
                    pull += (a * cos + b * sin) * every
                    every *= weight
                    by_a += every * cos
                    by_b += every * sin
                    turn = (b * cos - a * sin) * every
                    turns += turn
                    turns_x += turn * dx
                    turns_y += turn * dy
            pull *= slope
            hx += pull * dx
            hu += pull * u
            hxx += pull * dx * dx
            hxy += pull * dx * dy
            hyy += pull * dy * dy
    tl.store(by_colors + g * channels + channel, tl.sum(light, 1), channel < channels)
    # a dx + b dy = (det / c) dx + b u and b dx + c dy = c u: of a thin Gaussian's dx and dy too much cancels.
    across = tl.sum(hu, 0)
    grad_x = tl.load(numbers + 8 * g + 5) * tl.sum(hx, 0) + tl.load(numbers + 8 * g + 6) * across
    grad_y = tl.load(numbers + 8 * g + 7) * across
    if HAS_WAVES:
        turned = tl.sum(turns, 0)
        if has_wave:
            grad_x -= tl.load(waves + 4 * g + 2) * turned
            grad_y -= tl.load(waves + 4 * g + 3) * turned
        tl.store(by_waves + 4 * g, tl.sum(by_a, 0))
        tl.store(by_waves + 4 * g + 1, tl.sum(by_b, 0))
        tl.store(by_waves + 4 * g + 2, tl.sum(turns_x, 0))
        tl.store(by_waves + 4 * g + 3, tl.sum(turns_y, 0))
    drawn = x0 < x1
    tl.store(by_centers + 2 * g, tl.where(drawn, grad_x, 0.0))
    tl.store(by_centers + 2 * g + 1, tl.where(drawn, grad_y, 0.0))
    tl.store(by_conics + 3 * g, -tl.sum(hxx, 0) / 2)
    tl.store(by_conics + 3 * g + 1, -tl.sum(hxy, 0))
    tl.store(by_conics + 3 * g + 2, -tl.sum(hyy, 0) / 2)
