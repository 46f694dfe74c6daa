"""The payload of method gsi: the symbols of N Gaussians, as one stream. Spec section 3.

| N varint | step code varint | coded words |        step and words only if N > 0

One walk over the attributes serves both directions, with a SymbolWriter or a SymbolReader: what adapts
and what depends on what can then not differ. Every attribute is coded for all Gaussians before the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gicodec.format.arrays import IntArray
from gicodec.format.entropy.adaptive import AdaptiveCounts
from gicodec.format.entropy.ans import Coder, SymbolReader, SymbolWriter
from gicodec.format.errors import CorruptFileError
from gicodec.format.gsi.angles import code_angles
from gicodec.format.gsi.cells import HEIGHT, WIDTH, code_cells
from gicodec.format.gsi.colors import code_colors
from gicodec.format.gsi.head import read_head
from gicodec.format.gsi.lattice import N_CLASSES, Shapes, color_classes, energy_classes
from gicodec.format.gsi.neighborhood import Blocks, log_density_of
from gicodec.format.gsi.priors import CLASSES
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.format.gsi.shapes import code_elongations, code_sizes, minor_axis_class, size_bins
from gicodec.format.gsi.waves import code_waves
from gicodec.format.header import Header
from gicodec.format.payload import Payload, check_limit, max_gaussians_of
from gicodec.format.varint import ByteReader, write_varint

N_DENSITIES = 8  # contexts from the area of a cell, two for a factor of 8

CLASS_CHAIN = ((1, 40), (N_DENSITIES, 40))  # see AdaptiveCounts


@dataclass(frozen=True, eq=False)
class GsiPayload(Payload):
    """N quantized Gaussians, in the order of their cells."""

    step: int
    """Code of D, 0 to N_STEP_CODES - 1."""
    cells: IntArray
    """[N, 4] (x, y, width, height), pixels, each of which holds a center."""
    gaussians: QuantizedGaussians

    @property
    def n_gaussians(self) -> int:
        """How many Gaussians there are."""
        return len(self.gaussians)

    @property
    def n_channels(self) -> int:
        """How many channels their colors have."""
        return len(self.gaussians.colors.T)

    @property
    def n_waves(self) -> int:
        """How many of them have a wave."""
        return int(self.gaussians.has_wave().sum())

    @classmethod
    def empty(cls, n_channels: int) -> GsiPayload:
        """Return the payload of no Gaussians."""
        return cls(0, np.zeros((0, 4), np.int64), QuantizedGaussians.empty(n_channels))

    def write(self, header: Header) -> tuple[bytes, dict[str, float]]:
        """Write the section's payload; also return the ideal code lengths by attribute, bits."""
        if not self.n_gaussians:
            return write_varint(0), {}
        check_limit(self.n_gaussians, header.max_gaussians)
        writer = SymbolWriter()
        _walk(writer, header, self.n_gaussians, self.step, self)
        words = writer.to_bytes()
        check_limit(self.n_gaussians, max_gaussians_of(len(words)))
        return write_varint(self.n_gaussians) + write_varint(self.step) + words, dict(writer.bits)

    @classmethod
    def from_bytes(cls, data: bytes, header: Header, decode: Decode | None = None) -> GsiPayload:
        """Read the section's payload: the mirror of :meth:`to_bytes`; with this decoder, if one is given."""
        reader = ByteReader(data, "gaussians")
        n, step = read_head(reader, header)
        words = reader.take(reader.left())
        if not n:
            if words:
                raise CorruptFileError(f"gaussians: extra bytes after 0 Gaussians: {len(words)}")
            return cls.empty(header.channels)
        return (decode or decode_symbols)(words, header, n, step)


Decode = Callable[[bytes, Header, int, int], GsiPayload]
"""Makes a payload of coded words, a header, the number of Gaussians, and the code of D."""


def decode_symbols(words: bytes, header: Header, n: int, step: int) -> GsiPayload:
    """Decode n > 0 Gaussians."""
    symbols = SymbolReader(words)
    payload = _walk(symbols, header, n, step, None)
    symbols.close()
    return payload


def _walk(coder: Coder, header: Header, n: int, step: int, payload: GsiPayload | None) -> GsiPayload:
    """Code every attribute; where there is no payload given, that means to decode it."""
    given = _Given() if payload is None else _Given.of(payload)
    cells, _ = code_cells(coder, n, header.width, header.height, given.points)
    assert payload is None or np.array_equal(cells, payload.cells), "not in the order of the cells"
    classes = _code_classes(coder, cells, given.classes)
    log_density = log_density_of(cells, header.width, header.height)
    sizes = code_sizes(coder, classes, step, log_density, cells, given.sizes)
    elongations = code_elongations(coder, classes, sizes, given.elongations)
    minor_axis = minor_axis_class(classes, sizes, elongations)
    wide = size_bins(classes, sizes)
    amplitudes, frequencies = code_waves(coder, classes, wide, minor_axis, given.waves)
    energies = color_classes(classes, amplitudes)
    colors = code_colors(coder, classes, energies, minor_axis, header.channels, given.colors)
    blocks = Blocks(cells, header.width, header.height, 1)
    angles = code_angles(coder, blocks, classes, elongations, given.angles)
    shapes = Shapes.of(classes, sizes, elongations, angles)
    rows = coder.within("center", *shapes.rows_in(cells), given.rows)
    columns = coder.within("center", *shapes.columns_in(cells, rows), given.columns)
    waves = amplitudes.T, energy_classes(amplitudes), frequencies.T
    gaussians = QuantizedGaussians(classes, colors.T, sizes, elongations, angles, columns, rows, *waves)
    return GsiPayload(step, cells, gaussians)


@dataclass(frozen=True)
class _Given:
    """What a writer's walk codes, attribute by attribute; a reader's has none of it."""

    points: IntArray | None = None  # [N, 2] the first pixels of the cells
    classes: IntArray | None = None
    colors: IntArray | None = None  # [C, N]
    sizes: IntArray | None = None
    elongations: IntArray | None = None
    angles: IntArray | None = None
    columns: IntArray | None = None
    rows: IntArray | None = None
    waves: tuple[IntArray, IntArray] | None = None  # amplitudes and frequencies [2, N]

    @classmethod
    def of(cls, payload: GsiPayload) -> _Given:
        """Give all of a payload."""
        q = payload.gaussians
        places = q.angles, q.columns, q.rows, (q.amplitudes.T, q.frequencies.T)
        return cls(payload.cells[:, :2], q.classes, q.colors.T, q.sizes, q.elongations, *places)


def _code_classes(coder: Coder, cells: IntArray, given: IntArray | None) -> IntArray:
    """Code the classes given the areas of the cells: below 4 pixels, 8, 32, 64, 256, 512, 2048, and above."""
    bits = np.frexp((cells[:, WIDTH] * cells[:, HEIGHT]).astype(np.float64))[1] - 1
    densities = np.clip(bits * 2 // 3, 0, N_DENSITIES - 1).astype(np.int64)
    chain = [np.zeros_like(densities), densities]
    return AdaptiveCounts(N_CLASSES, CLASS_CHAIN).code(
        coder, "class", lambda rows: np.tile(CLASSES, (len(densities[rows]), 1)), chain, given
    )
