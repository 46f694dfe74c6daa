"""What the exact pass chooses among: the points of the lattice one step of one attribute away."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.gsi.cells import MARGIN
from gicodec.format.gsi.lattice import N_CLASSES, Shapes, angle_levels, shape_steps
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.quantize import TRANSFORM, WAVE_SCALE, into_range, wave_frequencies, with_frequencies
from gicodec.render import Splats

MOVES = (  # of an attribute, by so many steps
    (None, 0),  # the Gaussian itself
    ("sizes", -1),
    ("sizes", 1),
    ("elongations", -1),
    ("elongations", 1),
    ("classes", -1),  # size, elongation and angle as near as the other steps allow
    ("classes", 1),
    ("angles", -1),
    ("angles", 1),
    ("columns", -1),
    ("columns", 1),
    ("rows", -1),
    ("rows", 1),
)
FREQUENCY_MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))  # steps along and across
WAVE_CLASS_MOVES = (-1, 1)


def candidates(old: QuantizedGaussians) -> QuantizedGaussians:
    """Return every move of N Gaussians, [13 N], move after move, with the old colors and nearest centers."""
    n, n_moves = len(old), len(MOVES)
    classes = np.clip(old.classes + _steps("classes"), 0, N_CLASSES - 1)
    finer = shape_steps(old.classes) / shape_steps(classes)
    sizes = np.rint(old.sizes * finer).astype(np.int64) + _steps("sizes")
    elongations = np.rint(old.elongations * finer).astype(np.int64) + _steps("elongations")
    sizes, elongations = into_range(classes, sizes, elongations)
    levels = angle_levels(classes.ravel(), elongations.ravel()).reshape(classes.shape)
    angles = np.rint(old.turns() / (2 * math.pi) * levels).astype(np.int64) + _steps("angles")
    angles %= levels
    shapes = Shapes.of(classes.ravel(), sizes.ravel(), elongations.ravel(), angles.ravel())
    places = shapes.nearest_places(np.tile(old.centers(), (n_moves, 1)))
    columns, rows = (symbols.reshape(-1, n) for symbols in places)
    tiled = np.tile(np.arange(n), n_moves)
    moved = replace(
        old.take(tiled),
        classes=classes.ravel(),
        sizes=sizes.ravel(),
        elongations=elongations.ravel(),
        angles=angles.ravel(),
        columns=(columns + _steps("columns")).ravel(),
        rows=(rows + _steps("rows")).ravel(),
    )
    return with_frequencies(moved, wave_frequencies(old)[tiled])


def wave_candidates(old: QuantizedGaussians) -> QuantizedGaussians:
    """Return every move of N Gaussians with waves, [19 N]: also of their frequencies and wave classes."""
    frequencies = wave_frequencies(old)
    around = [candidates(old)]
    for step in FREQUENCY_MOVES:
        moved = replace(old, frequencies=old.frequencies + np.array(step))
        around.append(with_frequencies(moved, wave_frequencies(moved)))
    for change in WAVE_CLASS_MOVES:
        classes = np.clip(old.wave_classes + change, 0, N_CLASSES - 1)
        around.append(with_frequencies(replace(old, wave_classes=classes), frequencies))
    return QuantizedGaussians.joined(around)


@dataclass(frozen=True)
class Candidates:
    """Candidates, and what of them a sweep computes once for all batches."""

    symbols: QuantizedGaussians
    centers: NDArray[np.float32]
    """[N, 2], as the engine takes them."""
    conics: NDArray[np.float32]
    """[N, 3]."""
    frequencies: NDArray[np.float32] | None
    """[N, 2]; None if no candidate may have a wave."""
    units: FloatArray
    """[N]: what a step of a color is in the picture."""
    codable: NDArray[np.bool_]
    """[N]: whether the center can be in a cell, and the Gaussian is not too long."""

    @classmethod
    def of(
        cls,
        symbols: QuantizedGaussians,
        step: float,
        size: tuple[int, int],
        longest: float = math.inf,
        *,
        waves: bool,
    ) -> Candidates:
        """Prepare N candidates at a step D for a picture of a size (height, width).

        Those with a longer standard deviation than so many pixels are none.
        """
        shapes = symbols.shapes()
        centers = shapes.centers(symbols.columns, symbols.rows)
        conics = np.stack([shapes.yy, -shapes.xy, shapes.xx], axis=1) / shapes.determinant[:, None]
        inside = ((centers >= -MARGIN) & (centers < np.array(size[::-1]) + MARGIN)).all(axis=1)
        inside &= symbols.log_sizes() + symbols.log_elongations() <= math.log(longest) + 1e-6
        frequencies = narrow(wave_frequencies(symbols)) if waves else None
        units = step * np.exp(-symbols.log_sizes())
        return cls(symbols, narrow(centers), narrow(conics), frequencies, units, np.asarray(inside))

    def take(self, rows: IntArray) -> Candidates:
        """Return some rows [K]."""
        frequencies = None if self.frequencies is None else self.frequencies[rows]
        arrays = self.centers[rows], self.conics[rows], frequencies, self.units[rows], self.codable[rows]
        return Candidates(self.symbols.take(rows), *arrays)

    def splats(self, colors: IntArray, amplitudes: IntArray) -> Splats[NDArray[np.float32]]:
        """Return them, as the engine draws them, with colors [N, 3] and amplitudes [N, 2]."""
        gains, waves = self.units[:, None], None
        if self.frequencies is not None:
            waves = np.hstack([narrow(amplitudes * WAVE_SCALE * gains), self.frequencies])
        return Splats(self.centers, self.conics, narrow(colors @ TRANSFORM * gains), waves)


def narrow(array: FloatArray) -> NDArray[np.float32]:
    """Return an array as the engine takes it."""
    return np.ascontiguousarray(array, dtype=np.float32)


def _steps(attribute: str) -> IntArray:
    """Return by how many steps each move changes an attribute, [13, 1]."""
    return np.array([[step if moved == attribute else 0] for moved, step in MOVES], np.int64)
