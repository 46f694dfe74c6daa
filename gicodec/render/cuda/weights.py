"""What a Gaussian is at some pixels: the parts that all programs share."""

from __future__ import annotations

import triton
import triton.language as tl

from gicodec.render import reference

COMPACT_THRESHOLD = tl.constexpr(reference.COMPACT_THRESHOLD)
COMPACT_GAIN = tl.constexpr(1 / (1 - reference.COMPACT_THRESHOLD))
CUT_THRESHOLD = tl.constexpr(reference.CUT_THRESHOLD)


@triton.jit
def places(channel: tl.tensor, rows: tl.tensor, columns: tl.tensor, height: int, width: int) -> tl.tensor:
    """Return where the samples [C, P] are in a planar picture."""
    lines = channel.to(tl.int64)[:, None] * height + rows[None, :]
    return lines * width + columns[None, :]


@triton.jit
def weigh(
    numbers: tl.tensor, g: tl.tensor, columns: tl.tensor, rows: tl.tensor, CUT: tl.constexpr
) -> tuple[tl.tensor, tl.tensor, tl.tensor, tl.tensor, tl.tensor]:
    """Return dx, dy, u = dy - slope dx, the weight w and -dw/ds of a Gaussian at pixels [P]."""
    at = numbers + 8 * g
    dx = columns.to(tl.float32) + 0.5 - tl.load(at)
    dy = rows.to(tl.float32) + 0.5 - tl.load(at + 1)
    u = dy - tl.load(at + 4) * dx
    falloff = tl.exp2(tl.load(at + 2) * dx * dx + tl.load(at + 3) * u * u)
    if CUT:
        weight = tl.where(falloff >= CUT_THRESHOLD, falloff, 0.0)
        return dx, dy, u, weight, weight
    inside = falloff > COMPACT_THRESHOLD
    weight = tl.where(inside, (falloff - COMPACT_THRESHOLD) * COMPACT_GAIN, 0.0)
    return dx, dy, u, weight, tl.where(inside, falloff * COMPACT_GAIN, 0.0)


@triton.jit
def oscillation(
    phases: tl.tensor, g: tl.tensor, columns: tl.tensor, rows: tl.tensor
) -> tuple[tl.tensor, tl.tensor]:
    """Return cosine and sine of a wave at pixels [P].

    By Cephes' polynomials on an eighth of a turn to either side of the nearest quarter: the library's reduce
    any float, which takes ten times as many instructions.
    """
    at = phases + 3 * g
    phase = tl.load(at) + tl.load(at + 1) * columns + tl.load(at + 2) * rows
    quarter = (phase + 536870912) >> 30
    angle = (phase - (quarter << 30)).to(tl.float32) * (6.283185307179586 / 4294967296.0)
    z = angle * angle
    sine = angle + angle * z * (-1.6666654611e-1 + z * (8.3321608736e-3 + z * -1.9515295891e-4))
    cosine = 1 - z / 2 + z * z * (4.1666645683e-2 + z * (-1.3887316255e-3 + z * 2.4433157118e-5))
    odd = (quarter & 1) != 0
    along, across = tl.where(odd, sine, cosine), tl.where(odd, cosine, sine)
    negative = ((quarter + 1) & 2) != 0, (quarter & 2) != 0
    return tl.where(negative[0], -along, along), tl.where(negative[1], -across, across)
