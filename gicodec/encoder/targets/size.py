"""A target that is a size: D follows the size of the file that the present state would give.

The last bytes are met by dropping the weakest.
"""

from __future__ import annotations

import math
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gicodec.encoder.targets.base import MIN_STEP, Attempt, Start, Target, file_size, weakest_first
from gicodec.encoder.targets.budget_model import SIZE
from gicodec.encoder.tuning.state import FrozenState, State
from gicodec.errors import TargetError
from gicodec.fit.waves import cost_of_waves
from gicodec.format import GsiPayload, Header
from gicodec.options import EncodeOptions


class SizeTarget(Target):
    """A file of at most so many bytes.

    Raises:
        TargetError: Not even one Gaussian fits.
    """

    def __init__(self, budget: int, header: Header) -> None:
        self._budget, self._header = budget, header
        self._empty = file_size(GsiPayload.empty(header.channels), header)
        smallest = self._empty + SIZE.bytes_of_one_gaussian
        if budget < smallest:
            size = f"{header.width}x{header.height}"
            rate = math.ceil(8e4 * smallest / header.n_pixels) / 1e4
            raise TargetError(
                f"the budget of {budget} bytes is too small:"
                f" a {size} picture needs at least {smallest} bytes, {rate} bpp"
            )

    @classmethod
    def from_options(cls, options: EncodeOptions, pixels: NDArray[np.uint8], header: Header) -> Target:
        """Take the bytes, or the bits per pixel, that the file may have."""
        return cls(options.budget(header.n_pixels), header)

    def n_fitted(self) -> int:
        """Fit more than will be left."""
        return max(1, int(8 * self._budget / SIZE.bits_per_fitted_gaussian))

    def start(self, values: Tensor, psnr: float) -> Start:
        """Find the D at which the rounded state, not tuned yet, makes a file of `first_excess` budgets."""
        low, high = math.log(MIN_STEP), math.log(4.0)
        for _ in range(12):
            middle = (low + high) / 2
            too_large = self._excess(State(values, math.exp(middle))) > SIZE.first_excess
            low, high = (middle, high) if too_large else (low, middle)
        n = len(values)  # waves are kept in the same proportion, so each takes its share of the bits
        n_min = int(8 * self._budget / SIZE.bits_per_kept_gaussian * n / (n + cost_of_waves(values)))
        return Start(math.exp(middle), n_min)

    def next_step(self, state: State, psnr: float, progress: float) -> float:
        """Move D towards where the size should be after this share of the tuning."""
        energies = state.coefficients().square().sum(dim=1)
        weak = (energies <= SIZE.weak_energy * state.step**2).float().mean().item()
        saved = SIZE.saved_share + SIZE.saved_share_of_weak * weak
        aim = SIZE.first_excess ** max(0.0, 1 - progress / SIZE.shrunk_after) / (1 - saved)
        exponent = SIZE.control_gain / SIZE.slope_while_tuning
        return float(state.step * (self._excess(state) / aim) ** exponent)

    def judge(self, state: FrozenState) -> Attempt:
        """Drop the weakest Gaussians until the file is within the budget."""
        size, order = self._size(state), weakest_first(state)
        payload = state.without(order[: self._n_dropped(state, order, size)]).payload(self._header)
        share = size / self._budget
        if SIZE.full <= share <= 1 / SIZE.full:
            return Attempt(payload, abs(1 - share), None)
        ratio = max(1, size - self._empty) / (SIZE.frozen_aim * (self._budget - self._empty))
        miss = max(share - 1, SIZE.cost_of_unused * (1 - share))
        return Attempt(payload, miss, ratio ** (1 / SIZE.slope_once_frozen))

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
        zeros = (~state.rounded_coefficients().any(dim=1)).nonzero()[:, 0]
        return self._size(state.without(zeros)) / self._budget

    def _size(self, state: State) -> int:
        return file_size(state.payload(self._header), self._header)
