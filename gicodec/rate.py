"""Rate control: the step D at which a picture's file is as large as asked, and the Gaussians for it.

The fit makes more Gaussians than the file will hold. Tuning then lets D follow the size of the file that
the present state would give, so that it ends where it should; how many Gaussians are left, and how finely
each is coded, follows from D alone. The last bytes are met by dropping the weakest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from gicodec.fit import FitSettings, Objective, as_target, fit, one_torch_thread
from gicodec.fit.freeze import freeze
from gicodec.fit.state import State, to_state
from gicodec.fit.tune import Tuner
from gicodec.format import GsiFile, Header, Payload, TargetError
from gicodec.format.lattice import step_of
from gicodec.options import Effort, EncodeOptions, Progress, ProgressCallback

BITS_PER_FITTED = 20.0  # budget over Gaussians fitted; those that remain take about 27
FIRST_EXCESS = 1.3  # of the size at the first D over the budget: D grows while weak Gaussians fade
SHRUNK_AFTER = 0.6  # of the tuning the size should be the budget's
CONTROL_GAIN = 0.7
BITS_PER_KEPT = 31.0  # at about this many bits a Gaussian pictures are best
AIM = 0.985  # of the budget: freezing changes the size by a percent
SIZE_SLOPE = 0.8  # of the logs of size against 1/D, roughly ...
FROZEN_SLOPE = 0.4  # ... and where no Gaussian comes or goes
LENGTHS_OF_STEPS = 12  # controls of D during tuning
FULL = 0.98  # of the budget: no need to freeze again
MAX_FREEZES = 4
ONE_GAUSSIAN = 16  # bytes, at a D that a picture of one pixel ends with
FIRST_RATE, MIDDLE_RATE = 2.0, 0.6  # of the tuning's steps


@dataclass(frozen=True)
class TuneSettings:
    """How many iterations to fit, to tune, and to spend between two parts that are rounded."""

    n_fit: int
    n_iterations: int
    n_freeze: int

    @classmethod
    def of(cls, effort: Effort) -> TuneSettings:
        """Return the settings of an effort."""
        return {"fast": cls(400, 400, 15), "medium": cls(2000, 2400, 60), "slow": cls(8000, 9600, 150)}[
            effort
        ]


def encode_at_rate(
    pixels: NDArray[np.uint8],
    header: Header,
    options: EncodeOptions,
    progress: ProgressCallback | None,
) -> Payload:
    """Encode a picture [H, W, 3] into at most ``options.bpp`` bits per pixel of the whole file.

    Raises:
        TargetError: Not even one Gaussian fits.
    """
    budget = int(options.bpp * header.n_pixels / 8)
    _check_reachable(header, budget)
    n = max(1, int(8 * budget / BITS_PER_FITTED))
    settings = TuneSettings.of(options.effort)
    fit_settings = FitSettings(settings.n_fit)
    result = fit(pixels, n, fit_settings, seed=options.seed, threads=options.threads, progress=progress)
    with one_torch_thread():
        objective = Objective(as_target(pixels), threads=options.threads)
        generator = torch.Generator().manual_seed(options.seed)
        state = State(to_state(result.parameters), 1.0)
        control = _Control(state, header, budget)
        control.start()
        tuner = Tuner(objective, header, state, generator)
        _tune(tuner, control, settings, progress)
        return _fill(tuner, header, budget, settings.n_freeze)


class _Control:
    """Keeps D where the state's file is as large as the budget."""

    def __init__(self, state: State, header: Header, budget: int) -> None:
        self._state, self._header, self._budget = state, header, budget
        self.n_least = int(8 * budget / BITS_PER_KEPT)
        """How many Gaussians tuning keeps: those that a smaller D would bring back must still be there."""

    def start(self) -> None:
        """Find the D at which the rounded state, not tuned yet, is FIRST_EXCESS too large."""
        low, high = math.log(step_of(0)), math.log(4.0)
        for _ in range(12):
            middle = (low + high) / 2
            self._state.step = math.exp(middle)
            low, high = (middle, high) if self._excess() > FIRST_EXCESS else (low, middle)

    def follow(self, progress: float) -> None:
        """Move D towards where the size should be after this share of the tuning."""
        aim = AIM * FIRST_EXCESS ** max(0.0, 1 - progress / SHRUNK_AFTER)
        self._state.step *= (self._excess() / aim) ** (CONTROL_GAIN / SIZE_SLOPE)

    def _excess(self) -> float:
        zeros = (~self._state.rounded_colors().any(dim=1)).nonzero()[:, 0]
        return _size(self._state.without(zeros).payload(self._header), self._header) / self._budget


def _tune(tuner: Tuner, control: _Control, settings: TuneSettings, progress: ProgressCallback | None) -> None:
    n, part = settings.n_iterations, max(1, settings.n_iterations // (LENGTHS_OF_STEPS * 4))
    rates = [FIRST_RATE * (MIDDLE_RATE / FIRST_RATE) ** (i * part / n) for i in range(n // part + 1)]
    for i in range(n // part):
        tuner.run(part, rates[i], rates[i + 1])
        tuner.prune(control.n_least)
        if i % 4 == 3:
            control.follow((i + 1) * part / n)
        if progress is not None:
            progress(Progress("tune", (i + 1) * part, n, tuner.psnr(), len(tuner.state.values)))


def _fill(tuner: Tuner, header: Header, budget: int, n_freeze: int) -> Payload:
    """Freeze; where that leaves bytes unused, again from the same state with a smaller D."""
    tuned, best = tuner.state, Payload.empty(header.channels)
    size = empty = _size(best, header)
    step = tuned.step
    for _ in range(MAX_FREEZES):
        tuner.restart(tuned.at_step(step))
        freeze(tuner, n_freeze)
        payload = _trim(tuner.state, header, budget)
        if _size(payload, header) > size:
            best, size = payload, _size(payload, header)
        if size >= FULL * budget:
            break
        untrimmed = max(1, _size(tuner.state.payload(header), header) - empty)  # over, where few are left
        step *= (untrimmed / (AIM * (budget - empty))) ** (1 / FROZEN_SLOPE)
    return best


def _trim(state: State, header: Header, budget: int) -> Payload:
    """Drop the Gaussians of least energy until the file is within the budget."""
    order = state.rounded_colors().square().sum(dim=1).argsort(stable=True)
    low, high = 0, len(order)  # dropping low may be too few, dropping high is enough
    while low < high:
        middle = (low + high) // 2
        if _size(state.without(order[:middle]).payload(header), header) <= budget:
            high = middle
        else:
            low = middle + 1
    return state.without(order[:low]).payload(header)


def _size(payload: Payload, header: Header) -> int:
    return len(GsiFile(header, payload).to_bytes())


def _check_reachable(header: Header, budget: int) -> None:
    smallest = _size(Payload.empty(header.channels), header) + ONE_GAUSSIAN
    if budget < smallest:
        size = f"{header.width}x{header.height}"
        rate = math.ceil(8e4 * smallest / header.n_pixels) / 1e4
        raise TargetError(f"{budget} bytes are too few: a {size} picture needs at least {rate} bpp")
