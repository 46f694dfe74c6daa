"""The fit: a picture and a number of Gaussians to the Gaussians that resemble it best."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.fit.objective import Objective
from gicodec.fit.optimizer import Optimizer
from gicodec.fit.parameters import COLOR, SIZE
from gicodec.fit.placement import first_guess, more
from gicodec.fit.waves import cost_of_waves, energies, renew_waves, with_waves
from gicodec.options import Effort, Progress, ProgressCallback

FIRST_SHARE = 0.1  # of the Gaussians are there from the start
N_GROWTHS = 20  # times the rest is added ...
GROWTH_END = 0.7  # ... until this share of the iterations
WAVES_EVERY = 4  # growths Gaussians that are there already may get waves, or lose them
RELOCATED_SHARE = 0.04  # of the Gaussians, the weakest, are dropped and placed anew at every growth
DECAY_START, LAST_RATE = 0.5, 0.05  # the rates fall from here, exponentially, to this share
CHECK_EVERY = 50  # iterations between reports and tests for an early stop
STALLED_GAIN = 1e-4  # of the squared error over CHECK_EVERY iterations: nothing more to expect
EXACT_ERROR = 1e-8  # mean squared error: 80 dB, invisible in 8 bits

Plan = Callable[[int, float], int]
"""From how many Gaussians there are, and the dB that they give, to how many there should be in the end."""


@dataclass(frozen=True)
class FitSettings:
    """How long to fit."""

    n_iterations: int

    @classmethod
    def of(cls, effort: Effort) -> FitSettings:
        """Return the settings of an effort."""
        return cls({"fast": 600, "medium": 3000, "slow": 10_000}[effort])


@dataclass(frozen=True)
class Fit:
    """The result."""

    parameters: Tensor
    """[N, 9 + C], see parameters.py."""
    psnr: float
    """dB, of the unrounded, unclamped rendering."""
    n_iterations: int
    """Iterations run; fewer than asked for after an early stop."""
    engine_seconds: float
    """Time spent in the engine."""


def fit(
    pixels: NDArray[np.uint8],
    n_gaussians: int,
    settings: FitSettings,
    *,
    plan: Plan | None = None,
    waves: bool = False,
    seed: int = 0,
    threads: int = 0,
    progress: ProgressCallback | None = None,
) -> Fit:
    """Fit Gaussians to a picture.

    Args:
        pixels: [H, W, C], 8 bits.
        n_gaussians: How many; at most one per pixel is used.
        settings: How long.
        plan: Asked for a better number whenever Gaussians are added; those there already stay.
        waves: Whether Gaussians may get waves; a wave then counts as so much of a Gaussian.
        seed: The same seed gives the same result, whatever the number of threads.
        threads: Of the engine, 0 for one per core.
        progress: Called every CHECK_EVERY iterations.
    """
    with one_torch_thread():
        return _fit(as_target(pixels), n_gaussians, settings, plan, waves, seed, threads, progress)


def as_target(pixels: NDArray[np.uint8]) -> Tensor:
    """Convert a picture [H, W, C] to what the fit aims at: [C, H, W], float32, 0 to 1."""
    return (torch.tensor(pixels).permute(2, 0, 1).float() / 255).contiguous()


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Leave the cores to the engine: torch's tensors here are small, and its idle threads spin."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def _fit(
    target: Tensor,
    n_gaussians: int,
    settings: FitSettings,
    plan: Plan | None,
    waves: bool,
    seed: int,
    threads: int,
    progress: ProgressCallback | None,
) -> Fit:
    generator = torch.Generator().manual_seed(seed)
    objective = Objective(target, threads=threads)
    n_most = target[0].numel()
    n = min(n_gaussians, n_most)
    n_first = math.ceil(n * FIRST_SHARE)
    optimizer = Optimizer(first_guess(target, n_first, generator))
    n_iterations = settings.n_iterations
    growths = {round(n_iterations * GROWTH_END * k / N_GROWTHS): k for k in range(1, N_GROWTHS + 1)}
    best = math.inf
    for iteration in range(n_iterations):
        if iteration in growths:
            if plan is not None:
                n = min(plan(len(optimizer.parameters), objective.psnr(objective.error())), n_most)
            n_after = n_first + (n - n_first) * growths[iteration] // N_GROWTHS
            _grow(optimizer, objective, n_after, generator, waves=waves)
            if waves and growths[iteration] % WAVES_EVERY == 0:
                renew_waves(optimizer, objective)
        parameters = optimizer.parameters.requires_grad_()
        loss = objective(parameters)
        (gradient,) = torch.autograd.grad(loss, parameters)
        optimizer.parameters = parameters.detach()
        if iteration % CHECK_EVERY == 0:
            error = loss.item()
            if progress is not None:
                psnr = objective.psnr(error)
                progress(
                    Progress("waves" if waves else "fit", iteration, n_iterations, psnr, len(parameters))
                )
            stalled = iteration > GROWTH_END * n_iterations and error > best * (1 - STALLED_GAIN)
            if stalled or error < EXACT_ERROR * target.numel():
                break
            best = min(best, error)
        optimizer.step(gradient, _rate(iteration / n_iterations))
    psnr = objective.psnr(objective(optimizer.parameters).item())
    return Fit(optimizer.parameters, psnr, iteration + 1, objective.engine_seconds)


def _grow(
    optimizer: Optimizer, objective: Objective, n_after: int, generator: torch.Generator, *, waves: bool
) -> None:
    """Drop the weakest, then add where the error is until there are n_after."""
    parameters = optimizer.parameters
    energy = parameters[:, COLOR:].square().sum(1) * (2 * parameters[:, SIZE]).exp() * math.pi
    energy += energies(parameters)
    n_dropped = int(RELOCATED_SHARE * len(parameters))
    keep = torch.ones(len(parameters), dtype=torch.bool)
    keep[energy.argsort()[:n_dropped]] = False
    optimizer.keep(keep)
    n_new = n_after - len(optimizer.parameters) - round(cost_of_waves(optimizer.parameters))
    if n_new > 0:
        new = more(objective.residual, n_new, n_after, generator)
        if waves:
            new = with_waves(new, objective.residual, objective.error() / len(parameters))
        optimizer.add(new)


def _rate(progress: float) -> float:
    """Return the factor of all rates after this share of the iterations."""
    decay = max(0.0, (progress - DECAY_START) / (1 - DECAY_START))
    return float(LAST_RATE**decay)
