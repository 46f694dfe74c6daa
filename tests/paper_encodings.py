"""Encodings by the papers' methods, each made once: what their tests share."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from pictures import Pixels, photograph

from gicodec import Encoded, encode
from gicodec.format import GsiFile, RecordPayload
from gicodec.options import METHODS

PAPERS = METHODS[1:]
QUICK = 200  # iterations
every_method = pytest.mark.parametrize("method", PAPERS)


@cache
def encoded(method: str, n: int = 150, *, gray: bool = False, **options: Any) -> Encoded:
    pixels = gray_photograph() if gray else photograph()
    settings = {"method": method, "gaussians": n, "iterations": QUICK, **options}
    return encode(pixels, **settings)


@cache
def gray_photograph() -> Pixels:
    return np.ascontiguousarray(photograph()[:, :, 1])


def payload_of(result: Encoded) -> RecordPayload:
    payload = GsiFile.from_bytes(result.data).payload
    assert isinstance(payload, RecordPayload)
    return payload
