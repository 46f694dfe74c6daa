"""A target that is a quality, which is a step D on a scale. And how many Gaussians a picture deserves.

That is not known before the fit. It follows from what the fit has reached so far: the squared error falls
by a known power of N; and where pictures are best at their rate, N, D and the error that the float Gaussians
leave stand in about one relation: N D^2 = balance * error.
"""

from __future__ import annotations

import math

from gicodec.encoder.targets.base import Attempt, Start, Target, clamp_step
from gicodec.encoder.targets.budget_model import PLAN, PSNR
from gicodec.encoder.tuning.state import FrozenState
from gicodec.format import Header
from gicodec.format.gsi.head import nearest_step_code, step_of
from gicodec.metrics import squared_error
from gicodec.options import QUALITY_PER_OCTAVE, EncodeOptions
from gicodec.render.cpu import Array
from gicodec.source import Source

DB_OF_TWO = 10 * math.log10(2)  # dB for each doubling of the squared error


def step_of_quality(quality: float) -> float:
    """Return the D of a quality: the step nearest to ``2^(-quality / 18)`` that a file can name."""
    return step_of(nearest_step_code(2 ** (-quality / QUALITY_PER_OCTAVE)))


class QualityTarget(Target):
    """A file whose D is given: a constant slope of distortion against rate, whatever the picture."""

    def __init__(self, quality: float, header: Header) -> None:
        self._step, self._header = step_of_quality(quality), header

    @classmethod
    def from_options(cls, options: EncodeOptions, source: Source) -> Target:
        """Take the quality that was asked for."""
        return cls(options.target[1], source.header)

    def n_fitted(self) -> int:
        """Guess: nothing is known of the picture."""
        return first_number(self._header)

    def plan(self, n: int, psnr: float) -> int:
        """Solve N D^2 = balance * error."""
        ratio = PLAN.balance * squared_error(psnr, self._header) / (n * self._step**2)
        doublings = math.log2(max(ratio, 1e-9)) / (1 + PLAN.db_per_doubling_while_fitting / DB_OF_TWO)
        return min(planned(n, doublings), most_useful(self._header))

    def start(self, values: Array, psnr: float) -> Start:
        """Begin with the D of the quality, which no later step changes."""
        return Start(self._step, int(PLAN.share_kept * len(values)))

    def judge(self, state: FrozenState) -> Attempt:
        """Whatever D gives is right."""
        return Attempt(state.payload(self._header), 0.0, None)


def first_number(header: Header) -> int:
    """Return how many Gaussians to plan for before anything is known of the picture."""
    return max(1, header.n_pixels // PLAN.pixels_per_gaussian)


def most_useful(header: Header) -> int:
    """Return how many Gaussians are of use for a picture: with more, a file is larger than a lossless one."""
    return max(PLAN.always_useful, header.n_pixels // PLAN.least_pixels_per_gaussian)


def planned(n: int, doublings: float) -> int:
    """Return how many to plan for when n should double so often, without looking too far ahead."""
    return math.ceil(n * 2 ** min(max(doublings, -PLAN.max_doublings), PLAN.max_doublings))


def first_step(aim: float, psnr: float, n: int, header: Header) -> float:
    """Return the D for n Gaussians that give so many dB: what is left to those aimed at goes to the steps."""
    allowed = squared_error(aim, header)
    of_steps = max(allowed - squared_error(psnr, header), PSNR.min_share_of_steps * allowed)
    return clamp_step(math.sqrt(of_steps / (PSNR.error_of_steps * n)))
