"""The search: from a picture and a target to the Gaussians of the file. And the first target, a size.

There is one fit, and one tuning, during which the target moves the step D. Freezing is cheap: where its
result is not yet what was asked for, the tuned state is frozen again with another D. A size is met by letting
D follow the size of the file that the present state would give; the last bytes by dropping the weakest.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gicodec.device import find_device, one_line_errors
from gicodec.fit import Fit, FitSettings, Objective, as_target, fit, one_torch_thread
from gicodec.fit.freeze import freeze
from gicodec.fit.parameters import has_wave
from gicodec.fit.refine import refine
from gicodec.fit.state import State, to_state
from gicodec.fit.tune import Tuner
from gicodec.fit.waves import cost_of_waves
from gicodec.format import GsiPayload, Header, TargetError
from gicodec.options import Effort, EncodeOptions, Progress, ProgressCallback
from gicodec.target import LEAST_STEP, Attempt, Target, clamp_step, file_size, weakest_first

BITS_PER_FITTED = 17.0  # budget over Gaussians fitted; those that remain take about 25
FIRST_EXCESS = 1.3  # of the size at the first D over the budget: D grows while weak Gaussians fade
SHRUNK_AFTER = 0.6  # of the tuning the size should be the budget's
CONTROL_GAIN = 0.7
BITS_PER_KEPT = 28.0  # at about this many bits a Gaussian pictures are best
SAVED, SAVED_OF_WEAK = 0.006, 0.38  # shares of the bytes, and of weak Gaussians, that the exact pass saves
WEAK = 2.0  # energy in D^2: what makes a Gaussian likely to go
FROZEN_AIM = 0.995  # of the budget, when freezing again
SIZE_SLOPE = 0.8  # of the logs of size against 1/D, roughly ...
FROZEN_SLOPE = 0.6  # ... and where no Gaussian comes or goes
FEWEST_CONTROLS = 12  # of D during tuning; between two, weak Gaussians are dropped four times
MOST_BETWEEN_PRUNING = 50  # iterations
FULL = 0.98  # of the budget, or as much above it: no need to freeze again
UNUSED = 4.0  # times as bad are bytes not used as bytes too many, for which Gaussians are dropped
ONE_GAUSSIAN = 16  # bytes, at a D that a picture of one pixel ends with
DB_PER_DOUBLING = 2.7  # of the bits, at a time
LEAST_GAIN = 0.05  # dB that a fit with waves must be better by: they lose that much in being rounded
FIRST_RATE, MIDDLE_RATE = 2.0, 0.6  # of the tuning's steps
FIRST_RATE_OF_WAVES = 1.5  # which die of larger steps


@dataclass(frozen=True)
class TuneSettings:
    """Iterations to fit, to tune, and between two parts that are rounded; sweeps of the exact pass."""

    n_fit: int
    n_iterations: int
    n_freeze: int
    n_sweeps: int

    @classmethod
    def of(cls, effort: Effort) -> TuneSettings:
        """Return the settings of an effort."""
        return {
            "fast": cls(400, 400, 15, 4),
            "medium": cls(2000, 2400, 50, 6),
            "slow": cls(2000, 9600, 150, 12),
        }[effort]


def encode_to_target(
    pixels: NDArray[np.uint8],
    header: Header,
    target: Target,
    options: EncodeOptions,
    progress: ProgressCallback | None,
) -> GsiPayload:
    """Encode a picture [H, W, 3] as its target asks.

    Raises:
        DeviceError: There is no such device, or it failed.
        TargetError: This picture cannot meet the target.
    """
    settings, device = TuneSettings.of(options.effort), find_device(options.device)
    with one_torch_thread(), one_line_errors():
        result = _best_fit(pixels, header, target, FitSettings(settings.n_fit), options, device, progress)
        objective = Objective(as_target(pixels, device), threads=options.threads)
        generator = torch.Generator().manual_seed(options.seed)
        state = State(to_state(result.parameters), 1.0)
        n_least = target.start(state, result.psnr)
        tuner = Tuner(objective, header, state, generator)
        _tune(tuner, target, n_least, settings, progress)
        return target.check(_best_attempt(tuner, target, settings))


def _best_fit(
    pixels: NDArray[np.uint8],
    header: Header,
    target: Target,
    settings: FitSettings,
    options: EncodeOptions,
    device: torch.device,
    progress: ProgressCallback | None,
) -> Fit:
    """Fit without waves, and with; return what is better for as many bits: most photographs need none."""

    def attempt(*, waves: bool) -> Fit:
        return fit(
            pixels,
            target.n_fitted(),
            settings,
            plan=lambda n, psnr: min(target.plan(n, psnr), header.max_gaussians),
            waves=waves,
            seed=options.seed,
            threads=options.threads,
            device=device,
            progress=progress,
        )

    plain = attempt(waves=False)
    if not (options.tries_waves and target.waves):
        return plain
    waved = attempt(waves=True)
    return waved if _promise(waved) > _promise(plain) + LEAST_GAIN else plain


def _promise(result: Fit) -> float:
    """Return the dB of a fit, less what its bits alone would give."""
    n = len(result.parameters) + cost_of_waves(result.parameters)
    return result.psnr - DB_PER_DOUBLING * math.log2(max(n, 1.0))


def _tune(
    tuner: Tuner, target: Target, n_least: int, settings: TuneSettings, progress: ProgressCallback | None
) -> None:
    n = settings.n_iterations
    part = min(max(1, n // (4 * FEWEST_CONTROLS)), MOST_BETWEEN_PRUNING)
    n_waves = int(has_wave(tuner.state.values).sum())
    first_rate = FIRST_RATE_OF_WAVES if n_waves else FIRST_RATE
    n_least_waves = int(n_waves * n_least / max(n_least, len(tuner.state.values)))
    rates = [first_rate * (MIDDLE_RATE / first_rate) ** (i * part / n) for i in range(n // part + 1)]
    for i in range(n // part):
        tuner.run(part, rates[i], rates[i + 1])
        tuner.prune(n_least, n_least_waves)
        if i % 4 == 3:
            target.follow(tuner, (i + 1) * part / n)
        if progress is not None:
            progress(Progress("tune", (i + 1) * part, n, tuner.psnr(), len(tuner.state.values)))


def _best_attempt(tuner: Tuner, target: Target, settings: TuneSettings) -> Attempt:
    """Freeze; where that is not yet what was asked for, again from the same state with another D."""
    tuned, step = tuner.state, tuner.state.step
    attempts: list[Attempt] = []
    for _ in range(target.most_attempts):
        tuner.restart(tuned.at_step(step))
        freeze(tuner, settings.n_freeze)
        refine(tuner.objective, tuner.state, settings.n_sweeps)
        attempts.append(target.judge(tuner.state))
        correction = attempts[-1].correction
        if correction is None:
            break
        step = clamp_step(step * correction)
    return min(attempts, key=lambda attempt: attempt.miss)


class SizeTarget(Target):
    """A file of at most so many bytes.

    Raises:
        TargetError: Not even one Gaussian fits.
    """

    def __init__(self, budget: int, header: Header) -> None:
        self._budget, self._header = budget, header
        self._empty = file_size(GsiPayload.empty(header.channels), header)
        smallest = self._empty + ONE_GAUSSIAN
        if budget < smallest:
            size = f"{header.width}x{header.height}"
            rate = math.ceil(8e4 * smallest / header.n_pixels) / 1e4
            raise TargetError(
                f"{budget} bytes are too few: a {size} picture needs at least {smallest} bytes, {rate} bpp"
            )

    def n_fitted(self) -> int:
        """Fit more than will be left."""
        return max(1, int(8 * self._budget / BITS_PER_FITTED))

    def start(self, state: State, psnr: float) -> int:
        """Find the D at which the rounded state, not tuned yet, is FIRST_EXCESS too large."""
        low, high = math.log(LEAST_STEP), math.log(4.0)
        for _ in range(12):
            middle = (low + high) / 2
            state.step = math.exp(middle)
            low, high = (middle, high) if self._excess(state) > FIRST_EXCESS else (low, middle)
        n = len(state.values)  # waves are kept in the same proportion, so each takes its share of the bits
        return int(8 * self._budget / BITS_PER_KEPT * n / (n + cost_of_waves(state.values)))

    def follow(self, tuner: Tuner, progress: float) -> None:
        """Move D towards where the size should be after this share of the tuning."""
        energies = tuner.state.lights().square().sum(dim=1)
        weak = (energies <= WEAK * tuner.state.step**2).float().mean().item()
        saved = SAVED + SAVED_OF_WEAK * weak
        aim = FIRST_EXCESS ** max(0.0, 1 - progress / SHRUNK_AFTER) / (1 - saved)
        tuner.state.step *= (self._excess(tuner.state) / aim) ** (CONTROL_GAIN / SIZE_SLOPE)

    def judge(self, state: State) -> Attempt:
        """Drop the weakest Gaussians until the file is within the budget."""
        size, order = self._size(state), weakest_first(state)
        payload = state.without(order[: self._n_dropped(state, order, size)]).payload(self._header)
        share = size / self._budget
        if FULL <= share <= 1 / FULL:
            return Attempt(payload, abs(1 - share), None)
        ratio = max(1, size - self._empty) / (FROZEN_AIM * (self._budget - self._empty))
        return Attempt(payload, max(share - 1, UNUSED * (1 - share)), ratio ** (1 / FROZEN_SLOPE))

    def _n_dropped(self, state: State, order: Tensor, size: int) -> int:
        """Return how many, the first of this order, to take from a state that makes a file of this size."""
        enough, too_few = 0, -1
        while size > self._budget:  # the first are weak, and take less than the mean
            share = (size - self._budget) / max(1, size - self._empty)
            too_few, enough = enough, enough + math.ceil(share * (len(order) - enough))
            size = self._size(state.without(order[:enough]))
        between = range(too_few + 1, enough)
        return between.start + bisect_left(
            between, True, key=lambda n: self._size(state.without(order[:n])) <= self._budget
        )

    def _excess(self, state: State) -> float:
        """Compare the file of what does not round to zero with the budget."""
        zeros = (~state.rounded_lights().any(dim=1)).nonzero()[:, 0]
        return self._size(state.without(zeros)) / self._budget

    def _size(self, state: State) -> int:
        return file_size(state.payload(self._header), self._header)
