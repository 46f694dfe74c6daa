"""Rendering, one program for each tile of pixels.

A tile looks through the bounds of all blocks, then of the Gaussians in those that it touches, and draws
what touches it, in its order. Lists would have to be sorted, and need memory that nobody knows before. It
is fast where neighbors in the table are neighbors in the picture, as they are in a file.
"""

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


def forward(
    splats: Splats[Tensor],
    height: int,
    width: int,
    kernel: Kernel,
    *,
    background: Tensor | None = None,
    image: Tensor | None = None,
) -> Tensor:
    """Render: as ``reference.forward``.

    Args:
        splats: N Gaussians.
        height: Rows of the image.
        width: Columns of the image.
        kernel: Which weight function.
        background: [C, height, width] that the Gaussians are added to; none is zero.
        image: [C, height, width], where the result goes, which may be the background; none is a new tensor.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    (_, channels), device = launch.checked_splats(splats), splats.centers.device
    if image is None:
        image = torch.empty(channels, height, width, device=device)
    launch.check_shape("image", image, (channels, height, width), device)
    if background is not None:
        launch.check_shape("background", background, (channels, height, width), device)
    _draw(splats, image, kernel, background, None)
    return image


def forward_batch(splats: Splats[Tensor], starts: Tensor, height: int, width: int, kernel: Kernel) -> Tensor:
    """Render several pictures of one size at once: to start each by itself takes longer than to draw it.

    Args:
        splats: N Gaussians, those of one picture after those of another.
        starts: [B + 1], int32, from 0 to N: where each picture's Gaussians begin, and the last one's end.
        height: Rows of each image.
        width: Columns of each image.
        kernel: Which weight function.

    Returns:
        The images, [B, C, height, width].

    Raises:
        TypeError: A tensor is not of contiguous float32 (starts: int32), or on another device.
        ValueError: Shapes do not match.
    """
    (_, channels), device = launch.checked_splats(splats), splats.centers.device
    if starts.dtype != torch.int32 or starts.ndim != 1 or starts.device != device:
        raise TypeError(f"starts: need one dimension of int32 on {device}")
    images = torch.empty(len(starts) - 1, channels, height, width, device=device)
    _draw(splats, images, kernel, None, starts)
    return images


def _draw(
    splats: Splats[Tensor],
    images: Tensor,
    kernel: Kernel,
    background: Tensor | None,
    starts: Tensor | None,
) -> None:
    """Render into one image [C, H, W], or a batch of them [B, C, H, W]."""
    *_, channels, height, width = images.shape
    if min(height, width) < 1:
        raise ValueError("an image has pixels")
    waves = splats.waves
    table = prepared(splats.centers, splats.conics, waves, height, width, kernel)
    n_tiles = triton.cdiv(width, launch.TILE[0]) * triton.cdiv(height, launch.TILE[1])
    launch.start(
        draw_tile,
        (n_tiles, 1 if starts is None else len(images)),
        *table,
        waves if waves is not None else table.phases,
        splats.colors,
        background if background is not None else images,
        images,
        starts if starts is not None else table.bounds,
        len(splats.centers),
        channels,
        height,
        width,
        CUT=kernel is Kernel.CUT,
        HAS_WAVES=waves is not None,
        HAS_BACKGROUND=background is not None,
        BATCHED=starts is not None,
        CHANNELS=triton.next_power_of_2(channels),
        TILE_X=launch.TILE[0],
        TILE_Y=launch.TILE[1],
        BLOCK=launch.BLOCK,
        GROUP=launch.GROUP,
    )


@triton.jit(do_not_specialize=["n", "channels", "height", "width"])
def draw_tile(
    numbers: tl.tensor,
    bounds: tl.tensor,
    block_bounds: tl.tensor,
    phases: tl.tensor,
    waves: tl.tensor,
    colors: tl.tensor,
    background: tl.tensor,
    image: tl.tensor,
    starts: tl.tensor,
    n: int,
    channels: int,
    height: int,
    width: int,
    CUT: tl.constexpr,
    HAS_WAVES: tl.constexpr,
    HAS_BACKGROUND: tl.constexpr,
    BATCHED: tl.constexpr,
    CHANNELS: tl.constexpr,
    TILE_X: tl.constexpr,
    TILE_Y: tl.constexpr,
    BLOCK: tl.constexpr,
    GROUP: tl.constexpr,
) -> None:
    """Draw one tile; of one picture of a batch, of the Gaussians between two starts."""
    tile, across = tl.program_id(0), tl.cdiv(width, TILE_X)
    x, y = tile % across * TILE_X, tile // across * TILE_Y
    pixels = tl.arange(0, TILE_X * TILE_Y)
    columns, rows = x + pixels % TILE_X, y + pixels // TILE_X
    channel = tl.arange(0, CHANNELS)
    place = places(channel, rows, columns, height, width)
    inside = (channel < channels)[:, None] & ((columns < width) & (rows < height))[None, :]
    first, end = 0, n
    if BATCHED:
        picture = tl.program_id(1)
        first, end = tl.load(starts + picture), tl.load(starts + picture + 1)
        image += picture.to(tl.int64) * channels * height * width
    if HAS_BACKGROUND:
        total = tl.load(background + place, inside, 0.0)
    else:
        total = tl.zeros([CHANNELS, TILE_X * TILE_Y], tl.float32)
    lanes, group = tl.arange(0, BLOCK), tl.arange(0, GROUP)
    for start in range(first // BLOCK, tl.cdiv(end, BLOCK), GROUP):
        blocks = start + group
        near = touches(block_bounds, blocks, blocks < tl.cdiv(end, BLOCK), x, y, TILE_X, TILE_Y)
        nth_block = tl.cumsum(near.to(tl.int32), 0)
        for m in range(1, tl.max(nth_block, 0) + 1):
            i = (start + tl.sum(tl.where(near & (nth_block == m), group, 0), 0)) * BLOCK + lanes
            hit = touches(bounds, i, (i >= first) & (i < end), x, y, TILE_X, TILE_Y)
            nth = tl.cumsum(hit.to(tl.int32), 0)
            for k in range(1, tl.max(nth, 0) + 1):
                g = tl.sum(tl.where(hit & (nth == k), i, 0), 0).to(tl.int64)
                _, _, _, weight, _ = weigh(numbers, g, columns, rows, CUT)
                color = tl.load(colors + g * channels + channel, channel < channels, 0.0)
                light = color[:, None] * weight[None, :]
                if HAS_WAVES:
                    a, b = tl.load(waves + 4 * g), tl.load(waves + 4 * g + 1)
                    if (a != 0) | (b != 0):
                        cos, sin = oscillation(phases, g, columns, rows)
                        light += ((a * cos + b * sin) * weight)[None, :]
                total += light
    tl.store(image + place, total, inside)


@triton.jit
def touches(
    bounds: tl.tensor,
    i: tl.tensor,
    here: tl.tensor,
    x: tl.tensor,
    y: tl.tensor,
    TILE_X: tl.constexpr,
    TILE_Y: tl.constexpr,
) -> tl.tensor:
    """Tell which bounds reach into the tile at (x, y)."""
    at = bounds + 4 * i.to(tl.int64)
    hit = (tl.load(at, here, 0) < x + TILE_X) & (tl.load(at + 1, here, 0) > x)
    return hit & (tl.load(at + 2, here, 0) < y + TILE_Y) & (tl.load(at + 3, here, 0) > y)
