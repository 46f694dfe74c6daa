"""The entropy coder: one ANS stack for all planes. Spec section 6. The only user of constriction.

The coder is a stack: encode walks backwards so that decode walks forwards. Its top word is never 0,
so the zero bytes at the end of the little-endian words carry nothing and are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import constriction
import numpy as np
from numpy.typing import NDArray

from gicodec.format.errors import CorruptFileError
from gicodec.format.models import Constant, Counts, Model

WORD_BYTES = 4


def encode_planes(planes: Sequence[NDArray[np.int32]], models: Sequence[Model]) -> bytes:
    """Code every plane under its model, which must cover all of its symbols."""
    coder = constriction.stream.stack.AnsCoder()
    for symbols, model in zip(reversed(planes), reversed(models), strict=True):
        if not isinstance(model, Constant):
            coder.encode_reverse(symbols - np.int32(model.low), _distribution(model))
    words: bytes = coder.get_compressed().astype("<u4").tobytes()
    return words.rstrip(b"\0")


def decode_planes(data: bytes, models: Sequence[Model], n_symbols: int) -> list[NDArray[np.int32]]:
    """Decode ``n_symbols`` of every plane: the mirror of :func:`encode_planes`."""
    if data.endswith(b"\0"):
        raise CorruptFileError("coded words end in a zero byte")
    words = np.frombuffer(data + bytes(-len(data) % WORD_BYTES), dtype="<u4").astype(np.uint32)
    coder = constriction.stream.stack.AnsCoder(words)
    planes = []
    for model in models:
        if isinstance(model, Constant):
            planes.append(np.full(n_symbols, model.low, dtype=np.int32))
        else:
            planes.append(_decode_plane(coder, model, n_symbols) + np.int32(model.low))
    if not coder.is_empty():
        raise CorruptFileError("coded words are left over after the last symbol")
    return planes


def _decode_plane(coder: Any, model: Model, n_symbols: int) -> NDArray[np.int32]:
    try:
        symbols: NDArray[np.int32] = coder.decode(_distribution(model), n_symbols)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as err:  # a Rust panic is no Exception
        raise CorruptFileError(f"coded words cannot be decoded: {err}") from err
    return symbols


def _distribution(model: Model) -> Any:
    """Build the coder's model; perfect=False is part of the format, see the spec."""
    if isinstance(model, Counts):
        return constriction.stream.model.Categorical(model.weights(), perfect=False)
    return constriction.stream.model.Uniform(model.levels)
