"""What candidates of the exact pass would add to the picture's error, and the coefficients best for each."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from gicodec.encoder.tuning.candidates import Candidates
from gicodec.fit.canvas import Canvas
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.quantize import TRANSFORM, WAVE_SCALE

RIDGE = 1e-4  # of a Gram matrix: waves of long period are hardly another color
GRAY = 1.5  # steps: as much color may be left out
_CORNERS = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)])
_SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


class ErrorAdded:
    """What Gaussians add to the squared error, by their colors c and amplitudes (p, q) in steps.

    With z = (c0, p, q) that is z^T G z + 2 h z + a (c1^2 + c2^2) + 2 (b1 c1 + b2 c2): wave and luminance
    overlap.
    """

    def __init__(self, canvas: Canvas, others: Candidates) -> None:
        self._old, unit = others.symbols, others.units
        self._waves = others.frequencies is not None
        if others.frequencies is not None:
            placed = others.centers, others.conics, others.frequencies
            grams, products, by_wave = canvas.correlate_waves(*placed)
            scales = unit[:, None] * [1, math.sqrt(2), math.sqrt(2)]
            self._gram = grams * scales[:, :, None] * scales[:, None, :]
            self._by_wave = by_wave * (unit * WAVE_SCALE)[:, None]
            self._square = self._gram[:, 0, 0]
        else:
            squares, products = canvas.correlate(others.centers, others.conics)
            self._square = squares * unit**2
        self._by_color = products.astype(np.float64) @ TRANSFORM.T * unit[:, None]

    def __call__(self, colors: IntArray, amplitudes: IntArray) -> FloatArray:
        """Return the error added [P, N] by P colors of each [P, N, 3] with one wave [N, 2]."""
        squares = np.einsum("pnc,pnc->pn", colors, colors)
        plain: FloatArray = self._square * squares + 2 * np.einsum("pnc,nc->pn", colors, self._by_color)
        if not amplitudes.any():
            return plain
        gram, (p, q) = self._gram, amplitudes.T
        wave = gram[:, 1, 1] * p**2 + 2 * gram[:, 1, 2] * p * q + gram[:, 2, 2] * q**2
        wave += 2 * (self._by_wave * amplitudes).sum(axis=1)
        both: FloatArray = plain + wave + 2 * colors[:, :, 0] * (gram[:, 0, 1] * p + gram[:, 0, 2] * q)
        return both

    def waves(self) -> list[QuantizedGaussians]:
        """List waves of the candidates' frequencies, around the ideal one, the old one, and none."""
        old = self._old
        if not self._waves:
            return [old]
        right = np.concatenate([self._by_color[:, :1], self._by_wave], axis=1)
        ridge = RIDGE * np.trace(self._gram, axis1=1, axis2=2)[:, None, None] * np.eye(3) + 1e-12 * np.eye(3)
        ideal = -np.linalg.solve(self._gram + ridge, right[:, :, None])[:, 1:, 0]
        low = np.floor(ideal).astype(np.int64)
        amplitudes = *(low + corner for corner in _SQUARE), old.amplitudes, np.zeros_like(low)
        return [_with_amplitudes(old, each) for each in amplitudes]

    def colors(self, amplitudes: IntArray) -> IntArray:
        """Return colors [P, N, 3] that go well with a wave: near the ideal ones, gray ones, the old."""
        right = self._by_color
        if amplitudes.any():
            right = right.copy()
            right[:, 0] += (self._gram[:, 0, 1:] * amplitudes).sum(axis=1)
        ideal = -right / np.maximum(self._square, 1e-12)[:, None]
        gray = np.rint(ideal)
        gray[:, 1:] *= np.abs(ideal[:, 1:]) >= GRAY
        corners = np.floor(ideal).astype(np.int64) + _CORNERS[:, None]
        return np.concatenate([corners, gray.astype(np.int64)[None], self._old.colors[None]])


def _with_amplitudes(old: QuantizedGaussians, amplitudes: IntArray) -> QuantizedGaussians:
    """Return Gaussians with other amplitudes [N, 2]; where they are zero, with nothing of a wave."""
    waved = (amplitudes != 0).any(axis=1)
    classes, frequencies = old.wave_classes * waved, old.frequencies * waved[:, None]
    return replace(old, amplitudes=amplitudes, wave_classes=classes, frequencies=frequencies)
