"""A target that is a number of Gaussians: D is where they take as many bits each as in a file at a rate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gicodec.encoder.targets.base import (
    MIN_STEP,
    Attempt,
    Start,
    Target,
    clamp_step,
    file_size,
    weakest_first,
)
from gicodec.encoder.targets.quality import BALANCE, squared_error
from gicodec.encoder.tuning.state import FrozenState, State
from gicodec.format import GsiPayload, Header
from gicodec.options import EncodeOptions

FITTED = 1.4  # of the number asked for: about as many more as a file at a rate begins with
KEPT = 1.12  # of it, by tuning, and ...
SURVIVING = 1.08  # ... that D lets survive: freezing and the exact pass drop a few more
KEPT_AFTER = 0.5  # of the tuning there are no more than that
BITS_EACH = 28.5  # before the exact pass, which saves one or two
BITS_PER_OCTAVE = 6.0  # of D, roughly
MAX_BALANCE = 0.35  # of N D^2 over the squared error: a few exact Gaussians are worth more bits
MIN_SHRINKING = 0.9  # of D, where freezing has left too few


class GaussianCountTarget(Target):
    """A file of so many Gaussians; of fewer where the picture has no use for them."""

    waves = False  # as good as a smaller number; another number is not what was asked for

    def __init__(self, n: int, header: Header) -> None:
        self._n, self._header = n, header
        self._empty = file_size(GsiPayload.empty(header.channels), header)

    @classmethod
    def from_options(cls, options: EncodeOptions, pixels: NDArray[np.uint8], header: Header) -> Target:
        """Take the number of Gaussians that was asked for."""
        return cls(options.gaussians_of(header), header)

    def n_fitted(self) -> int:
        """Fit more than will be left."""
        return round(FITTED * self._n)

    def start(self, values: Tensor, psnr: float) -> Start:
        """Bring D into balance with the error of the float Gaussians."""
        error = squared_error(psnr, self._header)
        return Start(clamp_step(math.sqrt(BALANCE * error / len(values))), math.ceil(KEPT * self._n))

    def n_max(self, progress: float) -> int | None:
        """Lower the number from what was fitted to what tuning ends with."""
        lead: float = (FITTED / KEPT) ** max(0.0, 1 - progress / KEPT_AFTER)
        return math.ceil(KEPT * self._n * lead)

    def next_step(self, state: State, psnr: float, progress: float) -> float:
        """Move D to where the strongest N take BITS_EACH."""
        strongest = state.without(weakest_first(state)[: max(0, len(state.values) - self._n)])
        bits = 8 * (file_size(strongest.payload(self._header), self._header) - self._empty) / self._n
        step = state.step * 2 ** (min(bits - BITS_EACH, BITS_PER_OCTAVE) / BITS_PER_OCTAVE)
        largest = math.sqrt(MAX_BALANCE * squared_error(psnr, self._header) / self._n)
        return clamp_step(min(step, largest, self._largest_step(state)))

    def _largest_step(self, state: State) -> float:
        """Return the D at which SURVIVING times N do not round to zero."""
        strengths = state.coefficients().abs().amax(dim=1).sort(descending=True).values
        return 2 * float(strengths[: math.ceil(SURVIVING * self._n)][-1])

    def judge(self, state: FrozenState) -> Attempt:
        """Drop the weakest; too few are all that the picture has a use for where D is least."""
        n_missing = max(0, self._n - int(state.rounded_coefficients().any(dim=1).sum()))
        n_dropped = max(0, len(state.values) - self._n + n_missing)
        payload = state.without(weakest_first(state)[:n_dropped]).payload(self._header)
        if n_missing == 0 or state.step == MIN_STEP:
            return Attempt(payload, n_missing, None)
        return Attempt(payload, n_missing, min(MIN_SHRINKING, 1 - n_missing / self._n))
