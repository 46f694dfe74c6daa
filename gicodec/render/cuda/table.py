"""Gaussians made ready: what is read from it is what the C++ engine reads, see native/prepare.cpp."""

from __future__ import annotations

from typing import NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor

from gicodec.format import Kernel
from gicodec.render.cuda import launch
from gicodec.render.reference import CUTOFFS

N_NUMBERS = 8  # of a prepared Gaussian: x, y, qx, qy, slope, and det / c, b, c
N_BOUNDS = 4  # x0, x1, y0, y1: columns [x0, x1) and rows [y0, y1) that it may cover
N_PHASES = 3  # of a prepared wave, in 2^-32 turns: at the center of pixel (0, 0), and from pixel to pixel


class Table(NamedTuple):
    """N prepared Gaussians, in B blocks of launch.BLOCK."""

    numbers: Tensor  # [N, N_NUMBERS]
    bounds: Tensor  # [N, N_BOUNDS], int32
    block_bounds: Tensor  # [B, N_BOUNDS], int32: around the bounds of each block
    phases: Tensor  # [N, N_PHASES], int32; [0, N_PHASES] where there are no waves


def prepared(
    centers: Tensor, conics: Tensor, waves: Tensor | None, height: int, width: int, kernel: Kernel
) -> Table:
    """Prepare Gaussians for a picture of this size."""
    n, device = len(centers), centers.device
    numbers = torch.empty(n, N_NUMBERS, device=device)
    bounds = torch.empty(n, N_BOUNDS, dtype=torch.int32, device=device)
    n_blocks, n_phases = triton.cdiv(n, launch.BLOCK), 0 if waves is None else n
    block_bounds = torch.empty(n_blocks, N_BOUNDS, dtype=torch.int32, device=device)
    phases = torch.empty(n_phases, N_PHASES, dtype=torch.int32, device=device)
    if n:
        launch.start(
            prepare_block,
            (n_blocks,),
            centers,
            conics,
            waves if waves is not None else centers,
            numbers,
            bounds,
            block_bounds,
            phases,
            n,
            height,
            width,
            CUTOFFS[kernel],
            HAS_WAVES=waves is not None,
            BLOCK=launch.BLOCK,
        )
    return Table(numbers, bounds, block_bounds, phases)


@triton.jit(do_not_specialize=["n", "height", "width"])
def prepare_block(
    centers: tl.tensor,
    conics: tl.tensor,
    waves: tl.tensor,
    numbers: tl.tensor,
    bounds: tl.tensor,
    block_bounds: tl.tensor,
    phases: tl.tensor,
    n: int,
    height: int,
    width: int,
    cutoff: float,
    HAS_WAVES: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    """Fill the table, in double precision: see native/prepare.cpp."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    here = i < n
    x = tl.load(centers + 2 * i, here, 0.0).to(tl.float64)
    y = tl.load(centers + 2 * i + 1, here, 0.0).to(tl.float64)
    a = tl.load(conics + 3 * i, here, 0.0).to(tl.float64)
    b = tl.load(conics + 3 * i + 1, here, 0.0).to(tl.float64)
    c = tl.load(conics + 3 * i + 2, here, 0.0).to(tl.float64)
    det = a * c - b * b
    drawn = here & (a > 0) & (c > 0) & (det > 0) & _finite(a) & _finite(c) & _finite(x) & _finite(y)
    if HAS_WAVES:
        drawn &= _finite(tl.load(waves + 4 * i, here, 0.0)) & _finite(tl.load(waves + 4 * i + 1, here, 0.0))
        kx = tl.load(waves + 4 * i + 2, here, 0.0).to(tl.float64)
        ky = tl.load(waves + 4 * i + 3, here, 0.0).to(tl.float64)
        drawn &= _finite(kx) & _finite(ky)
        turn = tl.full((), 6.283185307179586, tl.float64)  # a plain number would be rounded to single
        kx, ky = tl.where(drawn, kx, 0.0) / turn, tl.where(drawn, ky, 0.0) / turn
        phase = tl.where(drawn, (0.5 - x) * kx + (0.5 - y) * ky, 0.0)
        tl.store(phases + 3 * i, _part_of_turn(phase), here)
        tl.store(phases + 3 * i + 1, _part_of_turn(kx), here)
        tl.store(phases + 3 * i + 2, _part_of_turn(ky), here)
    det, c_safe = tl.where(drawn, det, 1.0), tl.where(drawn, c, 1.0)
    twice = 2.0 * cutoff
    x0, x1 = _covered(x, tl.sqrt(twice * (c_safe / det)), width)
    y0, y1 = _covered(y, tl.sqrt(twice * (tl.where(drawn, a, 1.0) / det)), height)
    drawn &= (x0 < x1) & (y0 < y1)
    x1, y1 = tl.where(drawn, x1, 0), tl.where(drawn, y1, 0)
    tl.store(bounds + 4 * i, tl.where(drawn, x0, 0), here)
    tl.store(bounds + 4 * i + 1, x1, here)
    tl.store(bounds + 4 * i + 2, tl.where(drawn, y0, 0), here)
    tl.store(bounds + 4 * i + 3, y1, here)
    around = block_bounds + 4 * tl.program_id(0)
    tl.store(around, tl.min(tl.where(drawn, x0, 2147483647), 0))
    tl.store(around + 1, tl.max(x1, 0))
    tl.store(around + 2, tl.min(tl.where(drawn, y0, 2147483647), 0))
    tl.store(around + 3, tl.max(y1, 0))
    half = -0.5 * 1.4426950408889634
    tl.store(numbers + 8 * i, x.to(tl.float32), here)
    tl.store(numbers + 8 * i + 1, y.to(tl.float32), here)
    tl.store(numbers + 8 * i + 2, (half * (det / c_safe)).to(tl.float32), here)
    tl.store(numbers + 8 * i + 3, (half * c_safe).to(tl.float32), here)
    tl.store(numbers + 8 * i + 4, (-b / c_safe).to(tl.float32), here)
    tl.store(numbers + 8 * i + 5, (det / c_safe).to(tl.float32), here)
    tl.store(numbers + 8 * i + 6, b.to(tl.float32), here)
    tl.store(numbers + 8 * i + 7, c_safe.to(tl.float32), here)


@triton.jit
def _finite(values: tl.tensor) -> tl.tensor:
    return tl.abs(values.to(tl.float64)) <= 3.4028234663852886e38


@triton.jit
def _part_of_turn(turns: tl.tensor) -> tl.tensor:
    """Drop whole turns, which do not show: then integers that overflow add up as phases do."""
    return tl.floor((turns - tl.floor(turns)) * 4294967296.0).to(tl.int64).to(tl.int32)


@triton.jit
def _covered(center: tl.tensor, reach: tl.tensor, size: int) -> tuple[tl.tensor, tl.tensor]:
    """Return first and end of the pixels within reach, never fewer than exact arithmetic would take."""
    reach += 1e-4 * reach + 1e-3
    first = tl.ceil(center - reach - 0.5)
    last = tl.floor(center + reach - 0.5) + 1.0
    first = tl.where(first > 0, tl.where(first < size, first, size), 0.0)
    last = tl.where(last > 0, tl.where(last < size, last, size), 0.0)
    return first.to(tl.int32), last.to(tl.int32)
