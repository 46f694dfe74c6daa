"""What candidates of the exact pass would add to the picture's error, and the coefficients best for each."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gicodec.fit.objective import Objective
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.quantize import TRANSFORM, WAVE_SCALE, wave_frequencies

RIDGE = 1e-4  # of a Gram matrix: waves of long period are hardly another color
GRAY = 1.5  # steps: as much color may be left out
_CORNERS = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)])
_SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


class ErrorAdded:
    """What Gaussians add to the squared error, by their colors c and amplitudes (p, q) in steps.

    With z = (c0, p, q) that is z^T G z + 2 h z + a (c1^2 + c2^2) + 2 (b1 c1 + b2 c2): wave and luminance
    overlap.
    """

    def __init__(self, objective: Objective, others: QuantizedGaussians, step: float) -> None:
        self._others = others
        unit = step * np.exp(-others.log_sizes())
        if others.amplitudes.any():
            frequencies = narrow(wave_frequencies(others))
            grams, products, by_wave = objective.correlate_waves(*placed(others), frequencies)
            scales = unit[:, None] * [1, math.sqrt(2), math.sqrt(2)]
            self._gram = grams * scales[:, :, None] * scales[:, None, :]
            self._by_wave = by_wave * (unit * WAVE_SCALE)[:, None]
        else:
            squares, products = objective.correlate(*placed(others))
            self._gram = (squares * unit**2)[:, None, None] * np.eye(3)
            self._by_wave = np.zeros((len(others), 2))
        self._by_color = products.astype(np.float64) @ TRANSFORM.T * unit[:, None]

    def __call__(self, colors: IntArray, amplitudes: IntArray) -> FloatArray:
        """Return the error added, [N]."""
        a, (g0p, g0q), (gpp, gpq, gqq) = self._parts()
        plain: FloatArray = a * np.square(colors).sum(axis=1) + 2 * (colors * self._by_color).sum(axis=1)
        if not amplitudes.any():
            return plain
        p, q = amplitudes.T
        wave = gpp * p**2 + 2 * gpq * p * q + gqq * q**2 + 2 * (self._by_wave * amplitudes).sum(axis=1)
        both: FloatArray = plain + wave + 2 * colors[:, 0] * (g0p * p + g0q * q)
        return both

    def waves(self) -> list[QuantizedGaussians]:
        """List waves of the candidates' frequencies, around the ideal one, the old one, and none."""
        old = self._others
        none = replace(
            old,
            amplitudes=np.zeros_like(old.amplitudes),
            wave_classes=np.zeros_like(old.wave_classes),
            frequencies=np.zeros_like(old.frequencies),
        )
        if not old.amplitudes.any():
            return [none]
        right = np.concatenate([self._by_color[:, :1], self._by_wave], axis=1)
        ridge = RIDGE * np.trace(self._gram, axis1=1, axis2=2)[:, None, None] * np.eye(3) + 1e-12 * np.eye(3)
        ideal = -np.linalg.solve(self._gram + ridge, right[:, :, None])[:, 1:, 0]
        low = np.floor(ideal).astype(np.int64)
        return [*(replace(old, amplitudes=low + corner) for corner in _SQUARE), old, none]

    def colors(self, amplitudes: IntArray) -> list[IntArray]:
        """List colors that go well with a wave."""
        a, (g0p, g0q), _ = self._parts()
        right = self._by_color.copy()
        right[:, 0] += g0p * amplitudes[:, 0] + g0q * amplitudes[:, 1]
        return _color_options(-right / np.maximum(a, 1e-12)[:, None], self._others.colors)

    def _parts(self) -> tuple[FloatArray, tuple[FloatArray, ...], tuple[FloatArray, ...]]:
        gram = self._gram
        return gram[:, 0, 0], (gram[:, 0, 1], gram[:, 0, 2]), (gram[:, 1, 1], gram[:, 1, 2], gram[:, 2, 2])


def _color_options(ideal: FloatArray, old: IntArray) -> list[IntArray]:
    """List colors [N, C] around the ideal ones: the corners of their cubes of steps, gray ones, the old."""
    low = np.floor(ideal).astype(np.int64)
    gray = np.rint(ideal).astype(np.int64)
    gray[:, 1:] *= np.abs(ideal[:, 1:]) >= GRAY
    return [*(low + corner for corner in _CORNERS), gray, old]


def placed(rounded: QuantizedGaussians) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return centers [N, 2] and conics [N, 3], as the engine takes them."""
    shapes = rounded.shapes()
    conics = np.stack([shapes.yy, -shapes.xy, shapes.xx], axis=1) / shapes.determinant[:, None]
    return narrow(rounded.centers()), narrow(conics)


def narrow(array: FloatArray) -> NDArray[np.float32]:
    """Return an array as the engine takes it."""
    return np.ascontiguousarray(array, dtype=np.float32)
