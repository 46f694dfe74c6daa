"""The GAUSSIANS section: the symbols of N Gaussians, as one stream. Spec section 3.

| N varint | step code varint | coded words |        step and words only if N > 0

One walk over the attributes serves both directions, with a SymbolWriter or a SymbolReader: what adapts
and what depends on what can then not differ. Every attribute is coded for all Gaussians before the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gicodec.format.adaptive import AdaptiveCounts, Law
from gicodec.format.angles import code_angles
from gicodec.format.bits import ByteReader, write_varint
from gicodec.format.coder import Coder, SymbolReader, Symbols, SymbolWriter
from gicodec.format.constants import FREE_GAUSSIANS, MAX_GAUSSIANS_PER_BYTE
from gicodec.format.errors import CorruptFileError, LimitError
from gicodec.format.header import Header
from gicodec.format.lattice import N_CLASSES, N_STEP_CODES, Shapes
from gicodec.format.laws import CLASSES, COLOR_REACH, N_COLOR_SCALES, TINTS, color_laws
from gicodec.format.neighbors import Blocks, crowding_of
from gicodec.format.shape_codes import code_elongations, code_sizes, narrowness
from gicodec.format.tree import HEIGHT, WIDTH, code_cells

N_DENSITIES = 8  # contexts from the area of a cell, two for a factor of 8

# How many contexts, and the weight of what comes before: see AdaptiveCounts.
CLASS_CHAIN = ((1, 40), (N_DENSITIES, 40))
FIRST_COLOR_CHAIN = ((N_COLOR_SCALES, 60), (N_COLOR_SCALES * len(TINTS), 30))
SECOND_COLOR_CHAIN = ((N_COLOR_SCALES * 10, 40), (N_COLOR_SCALES * 10 * len(TINTS), 40))
THIRD_COLOR_CHAIN = ((7, 40), (7 * len(TINTS), 40))


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
        _walk(writer, header, self.n_gaussians, self.step, self)
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
        decoded = _walk(symbols, header, n, step, None)
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


def _walk(coder: Coder, header: Header, n: int, step: int, given: Payload | None) -> _Decoded:
    """Code every attribute; where there is nothing given, that means to decode it."""
    points = None if given is None else given.cells[:, :2]
    cells, _ = code_cells(coder, n, header.width, header.height, points)
    assert given is None or np.array_equal(cells, given.cells), "not in the order of the cells"
    classes = _code_classes(coder, cells, None if given is None else given.classes)
    crowding = crowding_of(cells, header.width, header.height)
    sizes = code_sizes(coder, classes, step, crowding, cells, None if given is None else given.sizes)
    elongations = code_elongations(coder, classes, sizes, None if given is None else given.elongations)
    narrow = narrowness(classes, sizes, elongations)
    colors = _code_colors(coder, classes, narrow, header.channels, None if given is None else given.colors)
    blocks = Blocks(cells, header.width, header.height, 1)
    angles = code_angles(coder, blocks, classes, elongations, None if given is None else given.angles)
    shapes = Shapes.of(classes, sizes, elongations, angles)
    first, count = shapes.rows_in(cells)
    rows = first + coder.uniform("center", count, None if given is None else given.rows - first)
    first, count = shapes.columns_in(cells, rows)
    columns = first + coder.uniform("center", count, None if given is None else given.columns - first)
    return cells, classes, colors, sizes, elongations, angles, columns, rows


def _code_classes(coder: Coder, cells: Symbols, given: Symbols | None) -> Symbols:
    """Code the classes given the areas of the cells: below 4 pixels, 8, 32, 64, 256, 512, 2048, and above."""
    bits = np.frexp((cells[:, WIDTH] * cells[:, HEIGHT]).astype(np.float64))[1] - 1
    densities = np.clip(bits * 2 // 3, 0, N_DENSITIES - 1).astype(np.int64)
    chain = [np.zeros_like(densities), densities]
    return AdaptiveCounts(N_CLASSES, CLASS_CHAIN).code(
        coder, "class", lambda rows: np.tile(CLASSES, (len(densities[rows]), 1)), chain, given
    )


def color_shifts(classes: Symbols) -> Symbols:
    """Return how many low bits of a color are coded evenly, [N]: those below a 16th of its class's reach."""
    return np.maximum(0, (classes - (N_COLOR_SCALES - 2)) // 2)


def _code_colors(
    coder: Coder, classes: Symbols, narrow: Symbols, n_channels: int, given: Symbols | None
) -> Symbols:
    """Code each component given class, shape, and those before it: a bin, and where in it.

    All but the first change their sign with the first, so that a picture's tints add up.
    """
    scales = np.where(classes < N_COLOR_SCALES, classes, N_COLOR_SCALES - 2 + classes % 2)
    shifts = color_shifts(classes)
    colors = np.zeros((n_channels, len(classes)), np.int64)
    bins: list[Symbols] = []
    for channel in range(n_channels):
        turned = np.where((colors[0] < 0) & (channel > 0), -1, 1)
        values = None if given is None else given[channel] * turned
        law, links, chain = _color_contexts(narrow, scales, bins)
        given_bins = None if values is None else (values >> shifts) + COLOR_REACH
        table = AdaptiveCounts(2 * COLOR_REACH + 1, chain)
        bins.append(table.code(coder, f"color{channel}", law, links, given_bins) - COLOR_REACH)
        high = bins[-1] << shifts
        low = coder.uniform(f"color{channel}", 1 << shifts, None if values is None else values - high)
        colors[channel] = (high + low) * turned
    return colors


def _color_contexts(
    narrow: Symbols, scales: Symbols, bins: list[Symbols]
) -> tuple[Law, list[Symbols], Sequence[tuple[int, int]]]:
    """Return the law, the contexts and the chain of the component that follows these."""
    laws, widths = color_laws(), len(TINTS)
    if not bins:
        links = [scales, scales * widths + narrow]
        return lambda rows: laws[0][narrow[rows], scales[rows]], links, FIRST_COLOR_CHAIN
    first = np.abs(bins[0])
    if len(bins) == 1:
        context = scales * 10 + np.minimum(first, 9)
        links = [context, context * widths + narrow]
        return lambda rows: laws[1][narrow[rows], scales[rows], first[rows]], links, SECOND_COLOR_CHAIN
    second = np.abs(bins[1])
    context = np.clip(bins[1], -3, 3) + 3
    links = [context, context * widths + narrow]
    return (
        lambda rows: laws[2][narrow[rows], scales[rows], first[rows], second[rows]],
        links,
        THIRD_COLOR_CHAIN,
    )
