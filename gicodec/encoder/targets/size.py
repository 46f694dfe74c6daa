"""A target that is a size: D follows the size of the file that the present state would give.

The last bytes are met by dropping the weakest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.targets.base import (
    MAX_STEP,
    MIN_STEP,
    Attempt,
    Start,
    Target,
    clamp_step,
    file_size,
    weakest_first,
)
from gicodec.encoder.targets.budget_model import SIZE
from gicodec.encoder.targets.ceiling import Ceiling
from gicodec.encoder.targets.quality import most_useful
from gicodec.encoder.tuning.rate import expected_bits
from gicodec.encoder.tuning.state import FrozenState, State
from gicodec.errors import TargetError
from gicodec.fit.waves import cost_of_waves
from gicodec.format import GsiPayload, Header
from gicodec.options import EncodeOptions
from gicodec.render.cpu import Array
from gicodec.source import Source


class SizeTarget(Target):
    """A file of at most so many bytes.

    Raises:
        TargetError: Not even one Gaussian fits, or, of a picture that needs none, the file.
    """

    def __init__(
        self,
        budget: int,
        header: Header,
        n_other_bytes: int = 0,
        *,
        is_flat: bool = False,
        tolerance: float = 0.0,
    ) -> None:
        """Allow so many bytes for a picture whose file has some beside its Gaussians, if it has any.

        More, or less, by a tolerance, as a share of them, is as good: where a layer will fill the rest.
        """
        self._budget, self._header = budget - n_other_bytes, header
        self._tolerance = tolerance
        self._n_moves = 0
        self._ceiling, self._good_enough = Ceiling(header), False
        self._excess_per_bit = SIZE.bits_per_expected_bit / (8 * max(1, self._budget))
        self._judged: tuple[Array | None, int] = None, 0  # the values of a state, and its size
        self._empty = file_size(GsiPayload.empty(header.channels), header)
        smallest = self._empty + SIZE.bytes_of_one_gaussian * (not is_flat)
        if self._budget < smallest:
            smallest += n_other_bytes
            size = f"{header.width}x{header.height}"
            rate = math.ceil(8e4 * smallest / header.n_pixels) / 1e4
            raise TargetError(
                f"the budget of {budget} bytes is too small:"
                f" a {size} picture needs at least {smallest} bytes, {rate} bpp"
            )

    @classmethod
    def from_options(cls, options: EncodeOptions, source: Source) -> Target:
        """Take the bytes, or the bits per pixel, that the file may have."""
        budget = options.budget(source.header.n_pixels, source.n_other_bytes)
        return cls(budget, source.header, source.n_other_bytes, is_flat=source.is_flat)

    def n_fitted(self) -> int:
        """Fit more than will be left."""
        n = int(8 * self._budget / SIZE.bits_per_fitted_gaussian)
        return min(max(1, n), most_useful(self._header))

    def plan(self, n: int, psnr: float) -> int:
        """Fit no more than are of use."""
        return self._ceiling.plan(n, psnr, self.n_fitted())

    def start(self, values: Array, psnr: float) -> Start:
        """Find the D at which the rounded state, not tuned yet, makes a file of `first_excess` budgets."""
        least = self._ceiling.first_step(values, psnr)
        if self._expected_excess(values, least) < 1:
            self._good_enough = True
            return Start(least, 0)
        step = self._step_of_excess(values, SIZE.first_excess)
        for _ in range(SIZE.max_first_looks):
            if abs(math.log(self._excess(State(values, step)) / SIZE.first_excess)) < SIZE.first_tolerance:
                break
            step = self._step_of_excess(values, SIZE.first_excess)
        n = len(values)  # waves are kept in the same proportion, so each takes its share of the bits
        n_min = int(8 * self._budget / SIZE.bits_per_kept_gaussian * n / (n + cost_of_waves(values)))
        return Start(step, n_min)

    def next_step(self, state: State, psnr: float, progress: float) -> float:
        """Move D towards where the size should be after this share of the tuning."""
        energies = np.square(state.coefficients()).sum(axis=1)
        weak = float((energies <= SIZE.weak_energy * state.step**2).sum()) / max(1, len(energies))
        saved = SIZE.saved_share + SIZE.saved_share_of_weak * weak
        aim = SIZE.first_excess ** max(0.0, 1 - progress / SIZE.shrunk_after) / (1 - saved)
        exponent = SIZE.control_gain / SIZE.slope_while_tuning
        self._n_moves += 1
        looks = self._n_moves % SIZE.moves_per_look == 0 or progress >= 1
        excess = self._excess(state) if looks else self._expected_excess(state.values, state.step)
        step = clamp_step(state.step * (excess / aim) ** exponent)
        least = self._ceiling.next_step(state, psnr)
        self._good_enough = least > step
        return max(step, least)

    def next_price(self, price: float, n_priced: int, state: FrozenState) -> float | None:
        """Ask more for a bit where the file is too large, and less where it is too small, a few times."""
        size = self._size(state)
        self._judged = state.values, size
        if self._good_enough and size <= self._budget:
            return None
        share = size / self._budget
        if abs(share - 1) < self._tolerance:
            return None
        if SIZE.refined_from <= share <= SIZE.refined_to or n_priced >= SIZE.max_prices:
            return None
        change = float((share / SIZE.refined_aim) ** SIZE.price_gain)
        return price * min(max(change, 1 / SIZE.max_price_change), SIZE.max_price_change)

    def judge(self, state: FrozenState) -> Attempt:
        """Drop the weakest Gaussians until the file is within the budget."""
        values, size = self._judged
        size = size if values is state.values else self._size(state)
        share = size / self._budget
        if abs(share - 1) < self._tolerance:
            return Attempt(state.payload(self._header), 0, None)
        order = weakest_first(state)
        payload = state.without(order[: self._n_dropped(state, order, size)]).payload(self._header)
        if SIZE.full <= share <= 1 / SIZE.full or (self._good_enough and share < 1):
            return Attempt(payload, abs(1 - share), None)
        ratio = max(1, size - self._empty) / (SIZE.frozen_aim * (self._budget - self._empty))
        miss = max(share - 1, SIZE.cost_of_unused * (1 - share))
        return Attempt(payload, miss, ratio ** (1 / SIZE.slope_once_frozen))

    def _n_dropped(self, state: State, order: NDArray[np.intp], size: int) -> int:
        """Return how many, the first of this order, to take from a state that makes a file of this size."""
        too_few, enough, sizes = -1, 0, [0, size]
        per_gaussian = SIZE.share_of_weak * (size - self._empty) / max(1, len(order))
        while sizes[1] > self._budget:
            too_few, sizes[0] = enough, sizes[1]
            more = math.ceil((sizes[1] - self._budget) / per_gaussian)
            enough = min(enough + more, len(order))
            sizes[1] = self._size(state.without(order[:enough]))
            per_gaussian = max((sizes[0] - sizes[1]) / (enough - too_few), SIZE.least_per_gaussian)
        while enough - too_few > 1 and sizes[1] < SIZE.nearly_full * self._budget:
            share = (sizes[0] - self._budget) / max(1, sizes[0] - sizes[1])
            middle = min(max(too_few + math.ceil(share * (enough - too_few)), too_few + 1), enough - 1)
            between = self._size(state.without(order[:middle]))
            if between > self._budget:
                too_few, sizes[0] = middle, between
            else:
                enough, sizes[1] = middle, between
        return enough

    def _excess(self, state: State) -> float:
        """Compare the file of what does not round to zero with the budget; learn what estimates come to."""
        zeros = np.flatnonzero(~state.rounded_coefficients().any(axis=1))
        excess = self._size(state.without(zeros)) / self._budget
        self._excess_per_bit = excess / max(expected_bits(state.values, state.step), 1.0)
        return excess

    def _expected_excess(self, values: Array, step: float) -> float:
        """Estimate the same, by what the last file took; a file of nothing has bytes, too."""
        return max(self._excess_per_bit * expected_bits(values, step), self._empty / self._budget)

    def _step_of_excess(self, values: Array, excess: float) -> float:
        """Return the D at which a state is expected to make a file of so many budgets."""
        low, high = math.log(MIN_STEP), math.log(MAX_STEP)
        for _ in range(12):
            middle = (low + high) / 2
            too_large = self._expected_excess(values, math.exp(middle)) > excess
            low, high = (middle, high) if too_large else (low, middle)
        return math.exp(middle)

    def _size(self, state: State) -> int:
        return file_size(state.payload(self._header), self._header)
