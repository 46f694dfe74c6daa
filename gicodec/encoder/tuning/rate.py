"""What tuning weighs: the expected bits of a state's Gaussians, lambda times which is added to the error."""

from __future__ import annotations

import math

import numpy as np

from gicodec.encoder.tuning.state import coefficients_of, to_parameters, to_state_gradient
from gicodec.fit.law import Law
from gicodec.fit.parameters import AMPLITUDES, COLOR, SIZE, U, V
from gicodec.quantize import TRANSFORM, WAVE_SCALE
from gicodec.render.cpu import Array

LAMBDA = 0.2  # squared error per bit, in D^2: half of DESIGN's, since neighbors make up for rounding
ENERGY_BITS, AREA_BITS, TURN_BITS = 5.0, 1.0, 1.0
"""How many bits more a Gaussian's shape and place take for each doubling of |alpha|, fewer for each of
its area, more for each of sinh 2r: the logs of the lattice's numbers of levels, which are coded evenly. What
adaptive bins cost on top depends on the whole picture, and its gradient would drive Gaussians to what is
common already (0.1 dB lost, docs/research/codec.md): it is left to rdoq.py, which weighs it exactly."""
COLOR_BITS = 2.7  # for each doubling of a component of alpha beyond D: a law fitted to what files take
WAVE_BITS = 4.0  # for each doubling of a wave's amplitude: in both parts of it, and of its frequency
BASE_BITS = 10.0  # of a Gaussian of no energy
MIN_ELONGATION, MIN_SINH = 0.05, 0.3  # of r, and sinh 2r: a circle has no direction, and no bits for one


class TuningLaw(Law):
    """Rows are the values [N, 12] of a state of step D, and bits cost lambda each."""

    def __init__(self, step: float) -> None:
        self._step = step

    def numbers(self) -> tuple[float, ...]:
        """Return the step, the transforms, and the prices."""
        bits = ENERGY_BITS, AREA_BITS, TURN_BITS, COLOR_BITS, WAVE_BITS
        transform = (float(number) for number in TRANSFORM.ravel())
        return self._step, WAVE_SCALE, *transform, LAMBDA, *bits, MIN_ELONGATION, MIN_SINH

    def to_parameters(self, values: Array) -> Array:
        """Give colors and amplitudes back their size."""
        return to_parameters(values)

    def pull_back(self, values: Array, parameters: Array, gradient: Array) -> Array:
        """Return the gradient [N, 12] by the state, and of lambda times the expected bits."""
        return to_state_gradient(values, parameters, gradient) + self.rate_gradient(values)

    def rate_gradient(self, values: Array) -> Array:
        """Return the gradient [N, 12] of lambda times the expected bits."""
        step = self._step
        weight = LAMBDA * step**2 / math.log(2)
        gradient = np.zeros_like(values)
        alphas, amplitudes = values[:, COLOR:], values[:, AMPLITUDES]
        squares, wave = np.square(alphas), np.square(amplitudes).sum(axis=1, keepdims=True)
        energy = squares.sum(axis=1, keepdims=True) + wave
        by_energy = ENERGY_BITS / (energy + step**2)
        gradient[:, COLOR:] = weight * alphas * (COLOR_BITS / (squares + step**2) + by_energy)
        gradient[:, AMPLITUDES] = weight * amplitudes * (WAVE_BITS / (wave + step**2) + by_energy)
        alive = energy / (energy + step**2)  # what has no color would grow without bounds
        gradient[:, SIZE] = -2 * weight * AREA_BITS * alive[:, 0]
        r = np.maximum(np.hypot(values[:, U], values[:, V]), MIN_ELONGATION)
        by_r = 2 * weight * TURN_BITS * np.cosh(2 * r) / np.maximum(np.sinh(2 * r), MIN_SINH)
        gradient[:, U], gradient[:, V] = by_r * values[:, U] / r, by_r * values[:, V] / r
        return gradient


def expected_bits(values: Array, step: float) -> float:
    """Estimate, but for a factor, the bits of a state [N, 12] of step D: the integral of the law's gradient.

    Gaussians that round to nothing take none. Sizes and directions, which change little, are left out.
    """
    coefficients = coefficients_of(values) / np.float32(step)
    alive = (np.rint(coefficients) != 0).any(axis=1)
    squares = np.square(coefficients[alive])
    colors, wave = squares[:, :3], squares[:, 3:].sum(axis=1)
    bits = BASE_BITS + ENERGY_BITS / 2 * np.log2(squares.sum(axis=1) + 1)
    bits += COLOR_BITS / 2 * np.log2(colors + 1).sum(axis=1) + WAVE_BITS / 2 * np.log2(wave + 1)
    return float(bits.sum())
