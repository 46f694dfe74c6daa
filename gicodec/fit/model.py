"""The fit of method gsi: few Gaussians at first, more where the error is, in steps that suit their shapes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gicodec.device import CPU
from gicodec.fit.initialization import initial_rows, rows_at_errors
from gicodec.fit.loop import Model, run
from gicodec.fit.morton import morton_order
from gicodec.fit.objective import Objective
from gicodec.fit.optimizer import Optimizer
from gicodec.fit.parameters import COLOR, SIZE, all_but, has_wave, limit_length, to_gaussians
from gicodec.fit.waves import cost_of_waves, energies, renew_waves, with_waves
from gicodec.gaussians import Gaussians
from gicodec.options import ProgressCallback
from gicodec.render.cpu import Array
from gicodec.texture.huber import Huber

FIRST_SHARE = 0.1  # of the Gaussians are there from the start
N_GROWTHS = 20  # times the rest is added ...
GROWTH_END = 0.7  # ... until this share of the iterations
WAVES_EVERY = 4  # growths Gaussians that are there already may get waves, or lose them
RELOCATED_SHARE = 0.04  # of the Gaussians, the weakest, are dropped and placed anew at every growth
DECAY_START, LAST_RATE = 0.5, 0.05  # the rates fall from here, exponentially, to this share

Plan = Callable[[int, float], int]
"""From how many Gaussians there are, their waves counted, and the dB that they give, to how many there
should be in the end."""


@dataclass(frozen=True)
class FitSettings:
    """How long to fit."""

    n_iterations: int


@dataclass(frozen=True)
class Fit:
    """The result."""

    parameters: Array
    """[N, 9 + C], see parameters.py."""
    psnr: float
    """dB, of the unrounded, unclamped rendering."""
    n_iterations: int
    """Iterations run; fewer than asked for after an early stop."""
    engine_seconds: float
    """Time spent in the engine."""


def fit(
    target: Array,
    n_gaussians: int,
    settings: FitSettings,
    *,
    start: Array | None = None,
    weights: Array | None = None,
    huber: Huber | None = None,
    plan: Plan | None = None,
    waves: bool = False,
    stage: str = "fit",
    seed: int = 0,
    threads: int = 0,
    device: str = CPU,
    progress: ProgressCallback | None = None,
    longest: float = math.inf,
) -> Fit:
    """Fit Gaussians to a picture.

    Args:
        target: [C, H, W], as of :func:`gicodec.fit.as_target`.
        n_gaussians: How many; at most one per pixel is used.
        settings: How long.
        start: Gaussians to go on from, [N, 9 + C] without waves; None: place a tenth of them.
        weights: [H, W], how much the error of each pixel counts; None: all alike.
        huber: The loss, where a layer of cosines will be added; None: the squared error.
        plan: Asked for a better number whenever Gaussians are added; those there already stay.
        waves: Whether Gaussians may get waves; a wave then counts as so much of a Gaussian.
        stage: Its name in reports of progress.
        seed: The same seed gives the same result, whatever the number of threads.
        threads: Of the engine, 0 for one per core.
        device: Where to draw: "cpu" or "cuda:N".
        progress: Called every REPORT_EVERY iterations.
        longest: Standard deviation that a Gaussian may have, pixels.
    """
    objective = Objective(target, weights=weights, device=device, threads=threads)
    objective.huber = huber
    model = GsiModel(objective, n_gaussians, settings.n_iterations, plan, seed, waves=waves, start=start)
    model.longest = longest
    n_iterations = run(model, objective, settings.n_iterations, stage, progress)
    psnr = objective.psnr(objective.error())
    return Fit(model.parameters, psnr, n_iterations, objective.engine_seconds)


class GsiModel(Model):
    """Gaussians of parameters.py; the objective's picture tells where more are needed."""

    longest = math.inf
    """Standard deviation that they may have, pixels."""

    def __init__(
        self,
        objective: Objective,
        n_gaussians: int,
        n_iterations: int,
        plan: Plan | None,
        seed: int,
        *,
        waves: bool,
        start: Array | None = None,
    ) -> None:
        self._generator = np.random.default_rng(seed)
        _, height, width = objective.target.shape
        self._n_max = height * width
        self._n = min(n_gaussians, self._n_max)
        rows = self._first_rows(objective) if start is None else start.copy()
        self._n_first = len(rows)
        self._optimizer = Optimizer(rows, objective.engine)
        self._n_iterations, self._plan, self._waves = n_iterations, plan, waves
        self._has_waves = False  # they come and go in change() only
        self._gradient = np.empty_like(rows)
        self._growths = {round(n_iterations * GROWTH_END * k / N_GROWTHS): k for k in range(1, N_GROWTHS + 1)}

    def __len__(self) -> int:
        return len(self.parameters)

    @property
    def parameters(self) -> Array:
        """[N, 9 + C], see parameters.py."""
        return self._optimizer.parameters

    def gaussians(self) -> Gaussians:
        """Return a copy of the Gaussians as they are now."""
        return to_gaussians(self.parameters)

    def may_stop(self, iteration: int) -> bool:
        """Nothing comes any more after the last growth."""
        return iteration > GROWTH_END * self._n_iterations

    def change(self, iteration: int, objective: Objective) -> None:
        """Drop the weakest, and add where the error is that draw() left."""
        if iteration not in self._growths:
            return
        if self._plan is not None:
            n = len(self) + round(cost_of_waves(self.parameters))
            self._n = min(self._plan(n, objective.psnr(objective.error())), self._n_max)
        n_after = self._n_first + (self._n - self._n_first) * self._growths[iteration] // N_GROWTHS
        self._grow(objective, n_after)
        if self._waves and self._growths[iteration] % WAVES_EVERY == 0:
            renew_waves(self._optimizer, objective)
        self._has_waves = bool(has_wave(self.parameters).any())
        if objective.engine.device != CPU:  # where rows that are near each other are drawn faster
            self._optimizer.keep_rows(morton_order(self.parameters))

    def draw(self, objective: Objective) -> None:
        """Render, and remember the gradient."""
        self._gradient = objective.residual_and_gradient(self.parameters, waves=self._has_waves)

    def step(self, iteration: int) -> None:
        """Take a step of Adam."""
        self._optimizer.step(self._gradient, _rate(iteration / self._n_iterations), waves=self._has_waves)
        if not math.isinf(self.longest):
            limit_length(self.parameters, self.longest)

    def _first_rows(self, objective: Objective) -> Array:
        weights = None if objective.weights is None else objective.engine.array(objective.weights)
        n, target = math.ceil(self._n * FIRST_SHARE), objective.engine.array(objective.target)
        return initial_rows(target, weights, n, self._generator)

    def _grow(self, objective: Objective, n_after: int) -> None:
        """Drop the weakest, then add where the error is until there are n_after."""
        optimizer, parameters = self._optimizer, self.parameters
        energy = np.square(parameters[:, COLOR:]).sum(axis=1) * np.exp(2 * parameters[:, SIZE]) * math.pi
        energy += energies(parameters)
        n_dropped = max(int(RELOCATED_SHARE * len(parameters)), len(parameters) - n_after)
        optimizer.keep_rows(all_but(len(parameters), energy.argsort(kind="stable")[:n_dropped]))
        n_new = n_after - len(optimizer.parameters) - round(cost_of_waves(optimizer.parameters))
        if n_new > 0:
            residual = objective.engine.array(objective.residual)
            new = rows_at_errors(residual, n_new, n_after, self._generator, objective.engine.threads)
            if self._waves:
                new = with_waves(new, residual, objective.error() / len(parameters))
            optimizer.add_rows(new)


def _rate(progress: float) -> float:
    """Return the factor of all rates after this share of the iterations."""
    decay = max(0.0, (progress - DECAY_START) / (1 - DECAY_START))
    return float(LAST_RATE**decay)
