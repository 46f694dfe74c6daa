"""The exact pass's choice in C++, for Gaussians without waves: what rdoq.Sweep does in NumPy."""

from __future__ import annotations

import numpy as np

from gicodec.encoder.tuning.candidates import MOVES, Candidates
from gicodec.encoder.tuning.error_added import GRAY
from gicodec.fit.canvas import Canvas
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.quantize import TRANSFORM
from gicodec.render import cpu


class NativeChoice:
    """The candidates [K n] of n Gaussians, move after move, ready for the C++ engine."""

    def __init__(
        self, candidates: Candidates, bits: FloatArray, tables: list[FloatArray], price: float
    ) -> None:
        """Take candidates, the bits of all but their colors [K n], and those of colors, by class first."""
        symbols = candidates.symbols
        arrays = candidates.centers, candidates.conics, candidates.units, bits, symbols.classes
        colors = np.ascontiguousarray(symbols.colors[: len(bits) // len(MOVES)])
        self._arrays = *(np.ascontiguousarray(array) for array in arrays), candidates.codable, colors
        self._tables = tuple(np.ascontiguousarray(table).ravel() for table in tables)
        self._numbers = price, GRAY, *(float(number) for number in TRANSFORM.ravel())

    def renew(
        self, canvas: Canvas, batches: list[IntArray]
    ) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
        """Take each batch of rows from the canvas, choose, and add what is best.

        Returns:
            The rows of all batches [R], the moves [R], the colors [R, 3], and what they cost [R]: infinite
            where none is possible.
        """
        rows, ends = np.concatenate(batches), np.cumsum([len(batch) for batch in batches], dtype=np.int64)
        best = np.empty(len(rows), np.int64), np.empty((len(rows), 3), np.int64), np.empty(len(rows))
        threads = canvas.engine.threads
        cpu.renew(
            *self._arrays, self._tables, self._numbers, rows, ends, canvas.residual, *best, threads=threads
        )
        return rows, *best
