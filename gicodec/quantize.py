"""Gaussians to symbols and back: the color transform and the lattice of format/lattice.py. Spec section 5.

alpha = T c exp(m), T orthonormal: in these colors a given error is the same error of the picture for
every Gaussian, and one step D serves all.
"""

from __future__ import annotations

import numpy as np

from gicodec.format import GsiPayload, Payload, RecordPayload, UnsupportedFileError
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.exact import PI, cos_sin, exp
from gicodec.format.gsi.lattice import (
    MAX_FREQUENCY,
    Shapes,
    angle_levels,
    energy_classes,
    shape_steps,
    step_of,
    wave_steps,
)
from gicodec.gaussians import Gaussians

TRANSFORM: FloatArray = np.array([[1, 1, 1], [1, 0, -1], [-1, 2, -1]]) / np.sqrt([[3.0], [2.0], [6.0]])
"""[3, 3] orthonormal: luminance, red against blue, green against both."""
WAVE_SCALE = np.sqrt(2 / len(TRANSFORM))
"""Of A and B times exp(m), in units of D and of their symbols: a wave is luminance, with half its energy."""


def dequantize(payload: Payload) -> Gaussians:
    """Compute the Gaussians that a payload stands for, the same doubles on every machine.

    Raises:
        UnsupportedFileError: Not three channels; of the papers' methods, nor one.
    """
    if isinstance(payload, RecordPayload):
        if payload.n_channels not in (1, 3):
            raise UnsupportedFileError(f"pictures of {payload.n_channels} channels")
        return Gaussians.of_covariances(*payload.model.arrays(payload.records))
    assert isinstance(payload, GsiPayload)
    if len(payload.colors) != len(TRANSFORM):
        raise UnsupportedFileError(f"pictures of {len(payload.colors)} channels")
    steps = shape_steps(payload.classes)
    sizes, elongations = np.asarray(payload.sizes * steps), np.asarray(payload.elongations * steps)
    shapes = Shapes.of(payload.classes, payload.sizes, payload.elongations, payload.angles)
    angles = np.asarray(PI * payload.angles / angle_levels(payload.classes, payload.elongations))
    alphas = payload.colors.T * step_of(payload.step)
    return Gaussians(
        centers=shapes.centers(payload.columns, payload.rows),
        log_sizes=sizes,
        log_elongations=elongations,
        angles=angles,
        # A sum, not a matrix product, whose order of additions is the library's choice.
        colors=np.asarray((alphas[:, :, None] * TRANSFORM).sum(axis=1) * exp(-sizes)[:, None]),
        waves=_waves(payload, sizes, elongations, angles) if payload.n_waves else None,
    )


def _waves(payload: GsiPayload, sizes: FloatArray, elongations: FloatArray, angles: FloatArray) -> FloatArray:
    """Compute the waves [N, 4] (A, B, kx, ky); all 0 where there is none."""
    amplitudes = payload.wave_amplitudes * (step_of(payload.step) * WAVE_SCALE) * exp(-sizes)
    steps = wave_steps(energy_classes(payload.wave_amplitudes))
    return np.concatenate(
        [amplitudes, pixel_frequencies(payload.wave_frequencies, steps, sizes, elongations, angles)]
    ).T


def pixel_frequencies(
    symbols: IntArray, steps: FloatArray, sizes: FloatArray, elongations: FloatArray, angles: FloatArray
) -> FloatArray:
    """Return (kx, ky) [2, N], radians a pixel, of symbols [2, N] (along, across) in a Gaussian's axes.

    Args:
        symbols: Multiples of the steps.
        steps: [N], radians per standard deviation.
        sizes: [N] m.
        elongations: [N] r.
        angles: [N] theta.
    """
    long, short = exp(-(sizes + elongations)), exp(-(sizes - elongations))
    along, across = symbols * steps * np.stack([long, short])
    cos, sin = cos_sin(angles)
    return np.stack([cos * along - sin * across, sin * along + cos * across])


def nearest_frequencies(
    frequencies: FloatArray, steps: FloatArray, sizes: FloatArray, elongations: FloatArray, angles: FloatArray
) -> IntArray:
    """Return the symbols [2, N] nearest to (kx, ky) [2, N]: the mirror of :func:`pixel_frequencies`."""
    cos, sin = cos_sin(angles)
    kx, ky = frequencies
    along, across = (
        (cos * kx + sin * ky) * exp(sizes + elongations),
        (cos * ky - sin * kx) * exp(sizes - elongations),
    )
    most = np.ceil(MAX_FREQUENCY / steps) - 1
    return np.clip(np.rint(np.stack([along, across]) / steps), -most, most).astype(np.int64)
