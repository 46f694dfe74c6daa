"""Gaussians to symbols and back: the color transform and format/gsi/lattice.py. Spec section 5.

alpha = T c exp(m), T orthonormal: in these colors a given error is the same error of the picture for
every Gaussian, and one step D serves all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gicodec.format import GsiPayload, Payload, RecordPayload
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.exact import cos_sin, exp
from gicodec.format.gsi.colors import color_shifts
from gicodec.format.gsi.head import step_of
from gicodec.format.gsi.lattice import (
    MAX_ELONGATION,
    MAX_FREQUENCY,
    MAX_LOG_SIZE,
    MIN_LOG_SIZE,
    Shapes,
    angle_levels,
    energy_classes,
    shape_steps,
    wave_steps,
)
from gicodec.format.gsi.priors import COLOR_REACH
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.gaussians import Gaussians

TRANSFORM: FloatArray = np.array([[1, 1, 1], [1, 0, -1], [-1, 2, -1]]) / np.sqrt([[3.0], [2.0], [6.0]])
"""[3, 3] orthonormal: luminance, red against blue, green against both."""
WAVE_SCALE = np.sqrt(2 / len(TRANSFORM))
"""Of A and B times exp(m), in units of D and of their symbols: a wave is luminance, with half its energy."""


def quantize(
    classes: IntArray,
    coefficients: IntArray,
    centers: FloatArray,
    shapes: tuple[FloatArray, FloatArray, FloatArray],
    frequencies: FloatArray,
) -> QuantizedGaussians:
    """Round N Gaussians to the lattice.

    Args:
        classes: [N] of energy.
        coefficients: [N, C + 2] colors and amplitudes in whole steps; brought within their class's reach.
        centers: [N, 2] (x, y), pixels.
        shapes: m, r and twice the angle, radians, [N] each.
        frequencies: [N, 2] (kx, ky), radians a pixel.
    """
    log_sizes, log_elongations, turns = shapes
    sizes, elongations = quantize_sizes(classes, log_sizes, log_elongations)
    angles = quantize_angles(classes, elongations, turns)
    columns, rows = Shapes.of(classes, sizes, elongations, angles).nearest_places(centers)
    colors, amplitudes = clip_coefficients(classes, coefficients)
    waves = amplitudes, energy_classes(amplitudes.T), np.zeros_like(amplitudes)
    rounded = QuantizedGaussians(classes, colors, sizes, elongations, angles, columns, rows, *waves)
    return with_frequencies(rounded, frequencies)


def dequantize(payload: Payload) -> Gaussians:
    """Compute the Gaussians that a payload stands for, the same doubles on every machine."""
    return _DEQUANTIZE[type(payload)](payload)


def _dequantize_records(payload: RecordPayload) -> Gaussians:
    return Gaussians.of_covariances(*payload.model.arrays(payload.records))


def _dequantize_gsi(payload: GsiPayload) -> Gaussians:
    symbols, step = payload.gaussians, step_of(payload.step)
    sizes = symbols.log_sizes()
    gain = exp(-sizes)[:, None]
    alphas = symbols.colors * step
    transform = TRANSFORM[: payload.n_channels, : payload.n_channels]  # gray: three equal channels, one drawn
    waves = None
    if symbols.amplitudes.any():
        waves = np.hstack([symbols.amplitudes * (step * WAVE_SCALE) * gain, wave_frequencies(symbols)])
    return Gaussians(
        centers=symbols.centers(),
        log_sizes=sizes,
        log_elongations=symbols.log_elongations(),
        angles=symbols.turns() / 2,
        # A sum, not a matrix product, whose order of additions is the library's choice.
        colors=np.asarray((alphas[:, :, None] * transform).sum(axis=1) * gain),
        waves=waves,
    )


_DEQUANTIZE: dict[type[Payload], Callable[[Any], Gaussians]] = {
    GsiPayload: _dequantize_gsi,
    RecordPayload: _dequantize_records,
}


def quantize_sizes(
    classes: IntArray, log_sizes: FloatArray, log_elongations: FloatArray
) -> tuple[IntArray, IntArray]:
    """Return the symbols of m and r, [N]."""
    steps = shape_steps(classes)
    return into_range(classes, _round(log_sizes / steps), _round(log_elongations / steps))


def quantize_angles(classes: IntArray, elongations: IntArray, turns: FloatArray) -> IntArray:
    """Return the symbols of angles [N], given the symbols of r and twice the angles, radians."""
    levels = angle_levels(classes, elongations)
    return _round(turns / (2 * np.pi) * levels) % levels


def clip_coefficients(classes: IntArray, coefficients: IntArray) -> tuple[IntArray, IntArray]:
    """Bring colors and amplitudes [N, C + 2] within what their class can have; return [N, C] and [N, 2]."""
    reach = COLOR_REACH << color_shifts(classes)[:, None]
    clipped = np.clip(coefficients, -reach, reach)
    return clipped[:, :-2], clipped[:, -2:]


def into_range(classes: IntArray, sizes: IntArray, elongations: IntArray) -> tuple[IntArray, IntArray]:
    """Bring sizes and elongations, of any one shape, back to what the lattice has for their classes."""
    steps = shape_steps(classes)
    sizes = np.clip(sizes, _first_from(MIN_LOG_SIZE / steps), _first_from(MAX_LOG_SIZE / steps) - 1)
    return sizes, np.clip(elongations, 0, _first_from(MAX_ELONGATION / steps) - 1)


def wave_frequencies(symbols: QuantizedGaussians) -> FloatArray:
    """Return (kx, ky) of the waves [N, 2], radians a pixel; 0 where there is none."""
    return pixel_frequencies(symbols.frequencies.T, *_axes(symbols)).T


def with_frequencies(symbols: QuantizedGaussians, frequencies: FloatArray) -> QuantizedGaussians:
    """Return the same with the nearest to other frequencies [N, 2], radians a pixel.

    Of the two that are the same wave, the one with signs that a file has.
    """
    if not symbols.amplitudes.any():  # most pictures: twice as fast
        return replace(symbols, frequencies=np.zeros_like(symbols.frequencies))
    along, across = nearest_frequencies(frequencies.T, *_axes(symbols))
    sign = np.where((across < 0) | ((across == 0) & (along < 0)), -1, 1)
    turned = np.stack([along, across], axis=1) * (sign * symbols.has_wave())[:, None]
    amplitudes = symbols.amplitudes * np.stack([np.ones_like(sign), sign], axis=1)
    return replace(symbols, amplitudes=amplitudes, frequencies=turned)


def _axes(symbols: QuantizedGaussians) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    steps = wave_steps(symbols.wave_classes)
    return steps, symbols.log_sizes(), symbols.log_elongations(), symbols.turns() / 2


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


def _round(values: FloatArray) -> IntArray:
    return np.rint(values).astype(np.int64)


def _first_from(values: FloatArray) -> IntArray:
    return np.ceil(values).astype(np.int64)
