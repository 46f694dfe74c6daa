"""The Triton programs behind cuda.py: one per tile of pixels to draw, one per Gaussian to differentiate.

All work on a table of prepared Gaussians, so that what is read from it is what the C++ engine reads: the
exponent in base 2 with its square completed, and the pixels that may be covered. A tile looks through the
whole table by chunks, and draws those that touch it, in their order: lists of them would have to be sorted,
and need memory that nobody knows before. A Gaussian looks at the pixels that it may cover. Every sum has one
owner and one order, so results do not change from run to run.
"""

from __future__ import annotations

import triton
import triton.language as tl

N_NUMBERS = 8  # of a prepared Gaussian: x, y, qx, qy, slope, and det / c, b, c
N_BOUNDS = 4  # x0, x1, y0, y1: columns [x0, x1) and rows [y0, y1) that it may cover
N_PHASES = 3  # of a prepared wave, in 2^-32 turns: at the center of pixel (0, 0), and from pixel to pixel


@triton.jit(do_not_specialize=["n", "channels", "height", "width"])
def prepare(
    centers: tl.tensor,
    conics: tl.tensor,
    waves: tl.tensor,
    numbers: tl.tensor,
    bounds: tl.tensor,
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
    tl.store(bounds + 4 * i, tl.where(drawn, x0, 0), here)
    tl.store(bounds + 4 * i + 1, tl.where(drawn, x1, 0), here)
    tl.store(bounds + 4 * i + 2, tl.where(drawn, y0, 0), here)
    tl.store(bounds + 4 * i + 3, tl.where(drawn, y1, 0), here)
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


@triton.jit
def _places(channel: tl.tensor, rows: tl.tensor, columns: tl.tensor, height: int, width: int) -> tl.tensor:
    """Return where the samples [C, P] are in a planar picture."""
    lines = channel.to(tl.int64)[:, None] * height + rows[None, :]
    return lines * width + columns[None, :]


@triton.jit
def _weight(
    numbers: tl.tensor, g: tl.tensor, columns: tl.tensor, rows: tl.tensor, CUT: tl.constexpr
) -> tuple[tl.tensor, tl.tensor, tl.tensor, tl.tensor, tl.tensor]:
    """Return dx, dy, u = dy - slope dx, the weight w and -dw/ds of a Gaussian at pixels [P]."""
    at = numbers + 8 * g
    dx = columns.to(tl.float32) + 0.5 - tl.load(at)
    dy = rows.to(tl.float32) + 0.5 - tl.load(at + 1)
    u = dy - tl.load(at + 4) * dx
    falloff = tl.exp2(tl.load(at + 2) * dx * dx + tl.load(at + 3) * u * u)
    if CUT:
        weight = tl.where(falloff >= 1.0 / 255.0, falloff, 0.0)
        return dx, dy, u, weight, weight
    threshold = 0.011108996538242306
    gain = 1.0112337927024855
    inside = falloff > threshold
    weight = tl.where(inside, (falloff - threshold) * gain, 0.0)
    return dx, dy, u, weight, tl.where(inside, falloff * gain, 0.0)


@triton.jit
def _oscillation(
    phases: tl.tensor, g: tl.tensor, columns: tl.tensor, rows: tl.tensor
) -> tuple[tl.tensor, tl.tensor]:
    """Return cosine and sine of a wave at pixels [P]."""
    at = phases + 3 * g
    phase = tl.load(at) + tl.load(at + 1) * columns + tl.load(at + 2) * rows
    angle = phase.to(tl.float32) * (6.283185307179586 / 4294967296.0)
    return tl.cos(angle), tl.sin(angle)


@triton.jit(do_not_specialize=["n", "channels", "height", "width"])
def forward(
    numbers: tl.tensor,
    bounds: tl.tensor,
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
    CHUNK: tl.constexpr,
) -> None:
    """Draw one tile; of one picture of a batch, of the Gaussians between two starts."""
    tile, across = tl.program_id(0), tl.cdiv(width, TILE_X)
    x, y = tile % across * TILE_X, tile // across * TILE_Y
    pixels = tl.arange(0, TILE_X * TILE_Y)
    columns, rows = x + pixels % TILE_X, y + pixels // TILE_X
    channel = tl.arange(0, CHANNELS)
    place = _places(channel, rows, columns, height, width)
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
    lanes = tl.arange(0, CHUNK)
    for start in range(first, end, CHUNK):
        i = start + lanes
        at = bounds + 4 * i.to(tl.int64)
        touches = (tl.load(at, i < end, 0) < x + TILE_X) & (tl.load(at + 1, i < end, 0) > x)
        touches &= (tl.load(at + 2, i < end, 0) < y + TILE_Y) & (tl.load(at + 3, i < end, 0) > y)
        rank = tl.cumsum(touches.to(tl.int32), 0)
        for k in range(1, tl.max(rank, 0) + 1):
            g = (start + tl.sum(tl.where(touches & (rank == k), lanes, 0), 0)).to(tl.int64)
            _, _, _, weight, _ = _weight(numbers, g, columns, rows, CUT)
            color = tl.load(colors + g * channels + channel, channel < channels, 0.0)
            light = color[:, None] * weight[None, :]
            if HAS_WAVES:
                a, b = tl.load(waves + 4 * g), tl.load(waves + 4 * g + 1)
                if (a != 0) | (b != 0):
                    cos, sin = _oscillation(phases, g, columns, rows)
                    light += ((a * cos + b * sin) * weight)[None, :]
            total += light
    tl.store(image + place, total, inside)


@triton.jit(do_not_specialize=["n", "channels", "height", "width"])
def backward(
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
            place = _places(channel, rows, columns, height, width)
            inside = (channel < channels)[:, None] & ((columns < x1) & (rows < y1))[None, :]
            grad = tl.load(grad_image + place, inside, 0.0)
            dx, dy, u, weight, slope = _weight(numbers, g, columns, rows, CUT)
            light += grad * weight[None, :]
            pull = tl.sum(grad * color[:, None], 0)
            if HAS_WAVES:  # noqa: SIM102  # what is known when compiling stands alone
                if has_wave:
                    cos, sin = _oscillation(phases, g, columns, rows)
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


@triton.jit(do_not_specialize=["n", "channels", "height", "width"])
def correlate(
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
            place = _places(channel, rows, columns, height, width)
            here = (columns < x1) & (rows < y1)
            values = tl.load(picture + place, (channel < channels)[:, None] & here[None, :], 0.0)
            _, _, _, weight, _ = _weight(numbers, g, columns, rows, CUT)
            weight = tl.where(here, weight, 0.0)
            light += values * weight[None, :]
            ww += weight * weight
            if HAS_WAVES:
                cos, sin = _oscillation(phases, g, columns, rows)
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
