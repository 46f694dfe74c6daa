"""Products with a picture, one program for each Gaussian, which looks at the pixels that it may cover."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from gicodec.format import Kernel
from gicodec.render.cuda import launch
from gicodec.render.cuda.table import prepared
from gicodec.render.cuda.weights import oscillation, places, weigh


def correlate(centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel) -> tuple[Tensor, Tensor]:
    """Multiply weights with themselves and with an image [C, height, width]: as ``reference.correlate``.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    squares, products, _ = _correlated(centers, conics, None, image, kernel)
    return squares, products


def correlate_waves(
    centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
) -> tuple[Tensor, Tensor, Tensor]:
    """Multiply weights, plain and oscillating, as ``reference.correlate_waves``.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    launch.check_shape("frequencies", frequencies, (len(centers), 2), centers.device)
    grams, products, wave_products = _correlated(centers, conics, frequencies, image, kernel)
    return grams.view(-1, 3, 3), products, wave_products


def _correlated(
    centers: Tensor, conics: Tensor, frequencies: Tensor | None, image: Tensor, kernel: Kernel
) -> tuple[Tensor, Tensor, Tensor]:
    """Return squares [N], or Gram matrices [N, 9], and products with the channels, and those of waves."""
    n, has_waves = launch.checked(centers, conics), frequencies is not None
    height, width = launch.checked_image(image, None, centers.device)
    waves = None
    if frequencies is not None:
        waves = torch.cat([torch.ones_like(frequencies), frequencies], dim=1)
    shapes = (9,) if has_waves else (), (len(image),), (2,)
    sums = [torch.zeros(n, *shape, device=centers.device) for shape in shapes]
    table = prepared(centers, conics, waves, height, width, kernel)
    if n:
        launch.start(
            correlate_one,
            (n,),
            table.numbers,
            table.bounds,
            table.phases,
            image,
            *sums,
            len(image),
            height,
            width,
            CUT=kernel is Kernel.CUT,
            HAS_WAVES=has_waves,
            CHANNELS=triton.next_power_of_2(len(image)),
            PATCH_X=launch.PATCH[0],
            PATCH_Y=launch.PATCH[1],
        )
    return sums[0], sums[1], sums[2]


@triton.jit(do_not_specialize=["channels", "height", "width"])
def correlate_one(
    numbers: tl.tensor,
    bounds: tl.tensor,
    phases: tl.tensor,
    picture: tl.tensor,
    grams: tl.tensor,
    products: tl.tensor,
    wave_products: tl.tensor,
    channels: int,
    height: int,
    width: int,
    CUT: tl.constexpr,
    HAS_WAVES: tl.constexpr,
    CHANNELS: tl.constexpr,
    PATCH_X: tl.constexpr,
    PATCH_Y: tl.constexpr,
) -> None:
    """Sum the products of one Gaussian's weight, plain and oscillating, with one another and a picture."""
    g = tl.program_id(0).to(tl.int64)
    x0, x1 = tl.load(bounds + 4 * g), tl.load(bounds + 4 * g + 1)
    y0, y1 = tl.load(bounds + 4 * g + 2), tl.load(bounds + 4 * g + 3)
    pixels = tl.arange(0, PATCH_X * PATCH_Y)
    channel = tl.arange(0, CHANNELS)
    light = tl.zeros([CHANNELS, PATCH_X * PATCH_Y], tl.float32)
    zero = tl.zeros([PATCH_X * PATCH_Y], tl.float32)
    ww, wc, ws, cc, cs, ss, pc, ps = zero, zero, zero, zero, zero, zero, zero, zero
    for y in range(y0, y1, PATCH_Y):
        for x in range(x0, x1, PATCH_X):
            columns, rows = x + pixels % PATCH_X, y + pixels // PATCH_X
            place = places(channel, rows, columns, height, width)
            here = (columns < x1) & (rows < y1)
            values = tl.load(picture + place, (channel < channels)[:, None] & here[None, :], 0.0)
            _, _, _, weight, _ = weigh(numbers, g, columns, rows, CUT)
            weight = tl.where(here, weight, 0.0)
            light += values * weight[None, :]
            ww += weight * weight
            if HAS_WAVES:
                cos, sin = oscillation(phases, g, columns, rows)
                cos, sin = cos * weight, sin * weight
                every = tl.sum(values, 0)
                wc += weight * cos
                ws += weight * sin
                cc += cos * cos
                cs += cos * sin
                ss += sin * sin
                pc += every * cos
                ps += every * sin
    tl.store(products + g * channels + channel, tl.sum(light, 1), channel < channels)
    if HAS_WAVES:
        at = grams + 9 * g
        tl.store(at, tl.sum(ww, 0))
        tl.store(at + 1, tl.sum(wc, 0))
        tl.store(at + 2, tl.sum(ws, 0))
        tl.store(at + 3, tl.sum(wc, 0))
        tl.store(at + 4, tl.sum(cc, 0))
        tl.store(at + 5, tl.sum(cs, 0))
        tl.store(at + 6, tl.sum(ws, 0))
        tl.store(at + 7, tl.sum(cs, 0))
        tl.store(at + 8, tl.sum(ss, 0))
        tl.store(wave_products + 2 * g, tl.sum(pc, 0))
        tl.store(wave_products + 2 * g + 1, tl.sum(ps, 0))
    else:
        tl.store(grams + g, tl.sum(ww, 0))
