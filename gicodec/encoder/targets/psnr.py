"""A target that is a PSNR of the decoded 8-bit picture.

Tuning leads D to where the picture is about right. What freezing gives is known only afterwards: a little
too good, and the weakest Gaussians are dropped until it is right; otherwise it is done again at another D.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cache

from gicodec.encoder.targets.base import (
    MAX_STEP,
    MIN_STEP,
    Attempt,
    Start,
    Target,
    clamp_step,
    weakest_first,
)
from gicodec.encoder.targets.budget_model import PLAN, PSNR
from gicodec.encoder.targets.quality import first_number, first_step, most_useful, planned
from gicodec.encoder.tuning.state import FrozenState, State
from gicodec.errors import TargetError
from gicodec.format import GsiPayload
from gicodec.image.samples import to_samples
from gicodec.options import EncodeOptions
from gicodec.quantize import dequantize
from gicodec.render import View
from gicodec.render.cpu import Array
from gicodec.render.reduce import render_at
from gicodec.source import Source

TOLERANCE = 0.1  # dB below: what EncodeOptions.psnr promises
REFUSED = 1000.0  # more than any miss of what meets the target
EXACT = 99.0  # dB stand for a picture without an error: a search needs a number
MAX_OCTAVES = 12.0  # of D: all there are


class PsnrTarget(Target):
    """A decoded picture at so many dB."""

    max_attempts = 8

    def __init__(self, psnr: float, source: Source, threads: int) -> None:
        self._psnr, self._source, self._header, self._threads = psnr, source, source.header, threads
        self._n_plans = 0
        self._before: tuple[float, float] | None = None  # the log of D, and the dB above, of an attempt

    @classmethod
    def from_options(cls, options: EncodeOptions, source: Source) -> Target:
        """Take the PSNR that was asked for."""
        return cls(options.target[1], source, options.threads)

    def n_fitted(self) -> int:
        """Guess: nothing is known of the picture."""
        return first_number(self._header)

    def plan(self, n: int, psnr: float) -> int:
        """Extrapolate to where the float Gaussians are as much better as coding costs."""
        doublings = (self._psnr + PSNR.coding_loss_db - psnr) / PLAN.db_per_doubling_while_fitting
        most = most_useful(self._header)
        self._n_plans += 1
        hopeless = math.log2(PSNR.hopeless * most / n)
        is_small = most >= self._header.n_pixels  # and soon searched to the end
        if doublings > hopeless and self._n_plans >= PSNR.plans_before_hopeless and not is_small:
            can_be = self._psnr - (doublings - hopeless) * PLAN.db_per_doubling_while_fitting
            raise TargetError(
                f"{self._psnr:g} dB cannot be met: from about {can_be:.0f} dB on,"
                " this picture takes more bytes than a lossless file"
            )
        return min(planned(n, doublings), most)

    def start(self, values: Array, psnr: float) -> Start:
        """Give the steps what the fit leaves of the error."""
        step = first_step(self._psnr, psnr, len(values), self._header)
        return Start(step, int(PLAN.share_kept * len(values)))

    def next_step(self, state: State, psnr: float, progress: float) -> float:
        """Move D by what the rounded picture will be above."""
        if progress <= PSNR.controlled_after:
            return state.step
        above = psnr - PSNR.spare_db - self._psnr
        return clamp_step(state.step * _octaves(PSNR.control_gain * above / PSNR.db_per_octave_while_tuning))

    def judge(self, state: FrozenState) -> Attempt:
        """Drop the weakest Gaussians while the picture remains good enough."""
        order = weakest_first(state)

        @cache  # each is coded and rendered
        def without(n: int) -> tuple[GsiPayload, float]:
            payload = state.without(order[:n]).payload(self._header)
            return payload, self._above(payload)

        too_many = bisect_left(range(len(order) + 1), True, key=lambda n: without(n)[1] < 0)
        nearest, nearest_above = min(
            (without(n) for n in (too_many - 1, too_many) if 0 <= n <= len(order)),
            key=lambda found: (found[1] < -TOLERANCE, max(abs(found[1]), TOLERANCE)),  # rather above
        )
        miss, above = abs(nearest_above), without(0)[1]
        met = miss <= TOLERANCE
        rank = min(PSNR.loss_of_dropping * max(above, 0.0), TOLERANCE) if met else miss
        rank += REFUSED * (nearest_above < -TOLERANCE)
        hopeless = state.step == (MIN_STEP if above < 0 else MAX_STEP)
        if hopeless or (met and above <= PSNR.max_above_db):
            return Attempt(nearest, rank, None)
        too_good = above - PSNR.max_above_db / 2
        return Attempt(nearest, rank, _octaves(too_good / self._db_per_octave(state.step, above)))

    def check(self, best: Attempt) -> GsiPayload:
        """Refuse what is worse by more than TOLERANCE; what is better is the least that was found."""
        above = self._above(best.payload)
        if above < -TOLERANCE:
            raise TargetError(
                f"{self._psnr:g} dB cannot be met; the search ended at {self._psnr + above:.2f} dB"
            )
        return best.payload

    def _db_per_octave(self, step: float, above: float) -> float:
        """Return how steeply the dB fall with D: from this attempt and the one before, if there was one."""
        before, self._before = self._before, (math.log2(step), above)
        if before is None or before[0] == self._before[0]:
            return PSNR.db_per_octave_once_frozen
        slope = (before[1] - above) / (self._before[0] - before[0])
        return min(max(slope, PSNR.min_db_per_octave), PSNR.max_db_per_octave)

    def _above(self, payload: GsiPayload) -> float:
        """Return by how many dB the decoded picture is better than asked for."""
        view = View(self._header.width, self._header.height)
        image = render_at(dequantize(payload), view, self._header, threads=self._threads, device="cpu")
        return min(self._source.psnr(to_samples(image, self._header.bit_depth)), EXACT) - self._psnr


def _octaves(exponent: float) -> float:
    return float(2.0 ** min(max(exponent, -MAX_OCTAVES), MAX_OCTAVES))
