"""Where the Gaussians are: a binary tree that halves the picture until every cell holds one. Spec section 6.

A node is a rectangle of pixels and the number of centers in it. Its longer side is halved, and the
number in the first half is coded, given the number in both; nodes of a level together. A node with one
center, or of one pixel, is a cell. Sets, not lists, are coded: the log2(N!) bits of an order are never
spent, and dense regions cost what they must.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import IntArray
from gicodec.format.entropy.ans import Coder

NDArrayBool = NDArray[np.bool_]

MARGIN = 8  # pixels around the picture in which centers may lie
FEW = 16  # up to so many centers, each number of the first half has its own count
SHARES = (1, 1, 2, 3, 4, 6, 8, 9, 9, 8, 6, 4, 3, 2, 1, 1)  # prior of a share of many, in sixteenths
LEARNED = 2  # added to a share's count each time
BATCH = 256  # nodes of few centers coded before the counts follow

X, Y, WIDTH, HEIGHT = range(4)


class _Splits:
    """Adaptive models of how many of n are in the first half."""

    def __init__(self) -> None:
        self.few = np.zeros((FEW + 1, FEW + 1), np.int64)  # by n; a binomial to start with
        for n in range(2, FEW + 1):
            self.few[n, : n + 1] = [1 + 24 * comb(n, k) // 2**n for k in range(n + 1)]
        self.many = np.tile(np.array(SHARES, np.int64) * 2, (24, 1))  # by the bits of n

    def code(self, coder: Coder, counts: IntArray, firsts: IntArray | None) -> IntArray:
        coded = np.zeros(len(counts), np.int64)
        many = np.flatnonzero(counts > FEW)
        coded[many] = self._many(coder, counts[many], None if firsts is None else firsts[many])
        few = np.flatnonzero(counts <= FEW)
        for begin in range(0, len(few), BATCH):
            rows = few[begin : begin + BATCH]
            coded[rows] = self._few(coder, counts[rows], None if firsts is None else firsts[rows])
        return coded

    def _many(self, coder: Coder, counts: IntArray, firsts: IntArray | None) -> IntArray:
        """First in which sixteenth of the range 0 to n the number is, then which one it is."""
        contexts = np.array([int(n).bit_length() for n in counts], np.int64)
        given = None if firsts is None else firsts * len(SHARES) // (counts + 1)
        shares = coder.categorical("cells", self.many[contexts], given)
        np.add.at(self.many, (contexts, shares), LEARNED)
        low = -(-shares * (counts + 1) // len(SHARES))
        high = -(-(shares + 1) * (counts + 1) // len(SHARES))
        return coder.within("cells", low, high - low, firsts)

    def _few(self, coder: Coder, counts: IntArray, firsts: IntArray | None) -> IntArray:
        """Code rows of the same n together: a model has no use for symbols that cannot be."""
        coded = np.zeros(len(counts), np.int64)
        for n in np.flatnonzero(np.bincount(counts)):  # unique() imports numpy.ma
            rows = np.flatnonzero(counts == n)
            table = np.tile(self.few[n, : n + 1], (len(rows), 1))
            coded[rows] = coder.categorical("cells", table, None if firsts is None else firsts[rows])
        np.add.at(self.few, (counts, coded), 1)
        return coded


def code_cells(
    coder: Coder | None, n: int, width: int, height: int, points: IntArray | None
) -> tuple[IntArray, IntArray]:
    """Code the cells of n centers in a picture.

    Args:
        coder: A writer or a reader; None to find the cells of points, and no more.
        n: How many centers.
        width: Of the picture, pixels.
        height: Of the picture, pixels.
        points: [n, 2] whole pixels (x, y) that hold the centers, at most MARGIN outside; None to read.

    Returns:
        The cells [n, 4] (x, y, width, height), and the order in which they took the points, [n].
    """
    splits = _Splits()
    nodes = np.array([[-MARGIN, -MARGIN, width + 2 * MARGIN, height + 2 * MARGIN]], np.int64)
    counts = np.array([n], np.int64)
    nodes, counts = nodes[counts > 0], counts[counts > 0]
    where = _Points(points) if points is not None else None
    cells, orders = [np.zeros((0, 4), np.int64)], [np.zeros(0, np.int64)]
    while len(nodes):
        whole = (counts == 1) | ((nodes[:, WIDTH] == 1) & (nodes[:, HEIGHT] == 1))
        cells.append(np.repeat(nodes[whole], counts[whole], axis=0))
        if where is not None:
            orders.append(where.take(whole))
        nodes, counts = nodes[~whole], counts[~whole]
        first, second = _halves(nodes)
        sides = None if where is None else where.sides(first)
        firsts = sides if coder is None else splits.code(coder, counts, sides)
        assert firsts is not None, "nothing to code, nor to read from"
        nodes = np.stack([first, second], axis=1).reshape(-1, 4)
        counts = np.stack([firsts, counts - firsts], axis=1).reshape(-1)
        if where is not None:
            where.descend(counts > 0)
        nodes, counts = nodes[counts > 0], counts[counts > 0]
    return np.concatenate(cells), np.concatenate(orders)


def _halves(nodes: IntArray) -> tuple[IntArray, IntArray]:
    """Halve the longer sides, of equal ones the width; the first half of an odd one is the smaller."""
    first, second = nodes.copy(), nodes.copy()
    rows = np.arange(len(nodes))
    side = np.where(nodes[:, WIDTH] >= nodes[:, HEIGHT], WIDTH, HEIGHT)
    half = nodes[rows, side] // 2
    first[rows, side] = half
    second[rows, side] -= half
    second[rows, side - 2] += half
    return first, second


class _Points:
    """The writer's side: which node holds each point."""

    def __init__(self, points: IntArray) -> None:
        self._points = points
        self._ids, self._node = np.arange(len(points)), np.zeros(len(points), np.int64)
        self._second = np.zeros(0, np.bool_)

    def take(self, whole: NDArrayBool) -> IntArray:
        """Remove the points of nodes that are cells; return them in the cells' order."""
        order = np.argsort(self._node, kind="stable")
        taken = order[whole[self._node[order]]]
        ids = self._ids[taken]
        left = ~whole[self._node]
        self._node = (np.cumsum(~whole) - 1)[self._node[left]]
        self._ids = self._ids[left]
        return ids

    def sides(self, first: IntArray) -> IntArray:
        """Count the points in the first half of every node."""
        cell = first[self._node]
        points = self._points[self._ids]
        self._second = np.asarray((points >= cell[:, :2] + cell[:, 2:]).any(axis=1))
        return np.bincount(self._node[~self._second], minlength=len(first))

    def descend(self, kept: NDArrayBool) -> None:
        """Move the points to the halves, of which only those that hold any are kept."""
        self._node = (np.cumsum(kept) - 1)[2 * self._node + self._second]
