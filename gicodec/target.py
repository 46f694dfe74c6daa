"""What every target of the encoder has in common: it leads N and D, and judges what came of them.

More Gaussians are fitted than the file will hold. Tuning then moves the step D, and how many Gaussians
are left, and how finely each is coded, follows from D alone. A target says how many to fit, where D
starts, how it moves, and whether the rounded Gaussians are what was asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from torch import Tensor

from gicodec.fit.state import State
from gicodec.fit.tune import Tuner
from gicodec.format import GsiFile, GsiPayload, Header, TargetError
from gicodec.format.lattice import N_STEP_CODES, step_of

LEAST_STEP, LARGEST_STEP = step_of(0), step_of(N_STEP_CODES - 1)


@dataclass(frozen=True)
class Attempt:
    """What one freezing gave."""

    payload: GsiPayload
    miss: float
    """How far it is from what was asked for; the smallest is taken."""
    correction: float | None
    """By what to multiply D before freezing again; None where that would gain nothing."""


class Target(ABC):
    """What was asked for, for one encoding of one picture. The methods are called in this order."""

    most_attempts = 4
    """How often to freeze; most of the time once."""
    waves = True
    """Whether Gaussians may have waves, which take the place of some."""

    @abstractmethod
    def n_fitted(self) -> int:
        """Return how many Gaussians the fit begins to plan for."""

    def plan(self, n: int, psnr: float) -> int:
        """Return how many to fit, now that n of them, not yet converged, give so many dB."""
        return self.n_fitted()

    @abstractmethod
    def start(self, state: State, psnr: float) -> int:
        """Set D of fitted Gaussians that give so many dB; return how many tuning keeps at least.

        Those that a smaller D would bring back must still be there.
        """

    @abstractmethod
    def follow(self, tuner: Tuner, progress: float) -> None:
        """Move D after this share of the tuning."""

    @abstractmethod
    def judge(self, state: State) -> Attempt:
        """Make a payload of a frozen state, the best that this D allows."""

    def check(self, best: Attempt) -> GsiPayload:
        """Return the payload of the best attempt.

        Raises:
            TargetError: It is not what was asked for.
        """
        return best.payload


def checked_number(n: int, header: Header) -> int:
    """Return a number of Gaussians that was asked for.

    Raises:
        TargetError: There are more than pixels.
    """
    most = min(header.n_pixels, header.max_gaussians)
    if n > most:
        size = f"{header.width}x{header.height}"
        raise TargetError(f"{n} Gaussians are too many: a {size} picture can have {most}")
    return n


def weakest_first(state: State) -> Tensor:
    """Return the rows [N] in the order of their energy."""
    return state.rounded_lights().square().sum(dim=1).argsort(stable=True)


def clamp_step(step: float) -> float:
    """Return the nearest step that a file can name."""
    return min(max(step, LEAST_STEP), LARGEST_STEP)


def file_size(payload: GsiPayload, header: Header) -> int:
    """Return the bytes of the whole file."""
    return len(GsiFile(header, payload).to_bytes())
