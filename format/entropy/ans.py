"""The entropy coder: one ANS stack under integer models. Spec section 4. The only user of constriction.

The coder is a stack: what is written last is read first. So a SymbolWriter keeps what it is given and
codes it backwards in the end, and a SymbolReader gives it back in the order in which it was written.
The two have the same methods; a model that adapts is the same walk with either. A Stack is the bare coder,
for those who push and pop in turn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import constriction
import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.errors import CorruptFileError

Model = Any  # of constriction
Counts = IntArray | FloatArray
"""Whole numbers."""

WORD_BYTES = 4
LOW_BITS = 20  # of an even symbol, coded after those above: models have 24 bits
_stack = constriction.stream.stack
_model = constriction.stream.model


class Coder(ABC):
    """What a walk needs; ``symbols`` is None where they are read."""

    @abstractmethod
    def categorical(self, name: str, counts: Counts, symbols: IntArray | None) -> IntArray:
        """Code one symbol for every row of counts [n, K], in which all are positive."""

    def uniform(self, name: str, sizes: IntArray, symbols: IntArray | None) -> IntArray:
        """Code one symbol of 0 to size - 1 for every size [n], up to 2^40; those of size 1 cost nothing."""
        high_sizes = (sizes + (1 << LOW_BITS) - 1) >> LOW_BITS
        high = self._uniform(name, high_sizes, None if symbols is None else symbols >> LOW_BITS)
        base = high << LOW_BITS
        low_sizes = np.minimum(sizes - base, 1 << LOW_BITS)
        return base + self._uniform(name, low_sizes, None if symbols is None else symbols - base)

    def within(self, name: str, first: IntArray, sizes: IntArray, values: IntArray | None) -> IntArray:
        """Code one value of first to first + size - 1 for each [n], all alike."""
        return first + self.uniform(name, sizes, None if values is None else values - first)

    @abstractmethod
    def _uniform(self, name: str, sizes: IntArray, symbols: IntArray | None) -> IntArray:
        """Code one symbol for every size, up to 2^LOW_BITS."""


class SymbolWriter(Coder):
    """IntArray to bytes; ``bits`` sums the ideal code length by name."""

    def __init__(self) -> None:
        self.bits: defaultdict[str, float] = defaultdict(float)
        self._coded: list[tuple[NDArray[np.int32], Any, NDArray[Any]]] = []

    def categorical(self, name: str, counts: Counts, symbols: IntArray | None) -> IntArray:
        """Remember, and return, the symbols."""
        assert symbols is not None
        if len(symbols):
            taken = counts[np.arange(len(symbols)), symbols]
            self.bits[name] += float(np.log2(counts.sum(axis=1) / taken).sum())
            parameters = counts.astype(np.float64, copy=False)
            self._coded.append((symbols.astype(np.int32), _categorical(), parameters))
        return symbols

    def _uniform(self, name: str, sizes: IntArray, symbols: IntArray | None) -> IntArray:
        assert symbols is not None
        coded = sizes > 1
        if coded.any():
            self.bits[name] += float(np.log2(sizes[coded]).sum())
            self._coded.append((symbols[coded].astype(np.int32), _uniform(), sizes[coded].astype(np.int32)))
        return symbols

    def to_bytes(self) -> bytes:
        """Code everything, the last first."""
        coder = _stack.AnsCoder()
        for symbols, model, parameters in reversed(self._coded):
            coder.encode_reverse(symbols, model, parameters)
        return _to_bytes(coder)


class SymbolReader(Coder):
    """Bytes to symbols: the mirror of SymbolWriter.

    Raises:
        CorruptFileError: The bytes are not what a writer leaves.
    """

    def __init__(self, data: bytes) -> None:
        self._coder = _from_bytes(data)

    def categorical(self, name: str, counts: Counts, symbols: IntArray | None) -> IntArray:
        """Decode one symbol for every row of counts."""
        assert symbols is None
        if not len(counts):
            return np.zeros(0, np.int64)
        return self._decode(name, _categorical(), counts.astype(np.float64, copy=False))

    def _uniform(self, name: str, sizes: IntArray, symbols: IntArray | None) -> IntArray:
        assert symbols is None
        decoded, coded = np.zeros(len(sizes), np.int64), sizes > 1
        if coded.any():
            decoded[coded] = self._decode(name, _uniform(), sizes[coded].astype(np.int32))
        return decoded

    def close(self) -> None:
        """Check that nothing is left: the decoder ends where the encoder began."""
        _check_end(self._coder)

    def _decode(self, name: str, model: Model, parameters: NDArray[Any]) -> IntArray:
        with decoding(name):
            decoded: NDArray[np.int32] = self._coder.decode(model, parameters)
        return decoded.astype(np.int64)


class Stack:
    """The coder itself: every pop takes what was pushed last, or, of bits that mean nothing yet, a choice."""

    def __init__(self, data: bytes = b"") -> None:
        """Begin with what :meth:`to_bytes` returned.

        Raises:
            CorruptFileError: No stack ends like this.
        """
        self._coder = _from_bytes(data)

    def n_bits(self) -> int:
        """Return about how many bits there are to pop."""
        n_bits: int = self._coder.num_valid_bits()
        return n_bits

    def push(self, symbol: int, model: Model) -> None:
        """Push a symbol under a model of :func:`table_model` or :func:`uniform_model`."""
        self._coder.encode_reverse(symbol, model)

    def pop(self, model: Model) -> int:
        """Pop a symbol: the mirror of :meth:`push`."""
        symbol: int = self._coder.decode(model)
        return symbol

    def push_uniform(self, symbols: NDArray[np.int32], sizes: NDArray[np.int32]) -> None:
        """Push symbols of 0 to size - 1, all equally likely, for sizes of 2 to 2^LOW_BITS; the last first."""
        self._coder.encode_reverse(symbols, _uniform(), sizes)

    def pop_uniform(self, sizes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Pop symbols: the mirror of :meth:`push_uniform`."""
        symbols: NDArray[np.int32] = self._coder.decode(_uniform(), sizes)
        return symbols

    def to_bytes(self) -> bytes:
        """Return what is on the stack."""
        return _to_bytes(self._coder)

    def close(self) -> None:
        """Check that nothing is left: the decoder ends where the encoder began."""
        _check_end(self._coder)


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Turn what constriction raises into a CorruptFileError that names what was decoded."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as err:  # a Rust panic is no Exception
        raise CorruptFileError(f"{name}: coded words cannot be decoded: {err}") from err


def table_model(counts: IntArray) -> Model:
    """Return the model of counts [K], K > 1; symbols whose count is 0 are rare, not impossible."""
    return _model.Categorical(counts.astype(np.float64), perfect=False)


def uniform_model(size: int) -> Model:
    """Return the model of symbols 0 to size - 1, size > 1, that are equally likely."""
    return _model.Uniform(size)


def _from_bytes(data: bytes) -> Any:
    if data.endswith(b"\0"):
        raise CorruptFileError("coded words end in a zero byte")
    words = np.frombuffer(data + bytes(-len(data) % WORD_BYTES), dtype="<u4").astype(np.uint32)
    return _stack.AnsCoder(words)


def _to_bytes(coder: Any) -> bytes:
    words: bytes = coder.get_compressed().astype("<u4").tobytes()
    return words.rstrip(b"\0")  # the top word is never 0, and its zero bytes carry nothing


def _check_end(coder: Any) -> None:
    if not coder.is_empty():
        raise CorruptFileError("coded words are left over after the last symbol")


def _categorical() -> Any:
    return _model.Categorical(perfect=False)  # perfect=False is part of the format, see the spec


def _uniform() -> Any:
    return _model.Uniform()
