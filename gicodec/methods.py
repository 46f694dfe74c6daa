"""The methods: where the encoder of each is. Its payload is in ``gicodec.format.file.RECORD_MODELS``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gicodec.format import GsiFile, Method
from gicodec.options import EncodeOptions, ProgressCallback

Encoder = Callable[[NDArray[np.uint8], EncodeOptions, ProgressCallback | None], GsiFile]
"""From a picture [H, W, 3] to the file that stands for it."""

ENCODERS = {
    Method.GSI: "gicodec.encoder.pipeline",
    Method.GAUSSIANIMAGE: "gicodec.papers.pipeline",
    Method.GAUSSIANIMAGE_RS: "gicodec.papers.pipeline",
    Method.GAUSSIANIMAGE_PLUS: "gicodec.papers.pipeline",
}
"""The modules with the function ``encode`` of each method; imported late, as they import torch."""


def encoder_of(method: Method) -> Encoder:
    """Return the encoder of a method."""
    return cast(Encoder, import_module(ENCODERS[method]).encode)
