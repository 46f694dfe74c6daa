"""The exact pass's choice in C++, for Gaussians without waves: what rdoq.Sweep does in NumPy."""

from __future__ import annotations

import numpy as np

from gicodec.encoder.tuning.candidates import Candidates
from gicodec.encoder.tuning.error_added import GRAY
from gicodec.fit.canvas import Canvas
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.quantize import TRANSFORM
from gicodec.render import cpu


class NativeChoice:
    """The candidates [K n] of n Gaussians, move after move, ready for the C++ engine."""

    def __init__(
        self, candidates: Candidates, bits: FloatArray, n: int, tables: list[FloatArray], price: float
    ) -> None:
        """Take candidates, the bits of all but their colors [K n], and those of colors, by class first."""
        symbols = candidates.symbols
        arrays = candidates.centers, candidates.conics, candidates.units, bits, symbols.classes
        colors = np.ascontiguousarray(symbols.colors[:n])
        self._arrays = *(np.ascontiguousarray(array) for array in arrays), candidates.codable, colors
        self._tables = tuple(np.ascontiguousarray(table).ravel() for table in tables)
        self._numbers = price, GRAY, *(float(number) for number in TRANSFORM.ravel())

    def choose(self, canvas: Canvas, rows: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Choose for some rows [R], given a canvas without them.

        Returns:
            The moves [R], the colors [R, 3], and what they cost [R]: infinite where none is possible.
        """
        best = np.empty(len(rows), np.int64), np.empty((len(rows), 3), np.int64), np.empty(len(rows))
        threads = canvas.engine.threads
        cpu.choose(*self._arrays, self._tables, self._numbers, rows, canvas.residual, *best, threads=threads)
        return best
