"""What is around a Gaussian: sums over square blocks of the picture. Spec section 4."""

from __future__ import annotations

import numpy as np

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.exact import exp, log2
from gicodec.format.gsi.cells import HEIGHT, MARGIN, WIDTH, X, Y

DIRECTION_UNIT = 4096  # of a direction's components: sums of integers are the same in any order
PULL = 0.8  # by how much directions around speak for an angle


class Blocks:
    """Squares of 2^bits pixels, the least that hold some number of Gaussians on average."""

    def __init__(self, cells: IntArray, width: int, height: int, n_each: int) -> None:
        """Sort the middles of cells [N, 4] of a picture into blocks."""
        self.bits = 0
        while len(cells) << 2 * self.bits < n_each * (width + 2 * MARGIN) * (height + 2 * MARGIN):
            self.bits += 1
        self._columns = ((cells[:, X] + MARGIN + cells[:, WIDTH] // 2) >> self.bits) + 1
        self._rows = ((cells[:, Y] + MARGIN + cells[:, HEIGHT] // 2) >> self.bits) + 1
        self.shape = (int(self._rows.max()) + 2, int(self._columns.max()) + 2)  # empty ones all around

    def add(self, sums: IntArray, which: IntArray, values: IntArray) -> None:
        """Add values [n] of some Gaussians [n] to the sums of their blocks."""
        np.add.at(sums, (self._rows[which], self._columns[which]), values)

    def around(self, sums: IntArray, which: IntArray) -> IntArray:
        """Return sums around some Gaussians [n]: of their block 4 times, its sides' 2 times, its corners'."""
        y, x = self._rows[which], self._columns[which]
        beside = sums[y - 1, x] + sums[y + 1, x] + sums[y, x - 1] + sums[y, x + 1]
        across = sums[y - 1, x - 1] + sums[y - 1, x + 1] + sums[y + 1, x - 1] + sums[y + 1, x + 1]
        around: IntArray = 4 * sums[y, x] + 2 * beside + across
        return around


def log_density_of(cells: IntArray, width: int, height: int) -> FloatArray:
    """Return log2 of the number of Gaussians a pixel around each cell [N, 4] of a picture."""
    blocks = Blocks(cells, width, height, 2)
    counts, everyone = np.zeros(blocks.shape, np.int64), np.arange(len(cells))
    blocks.add(counts, everyone, np.ones_like(everyone))
    return log2(blocks.around(counts, everyone).astype(np.float64)) - (4 + 2 * blocks.bits)


class Directions:
    """Directions of the Gaussians known so far, as sums of double angles."""

    def __init__(self, blocks: Blocks, lengths: FloatArray) -> None:
        """Begin with none known; lengths [N] say how much each Gaussian's counts, and heeds others."""
        self._blocks, self._lengths = blocks, lengths
        self._x, self._y = np.zeros(blocks.shape, np.int64), np.zeros(blocks.shape, np.int64)

    def add(self, which: IntArray, cos: FloatArray, sin: FloatArray) -> None:
        """Let the double angles of Gaussians [n] be known, by their cosines and sines [n]."""
        for sums, part in ((self._x, cos), (self._y, sin)):
            values = np.floor(DIRECTION_UNIT * (self._lengths[which] * part) + 0.5).astype(np.int64)
            self._blocks.add(sums, which, values)

    def likelihood(self, which: IntArray, cos: FloatArray, sin: FloatArray) -> FloatArray:
        """Return how much, as a factor, speaks for each of K double angles [n, K] of Gaussians [n]."""
        x, y = (self._blocks.around(sums, which) / (4 * DIRECTION_UNIT) for sums in (self._x, self._y))
        pull = PULL * self._lengths[which] / np.sqrt(x * x + y * y + 1)
        return exp(pull[:, None] * (x[:, None] * cos + y[:, None] * sin))
