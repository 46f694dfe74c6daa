"""How many bits a Gaussian's symbols take: the entropy, by class, of those of the whole picture.

An estimate of what the adaptive models of format/ come to, without what they know of a Gaussian's neighbors.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gicodec.format.arrays import IntArray
from gicodec.format.gsi.lattice import MIN_LOG_SIZE, N_CLASSES, angle_levels, shape_steps, wave_steps
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.format.gsi.shapes import ELONGATION_BIN, N_ELONGATION_BINS, N_SIZE_BINS, SIZE_BIN

Bits = NDArray[np.float64]

N_SPARE_BINS = 2
"""Of m, and of r, that the file does not have and nothing is ever in. They take part in the smoothing of the
others, so that encodings would differ without them: to be dropped with the format's next change."""
N_SIZES, N_ELONGATIONS = N_SIZE_BINS + N_SPARE_BINS, N_ELONGATION_BINS + N_SPARE_BINS
N_MAGNITUDES = 17  # of a color in steps, the last for all above
N_FIRST, N_SECOND = 10, 4  # contexts from the magnitudes of the components before
N_AMPLITUDES = 9  # as of a color
FREQUENCY_BIN, N_FREQUENCY_BINS = 2.0, 12  # radians per standard deviation, the last for all above
PRIOR = 4.0  # symbols of its own after which a context trusts itself as much as its class


class CodeLength:
    """Bits of symbols that occur as often as among N Gaussians of a picture of so many pixels."""

    def __init__(self, rounded: QuantizedGaussians, n_pixels: int) -> None:
        classes = rounded.classes
        self._class = _bits(np.bincount(classes, minlength=N_CLASSES).astype(np.float64) + 1 / N_CLASSES)
        size, elongation = _bins(rounded)
        self._size = _table([classes], size, (N_CLASSES, N_SIZES))
        self._elongation = _table([classes, size], elongation, (N_CLASSES, N_SIZES, N_ELONGATIONS))
        shapes = (), (N_FIRST,), (N_FIRST, N_SECOND)
        self._colors = [
            _table([classes, *contexts], magnitudes, (N_CLASSES, *shape, N_MAGNITUDES))
            for (contexts, magnitudes), shape in zip(_components(rounded.colors), shapes, strict=True)
        ]
        waves = rounded.has_wave()
        self._wave = _table([classes], waves.astype(np.int64), (N_CLASSES, 2))
        some = rounded.take(waves)
        first, second = _amplitudes(some)
        self._first = _table([some.wave_classes], first, (N_CLASSES, N_AMPLITUDES))
        self._second = _table([some.wave_classes, first], second, (N_CLASSES, N_AMPLITUDES, N_AMPLITUDES))
        same = np.zeros(len(some), np.int64)
        self._frequencies = [_table([same], bins, (1, N_FREQUENCY_BINS))[0] for bins in _frequencies(some)]
        # The order of the Gaussians is not coded, which saves log2(N!) bits.
        self._place = math.log2(n_pixels * math.e / max(1, len(rounded)))

    def colors(self, classes: IntArray, colors: IntArray) -> Bits:
        """Return the bits of colors [N, 3], given their classes [N]."""
        bits: Bits = np.count_nonzero(colors, axis=1).astype(np.float64)  # signs
        for table, (contexts, magnitudes) in zip(self._colors, _components(colors), strict=True):
            bits += table[(classes, *contexts, magnitudes)]
        return bits

    def color_tables(self) -> list[Bits]:
        """Return the bits of magnitudes by class, and by what comes before of a color."""
        return self._colors

    def shapes(self, rounded: QuantizedGaussians) -> Bits:
        """Return the bits of everything but the colors, [N]."""
        classes, (size, elongation) = rounded.classes, _bins(rounded)
        steps = shape_steps(classes)
        levels = np.maximum(SIZE_BIN / steps, 1) * np.maximum(ELONGATION_BIN / steps, 1)
        # A place's area is 2 exp(2m) u^2 (Shapes), u being the step of m.
        area = 1 + 2 * (rounded.log_sizes() + np.log(steps)) / math.log(2)
        fine = np.log2(levels * angle_levels(classes, rounded.elongations))
        shape = self._size[classes, size] + self._elongation[classes, size, elongation]
        return np.asarray(self._class[classes] + shape + fine + self._place - area)

    def waves(self, rounded: QuantizedGaussians) -> Bits:
        """Return the bits of who has a wave, and of the waves, [N]."""
        waves = rounded.has_wave()
        bits = self._wave[rounded.classes, waves.astype(np.int64)]
        some = rounded.take(waves)
        first, second = _amplitudes(some)
        by_wave = self._first[some.wave_classes, first] + self._second[some.wave_classes, first, second]
        by_wave += np.count_nonzero(some.amplitudes, axis=1) + (some.frequencies[:, 0] != 0)  # signs
        levels = np.log2(np.maximum(FREQUENCY_BIN / wave_steps(some.wave_classes), 1))
        for table, bins in zip(self._frequencies, _frequencies(some), strict=True):
            by_wave += table[bins] + levels
        bits[waves] += by_wave
        return np.asarray(bits)


def _amplitudes(rounded: QuantizedGaussians) -> tuple[IntArray, IntArray]:
    first, second = np.minimum(np.abs(rounded.amplitudes), N_AMPLITUDES - 1).T
    return first, second


def _frequencies(rounded: QuantizedGaussians) -> tuple[IntArray, IntArray]:
    values = np.abs(rounded.frequencies) * wave_steps(rounded.wave_classes)[:, None]
    along, across = np.minimum(values // FREQUENCY_BIN, N_FREQUENCY_BINS - 1).astype(np.int64).T
    return along, across


def _bins(rounded: QuantizedGaussians) -> tuple[IntArray, IntArray]:
    size = ((rounded.log_sizes() - MIN_LOG_SIZE) / SIZE_BIN).astype(np.int64)
    elongation = (rounded.log_elongations() / ELONGATION_BIN).astype(np.int64)
    return np.clip(size, 0, N_SIZES - 1), np.clip(elongation, 0, N_ELONGATIONS - 1)


def _components(colors: IntArray) -> list[tuple[list[IntArray], IntArray]]:
    """Return the contexts and the magnitude, [N] each, of every component of colors [N, 3]."""
    magnitudes = np.abs(colors)
    first = np.minimum(magnitudes[:, 0], N_FIRST - 1)
    second = np.minimum(magnitudes[:, 1], N_SECOND - 1)
    contexts: list[list[IntArray]] = [[], [first], [first, second]]
    return list(zip(contexts, np.minimum(magnitudes, N_MAGNITUDES - 1).T, strict=True))


def _table(contexts: list[IntArray], symbols: IntArray, shape: tuple[int, ...]) -> Bits:
    """Return the bits of symbols in all contexts, the first of which is the class: [*shape].

    Contexts seldom seen do as their class does, and classes as all.
    """
    counts = np.zeros(shape)
    np.add.at(counts, (*contexts, symbols), 1)
    every = counts.reshape(-1, shape[-1]).sum(axis=0) + 1
    by_class = counts.reshape(shape[0], -1, shape[-1]).sum(axis=1) + PRIOR * every / every.sum()
    by_class /= by_class.sum(axis=1, keepdims=True)
    return _bits(counts + PRIOR * by_class.reshape(shape[0], *[1] * (len(shape) - 2), shape[-1]))


def _bits(counts: Bits) -> Bits:
    bits: Bits = -np.log2(counts / counts.sum(axis=-1, keepdims=True))
    return bits
