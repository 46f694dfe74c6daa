"""Batches of the exact pass: no two of one touch the same block, and each is the first with room."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gicodec.render import cpu

HEIGHT, WIDTH = 12, 20
Blocks = NDArray[np.int64]


def some(n: int, longest: int) -> tuple[Blocks, Blocks, Blocks]:
    """Return first and end of the blocks of n Gaussians, and an order."""
    rng = np.random.default_rng(n)
    first = np.stack([rng.integers(0, WIDTH, n), rng.integers(0, HEIGHT, n)], axis=1)
    end = np.minimum(first + rng.integers(1, longest + 1, (n, 2)), (WIDTH, HEIGHT))
    return first, end, rng.permutation(n)


@pytest.mark.parametrize(("n", "longest"), [(0, 3), (1, 20), (60, 3), (600, 12), (300, 20)])
def test_each_goes_to_the_first_batch_that_has_room(n: int, longest: int) -> None:
    first, end, order = some(n, longest)
    batches = cpu.assign_batches(first, end, order, HEIGHT, WIDTH)
    present: list[set[tuple[int, int]]] = []
    for i in order:
        touched = {(y, x) for y in range(first[i, 1], end[i, 1]) for x in range(first[i, 0], end[i, 0])}
        expected = next((k for k, blocks in enumerate(present) if not blocks & touched), len(present))
        if expected == len(present):
            present.append(set())
        present[expected] |= touched
        assert batches[i] == expected
    assert len(present) > 64 or n < 600  # more than a word of bits


@pytest.mark.parametrize("wrong", ["first", "end", "order", "height"])
def test_what_is_not_there_is_refused(wrong: str) -> None:
    first, end, order = some(5, 3)
    height = HEIGHT
    if wrong == "first":
        first[2, 0] = -1
    elif wrong == "end":
        end[2, 1] = HEIGHT + 1
    elif wrong == "order":
        order[2] = 5
    else:
        height = 0
    with pytest.raises(ValueError, match=r"no such|has blocks"):
        cpu.assign_batches(first, end, order, height, WIDTH)
    with pytest.raises(ValueError, match="differ in length"):
        cpu.assign_batches(first[:4], end, order, HEIGHT, WIDTH)
