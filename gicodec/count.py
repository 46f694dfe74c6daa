"""A target that is a number of Gaussians: D is in balance with the error that so many leave."""

from __future__ import annotations

import math

from gicodec.fit.parameters import COLOR
from gicodec.fit.state import State
from gicodec.fit.tune import Tuner
from gicodec.format import Header, TargetError
from gicodec.quality import BALANCE, squared_error
from gicodec.target import LEAST_STEP, Attempt, Target, clamp_step, weakest_first

FITTED = 1.4  # of the number asked for: about as many more as a file at a rate begins with
KEPT = 1.2  # of it, by tuning, and ...
SURVIVING = 1.03  # ... that D lets survive: freezing rounds a few more to zero
KEPT_AFTER = 0.5  # of the tuning there are no more than that
TUNED_BALANCE = 0.12  # N D^2 over the squared error of the noisy picture
LEAST_SHRINKING = 0.9  # of D, where freezing has left too few


class CountTarget(Target):
    """A file of so many Gaussians; of fewer where the picture has no use for them.

    Raises:
        TargetError: There are more than pixels.
    """

    def __init__(self, n: int, header: Header) -> None:
        most = min(header.n_pixels, header.max_gaussians)
        if n > most:
            size = f"{header.width}x{header.height}"
            raise TargetError(f"{n} Gaussians are too many: a {size} picture can have {most}")
        self._n, self._header = n, header

    def n_fitted(self) -> int:
        """Fit more than will be left."""
        return round(FITTED * self._n)

    def start(self, state: State, psnr: float) -> int:
        """Bring D into balance with the error of the float Gaussians."""
        error = squared_error(psnr, self._header)
        state.step = clamp_step(math.sqrt(BALANCE * error / len(state.values)))
        return math.ceil(KEPT * self._n)

    def follow(self, tuner: Tuner, progress: float) -> None:
        """Keep D in balance, and drop the weakest while there are too many."""
        lead = (FITTED / KEPT) ** max(0.0, 1 - progress / KEPT_AFTER)
        n_dropped = len(tuner.state.values) - math.ceil(KEPT * self._n * lead)
        error = squared_error(tuner.psnr(), self._header)
        if n_dropped > 0:
            tuner.restart(tuner.state.without(weakest_first(tuner.state)[:n_dropped]))
        in_balance = math.sqrt(TUNED_BALANCE * error / self._n)
        tuner.state.step = clamp_step(min(in_balance, self._largest_step(tuner.state)))

    def _largest_step(self, state: State) -> float:
        """Return the D at which SURVIVING times N do not round to zero."""
        strengths = state.values[:, COLOR:].abs().amax(dim=1).sort(descending=True).values
        return 2 * float(strengths[: math.ceil(SURVIVING * self._n)][-1])

    def judge(self, state: State) -> Attempt:
        """Drop the weakest; too few are all that the picture has a use for where D is least."""
        n_missing = max(0, self._n - int(state.rounded_colors().any(dim=1).sum()))
        n_dropped = max(0, len(state.values) - self._n + n_missing)
        payload = state.without(weakest_first(state)[:n_dropped]).payload(self._header)
        if n_missing == 0 or state.step == LEAST_STEP:
            return Attempt(payload, n_missing, None)
        return Attempt(payload, n_missing, min(LEAST_SHRINKING, 1 - n_missing / self._n))
