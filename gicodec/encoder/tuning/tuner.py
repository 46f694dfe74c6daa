"""Tuning for the lattice: Gaussians that are worth their bits.

The gradient of the expected code length is added to that of the error, and what rounds to nothing is
dropped. In the metric of the lattice rounding adds the same error to every Gaussian, ROUNDING_ERROR D^2,
wherever it is: so there is nothing to gain from the noise that other codecs train under, and gradients
without it lead farther (0.14 dB, docs/research/codec.md). Rounding itself is done by freeze.py and rdoq.py.
"""

from __future__ import annotations

import copy
import math

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.tuning.rate import TuningLaw
from gicodec.encoder.tuning.state import State, limit_length_of
from gicodec.fit.adam import Moments, Motion
from gicodec.fit.frozen import Frozen
from gicodec.fit.objective import Objective
from gicodec.fit.optimizer import rates_of_columns
from gicodec.fit.parameters import AMPLITUDES, COLOR, Mask, has_wave
from gicodec.format import Header
from gicodec.format.gsi.cells import MARGIN
from gicodec.format.gsi.lattice import MAX_LOG_SIZE, MIN_LOG_SIZE
from gicodec.options import Progress

MIN_WAVE = 0.8  # steps of amplitude: fainter waves are dropped
LARGE = 2.5  # of m: the colors of larger Gaussians move no faster, or they would make whole pictures flicker
ROUNDING_ERROR = (
    1.2  # squared error that rounding adds to each Gaussian in the end, D^2, half as much to a wave
)


class Tuner:
    """Moves a State against the squared error plus lambda times bits."""

    def __init__(
        self, objective: Objective, header: Header, state: State, generator: np.random.Generator
    ) -> None:
        self.objective, self.header, self._generator = objective, header, generator
        self.state, self.frozen = state, Frozen.none(len(state.values))
        self._moments = Moments(state.values)
        self._shorten()

    def at_step(self, step: float) -> Tuner:
        """Return another that goes on from the same state, nothing frozen yet, with another D.

        It keeps the momentum: Adam's first steps without are large, and took waves apart
        (docs/research/waves.md).
        """
        tuner = Tuner(self.objective, self.header, self.state.at_step(step), self._generator)
        tuner._moments = copy.deepcopy(self._moments)
        return tuner

    def run(self, n_iterations: int, first_rate: float, last_rate: float) -> None:
        """Iterate, the rates falling exponentially from the first to the last."""
        values, waves = self.state.values, bool(has_wave(self.state.values).any())
        motion, law = self._motion(), TuningLaw(self.state.step)
        for iteration in range(n_iterations):
            gradient = self.objective.residual_and_gradient(values, law=law, waves=waves)
            rate = first_rate * (last_rate / first_rate) ** (iteration / n_iterations)
            self.objective.engine.adam_step(values, gradient, self._moments, motion, rate, waves=waves)
            self._shorten()

    def _shorten(self) -> None:
        """Keep the Gaussians within the length that they may have, but for what is frozen."""
        if not math.isinf(self.objective.longest):
            free = np.flatnonzero(~self.frozen.shapes)
            values = self.state.values[free]
            limit_length_of(values, self.objective.longest)
            self.state.values[free] = values

    def prune(self, n_min: int = 0, n_min_waves: int = 0) -> None:
        """Drop faint waves, and what then rounds to zero, but leave so many of each of greatest energy."""
        values = self.state.values
        amplitudes = np.hypot(*values[:, AMPLITUDES].T)
        faint = has_wave(values) & (amplitudes < MIN_WAVE * self.state.step)
        faint[np.argsort(-amplitudes, kind="stable")[:n_min_waves]] = False
        self.state.drop_waves(faint)
        self._moments.forget_waves(faint)
        kept = (self.state.rounded_coefficients() != 0).any(axis=1)
        energies = np.square(self.state.coefficients()).sum(axis=1)
        kept[np.argsort(-energies, kind="stable")[:n_min]] = True
        self.keep(kept)

    def keep(self, kept: Mask) -> None:
        """Drop all rows but these, a mask [N]; nothing may be frozen yet."""
        if kept.all():
            return
        self.state = self.state.take(kept)
        self._moments.keep_rows(kept)
        self.frozen = Frozen.none(len(self.state.values))

    def parts(self, n: int) -> list[NDArray[np.int64]]:
        """Split the rows into n random parts of equal size."""
        return np.array_split(self._generator.permutation(len(self.state.values)), n)

    def psnr(self) -> float:
        """Return the dB to expect once the last rendering's Gaussians are rounded."""
        error, values = self.objective.error(), self.state.values
        n = len(values) + int(has_wave(values).sum()) / 2
        return self.objective.psnr(error + ROUNDING_ERROR * n * self.state.step**2)

    def report(self, stage: str, done: int, total: int) -> Progress:
        """Return where a stage is."""
        return Progress(stage, done, total, self.psnr(), len(self.state.values), self.state.gaussians)

    def _motion(self) -> Motion:
        """Return how rows may move: within what the lattice has, and but for what is frozen."""
        edge = MARGIN - 1e-2
        sizes = MIN_LOG_SIZE + 1e-3, min(MAX_LOG_SIZE - 1e-3, math.log(self.objective.longest))
        limits = *sizes, -MARGIN, self.header.width + edge, -MARGIN, self.header.height + edge
        rates = rates_of_columns(self.state.values.shape[1] - COLOR)
        frozen = self.frozen if self.frozen.any() else None
        return Motion(rates, math.exp(LARGE), limits, frozen)
