"""The work of reading a file, as what it decodes: a clock would tell of the machine."""

from __future__ import annotations

from typing import Any

import pytest
from numpy.typing import NDArray

from gicodec.format.arrays import IntArray
from gicodec.format.entropy.ans import SymbolReader


class CountedSymbols:
    """Counts the symbols that are decoded, and the calls that it takes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n_symbols = self.n_calls = 0
        decode = SymbolReader._decode

        def counted(reader: SymbolReader, name: str, model: Any, parameters: NDArray[Any]) -> IntArray:
            self.n_symbols += len(parameters)
            self.n_calls += 1
            return decode(reader, name, model, parameters)

        monkeypatch.setattr(SymbolReader, "_decode", counted)
