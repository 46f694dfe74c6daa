"""An order of Gaussians in which neighbors are neighbors in the picture, for engines that are faster then."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.fit.parameters import Y
from gicodec.render.cpu import Array

CELL, CELL_BITS = 16, 16  # pixels; a curve of 2^CELL_BITS cells a side


def morton_order(parameters: Array) -> NDArray[np.intp]:
    """Return an order [N] of the rows of parameters [N, 9 + C]: along a Z-curve of cells."""
    cells = np.clip(parameters[:, : Y + 1] / CELL, 0, 2**CELL_BITS - 1).astype(np.int64)
    code = np.zeros(len(parameters), np.int64)
    for bit in range(CELL_BITS):
        digits = cells >> bit & 1
        code |= (digits[:, 0] | digits[:, 1] << 1) << 2 * bit
    return code.argsort(kind="stable")
