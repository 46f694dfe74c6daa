"""Files and records of the papers' methods, for the tests of their payloads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from payloads import random_records

from gicodec.format import (
    GsiFile,
    Header,
    Method,
)

METHODS = [method for method in Method if method is not Method.GSI]
KODAK = Header(768, 512)
PAPER_BITS = [16, 16, 6, 6, 6, 3, 3]
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: str(method.label))
in_order_or_not = pytest.mark.parametrize("any_order", [False, True], ids=["in order", "any order"])


def file_of(method: Method, n: int, *, channels: int = 3, any_order: bool = False, seed: int = 0) -> GsiFile:
    header = replace(KODAK, channels=channels, method=method)
    return GsiFile(header, random_records(np.random.default_rng(seed), n, header, any_order=any_order))


def even_records(n: int, depths: list[int], seed: int = 0) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, 1 << depth, n) for depth in depths], axis=1)
