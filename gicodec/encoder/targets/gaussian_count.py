"""A target that is a number of Gaussians: D is where they take as many bits each as in a file at a rate."""

from __future__ import annotations

import math

import numpy as np

from gicodec.encoder.targets.base import (
    MIN_STEP,
    Attempt,
    Start,
    Target,
    clamp_step,
    file_size,
    weakest_first,
)
from gicodec.encoder.targets.budget_model import COUNT, PLAN
from gicodec.encoder.tuning.state import FrozenState, State
from gicodec.format import GsiPayload, Header
from gicodec.metrics import squared_error
from gicodec.options import EncodeOptions
from gicodec.render.cpu import Array
from gicodec.source import Source


class GaussianCountTarget(Target):
    """A file of so many Gaussians; of fewer where the picture has no use for them."""

    waves = False  # as good as a smaller number; another number is not what was asked for

    def __init__(self, n: int, header: Header) -> None:
        self._n, self._header = n, header
        self._empty = file_size(GsiPayload.empty(header.channels), header)

    @classmethod
    def from_options(cls, options: EncodeOptions, source: Source) -> Target:
        """Take the number of Gaussians that was asked for."""
        return cls(options.gaussians_of(source.header), source.header)

    def n_fitted(self) -> int:
        """Fit more than will be left."""
        return round(COUNT.fitted * self._n)

    def start(self, values: Array, psnr: float) -> Start:
        """Bring D into balance with the error of the float Gaussians."""
        error = squared_error(psnr, self._header)
        step = clamp_step(math.sqrt(PLAN.balance * error / len(values)))
        return Start(step, math.ceil(COUNT.kept * self._n))

    def n_max(self, progress: float) -> int | None:
        """Lower the number from what was fitted to what tuning ends with."""
        lead: float = (COUNT.fitted / COUNT.kept) ** max(0.0, 1 - progress / COUNT.kept_after)
        return math.ceil(COUNT.kept * self._n * lead)

    def next_step(self, state: State, psnr: float, progress: float) -> float:
        """Move D to where the strongest N take the bits of a file at a rate."""
        strongest = state.without(weakest_first(state)[: max(0, len(state.values) - self._n)])
        bits = 8 * (file_size(strongest.payload(self._header), self._header) - self._empty) / self._n
        step = state.step * 2 ** (min(bits - COUNT.bits_each, COUNT.bits_per_octave) / COUNT.bits_per_octave)
        largest = math.sqrt(COUNT.max_balance * squared_error(psnr, self._header) / self._n)
        return clamp_step(min(step, largest, self._largest_step(state)))

    def _largest_step(self, state: State) -> float:
        """Return the D at which a few more than N do not round to zero."""
        strengths = np.sort(np.abs(state.coefficients()).max(axis=1))[::-1]
        return 2 * float(strengths[: math.ceil(COUNT.surviving * self._n)][-1])

    def judge(self, state: FrozenState) -> Attempt:
        """Drop the weakest; too few are all that the picture has a use for where D is least."""
        n_missing = max(0, self._n - int(state.rounded_coefficients().any(axis=1).sum()))
        n_dropped = max(0, len(state.values) - self._n + n_missing)
        payload = state.without(weakest_first(state)[:n_dropped]).payload(self._header)
        if n_missing == 0 or state.step == MIN_STEP:
            return Attempt(payload, n_missing, None)
        return Attempt(payload, n_missing, min(COUNT.max_shrinking, 1 - n_missing / self._n))
