"""The GAUSSIANS section: the symbols of N Gaussians, as one stream. Spec section 3.

| N varint | step code varint | coded words |        step and words only if N > 0

One walk over the attributes serves both directions, with a SymbolWriter or a SymbolReader: what adapts
and what depends on what can then not differ. Every attribute is coded for all Gaussians before the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gicodec.format.adaptive import AdaptiveCounts
from gicodec.format.bits import ByteReader, write_varint
from gicodec.format.coder import Coder, SymbolReader, Symbols, SymbolWriter
from gicodec.format.constants import FREE_GAUSSIANS, MAX_GAUSSIANS_PER_BYTE
from gicodec.format.errors import CorruptFileError, LimitError
from gicodec.format.header import Header
from gicodec.format.lattice import (
    MAX_ELONGATION,
    MAX_LOG_SIZE,
    MIN_LOG_SIZE,
    N_CLASSES,
    N_STEP_CODES,
    Shapes,
    angle_levels,
    shape_steps,
)
from gicodec.format.tree import HEIGHT, WIDTH, code_cells

N_DENSITIES = 8  # contexts from the area of a cell, two for a factor of 8
N_COLOR_SCALES = 8  # contexts of color from the class; beyond, classes differ by a power of two only
COLOR_REACH = 16  # bins of a color on either side of 0
SIZE_BIN, ELONGATION_BIN = 0.35, 0.3  # of m and r: a bin's levels are alike
N_SIZE_BINS = 26  # MIN_LOG_SIZE to MAX_LOG_SIZE
N_ELONGATION_BINS = 12  # 0 to beyond MAX_ELONGATION


@dataclass(frozen=True, eq=False)
class Payload:
    """N quantized Gaussians, in the order of their cells; int64 symbols, see lattice.py."""

    step: int  # code of D
    cells: Symbols  # [N, 4] (x, y, width, height), pixels
    classes: Symbols  # [N] of energy, and so on
    colors: Symbols  # [C, N]
    sizes: Symbols
    elongations: Symbols
    angles: Symbols
    columns: Symbols
    rows: Symbols

    @property
    def n_gaussians(self) -> int:
        """How many Gaussians there are."""
        return len(self.classes)

    @classmethod
    def empty(cls, n_channels: int) -> Payload:
        """Return the payload of no Gaussians."""
        none = np.zeros(0, np.int64)
        return cls(0, np.zeros((0, 4), np.int64), none, np.zeros((n_channels, 0), np.int64), *[none] * 5)

    def to_bytes(self, header: Header) -> bytes:
        """Write the section's payload."""
        return self.write(header)[0]

    def write(self, header: Header) -> tuple[bytes, dict[str, float]]:
        """Write the section's payload; also return the ideal code lengths by attribute, bits."""
        if not self.n_gaussians:
            return write_varint(0), {}
        _check_limit(self.n_gaussians, header.max_gaussians)
        writer = SymbolWriter()
        _walk(writer, header, self.n_gaussians, self)
        words = writer.to_bytes()
        _check_limit(self.n_gaussians, _most_gaussians(len(words)))
        return write_varint(self.n_gaussians) + write_varint(self.step) + words, dict(writer.bits)

    @classmethod
    def from_bytes(cls, data: bytes, header: Header) -> Payload:
        """Read the section's payload: the mirror of :meth:`to_bytes`."""
        reader = ByteReader(data, "gaussians")
        n, step = read_head(reader, header)
        words = reader.take(reader.left())
        if not n:
            if words:
                raise CorruptFileError(f"gaussians: {len(words)} bytes too many for no Gaussians")
            return cls.empty(header.channels)
        symbols = SymbolReader(words)
        decoded = _walk(symbols, header, n, None)
        symbols.close()
        return cls(step, *decoded)


def read_head(reader: ByteReader, header: Header) -> tuple[int, int]:
    """Read, and check, the number of Gaussians and the step's code."""
    n = reader.varint()
    _check_limit(n, header.max_gaussians)
    step = reader.varint() if n else 0
    if step >= N_STEP_CODES:
        raise CorruptFileError(f"gaussians: step code {step}")
    _check_limit(n, _most_gaussians(reader.left()))
    return n, step


def _most_gaussians(n_bytes: int) -> int:
    """How many Gaussians coded words may hold: few bytes can make no reader work for long."""
    return FREE_GAUSSIANS + MAX_GAUSSIANS_PER_BYTE * n_bytes


def _check_limit(n: int, limit: int) -> None:
    if n > limit:
        raise LimitError(f"{n} Gaussians, this file may have {limit}")


_Decoded = tuple[Symbols, Symbols, Symbols, Symbols, Symbols, Symbols, Symbols, Symbols]


def _walk(coder: Coder, header: Header, n: int, given: Payload | None) -> _Decoded:
    """Code every attribute; where there is nothing given, that means to decode it."""
    points = None if given is None else given.cells[:, :2]
    cells, _ = code_cells(coder, n, header.width, header.height, points)
    assert given is None or np.array_equal(cells, given.cells), "not in the order of the cells"
    densities = _densities(cells)
    classes = _few_parents(N_DENSITIES, N_CLASSES).code(
        coder, "class", densities, None if given is None else given.classes
    )
    colors = _code_colors(coder, classes, header.channels, None if given is None else given.colors)
    sizes, elongations = _code_shapes(coder, classes, densities, given)
    levels = angle_levels(classes, elongations)
    angles = coder.uniform("angle", levels, None if given is None else given.angles)
    shapes = Shapes.of(classes, sizes, elongations, angles)
    first, count = shapes.rows_in(cells)
    rows = first + coder.uniform("center", count, None if given is None else given.rows - first)
    first, count = shapes.columns_in(cells, rows)
    columns = first + coder.uniform("center", count, None if given is None else given.columns - first)
    return cells, classes, colors, sizes, elongations, angles, columns, rows


