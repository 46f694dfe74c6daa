"""What a Gaussian is at some pixels: the parts that all programs share."""

from __future__ import annotations

import triton
import triton.language as tl


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
        weight = tl.where(falloff >= 1.0 / 255.0, falloff, 0.0)
        return dx, dy, u, weight, weight
    threshold = 0.011108996538242306
    gain = 1.0112337927024855
    inside = falloff > threshold
    weight = tl.where(inside, (falloff - threshold) * gain, 0.0)
    return dx, dy, u, weight, tl.where(inside, falloff * gain, 0.0)


@triton.jit
def oscillation(
    phases: tl.tensor, g: tl.tensor, columns: tl.tensor, rows: tl.tensor
) -> tuple[tl.tensor, tl.tensor]:
    """Return cosine and sine of a wave at pixels [P]."""
    at = phases + 3 * g
    phase = tl.load(at) + tl.load(at + 1) * columns + tl.load(at + 2) * rows
    angle = phase.to(tl.float32) * (6.283185307179586 / 4294967296.0)
    return tl.cos(angle), tl.sin(angle)
