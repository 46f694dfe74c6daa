"""An order of Gaussians in which neighbors are neighbors in the picture, for engines that are faster then."""

from __future__ import annotations

import torch
from torch import Tensor

from gicodec.fit.parameters import Y

CELL, CELL_BITS = 16, 16  # pixels; a curve of 2^CELL_BITS cells a side


def morton_order(parameters: Tensor) -> Tensor:
    """Return an order [N] of the rows of parameters [N, 9 + C]: along a Z-curve of cells."""
    cells = (parameters[:, : Y + 1] / CELL).long().clamp(0, 2**CELL_BITS - 1)
    code = torch.zeros(len(parameters), dtype=torch.long)
    for bit in range(CELL_BITS):
        digits = cells >> bit & 1
        code |= (digits[:, 0] | digits[:, 1] << 1) << 2 * bit
    return code.argsort(stable=True)