def _densities(cells: Symbols) -> Symbols:
    """Classify cells by area: below 4 pixels, 8, 32, 64, 256, 512, 2048, and all others."""
    bits = np.frexp((cells[:, WIDTH] * cells[:, HEIGHT]).astype(np.float64))[1] - 1
    densities: Symbols = np.clip(bits * 2 // 3, 0, N_DENSITIES - 1).astype(np.int64)
    return densities


def _few_parents(n_contexts: int, n_symbols: int, contexts_per_parent: int = 0) -> AdaptiveCounts:
    """Make tables whose parents are groups of contexts; one group without a number."""
    group = contexts_per_parent or n_contexts
    return AdaptiveCounts(np.arange(n_contexts, dtype=np.int64) // group, n_symbols)


def color_shifts(classes: Symbols) -> Symbols:
    """Return how many low bits of a color are coded evenly, [N]: those below a 16th of its class's reach."""
    return np.maximum(0, (classes - (N_COLOR_SCALES - 2)) // 2)


def _code_colors(coder: Coder, classes: Symbols, n_channels: int, given: Symbols | None) -> Symbols:
    """Code each component given the class and those before it: a bin, and where in it."""
    scales = np.where(classes < N_COLOR_SCALES, classes, N_COLOR_SCALES - 2 + classes % 2)
    shifts = color_shifts(classes)
    colors = np.zeros((n_channels, len(classes)), np.int64)
    first, last = np.zeros_like(classes), np.zeros_like(classes)
    for channel in range(n_channels):
        contexts = (scales * 10 + first) * 4 + last
        table = _few_parents(N_COLOR_SCALES * 40, 2 * COLOR_REACH + 1, 40)
        values = None if given is None else given[channel]
        given_bins = None if values is None else (values >> shifts) + COLOR_REACH
        bins = table.code(coder, f"color{channel}", contexts, given_bins)
        high = (bins - COLOR_REACH) << shifts
        low = coder.uniform(f"color{channel}", 1 << shifts, None if values is None else values - high)
        colors[channel] = high + low
        magnitudes = np.abs(bins - COLOR_REACH)
        if channel == 0:
            first = np.minimum(magnitudes, 9)
        else:
            last = np.minimum(magnitudes, 3)
    return colors


def _code_shapes(
    coder: Coder, classes: Symbols, densities: Symbols, given: Payload | None
) -> tuple[Symbols, Symbols]:
    """Code m given class and density, then r given class and m."""
    near = np.minimum(classes, 15)
    table = _few_parents(16 * N_DENSITIES, N_SIZE_BINS, N_DENSITIES)
    contexts = near * N_DENSITIES + densities
    bins = _Bins(MIN_LOG_SIZE, SIZE_BIN, N_SIZE_BINS, classes)
    sizes = bins.code(coder, "size", table, contexts, None if given is None else given.sizes)
    table = _few_parents(16 * 13, N_ELONGATION_BINS, 13)
    contexts = near * 13 + bins.of(sizes) // 2
    bins = _Bins(0.0, ELONGATION_BIN, N_ELONGATION_BINS, classes)
    return sizes, bins.code(
        coder, "elongation", table, contexts, None if given is None else given.elongations
    )


class _Bins:
    """Levels of m or r, grouped in bins of about equal width whatever the class's step."""

    def __init__(self, least: float, width: float, n_bins: int, classes: Symbols) -> None:
        self._least, self._width, self._n_bins = least, width, n_bins
        self._steps = shape_steps(classes)

    def of(self, levels: Symbols) -> Symbols:
        """Return the bins of levels [N], which must lie in the range of all bins."""
        bins = np.floor((levels * self._steps - self._least) / self._width).astype(np.int64)
        bins -= levels < self._first_level(bins)  # the edges decide, not this quotient's rounding
        bins += levels >= self._first_level(bins + 1)
        return bins

    def code(
        self, coder: Coder, name: str, table: AdaptiveCounts, contexts: Symbols, levels: Symbols | None
    ) -> Symbols:
        """Code the bin adaptively, and which of its levels it is evenly."""
        bins = table.code(coder, name, contexts, None if levels is None else self.of(levels))
        first = self._first_level(bins)
        count = self._first_level(bins + 1) - first
        if not count.all():  # where a step is wider than a bin
            raise CorruptFileError(f"{name}: a bin without a level")
        return first + coder.uniform(name, count, None if levels is None else levels - first)

    def _first_level(self, bins: Symbols) -> Symbols:
        edges = self._least + bins * self._width
        first: Symbols = np.ceil(edges / self._steps).astype(np.int64)
        return first


assert MIN_LOG_SIZE + N_SIZE_BINS * SIZE_BIN >= MAX_LOG_SIZE
assert N_ELONGATION_BINS * ELONGATION_BIN >= MAX_ELONGATION
