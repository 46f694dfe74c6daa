"""One encoding of a photograph, which the tests of both pipelines share."""

from __future__ import annotations

from functools import cache
from typing import Any

from pictures import photograph

from gicodec import Encoded, encode

OPTIONS: dict[str, Any] = {"bpp": 1, "effort": "fast"}


@cache
def encoded() -> Encoded:
    return encode(photograph(), **OPTIONS)
