"""What every target of the encoder has in common: it leads N and D, and judges what came of them.

More Gaussians are fitted than the file will hold. Tuning then moves the step D, and how many Gaussians
are left, and how finely each is coded, follows from D alone. A target says how many to fit, where D
starts, how it moves, and whether the rounded Gaussians are what was asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.tuning.state import FrozenState, State
from gicodec.format import GsiPayload, Header, Section
from gicodec.format.constants import SectionType
from gicodec.format.container import write_sections
from gicodec.format.gsi.head import N_STEP_CODES, step_of
from gicodec.options import EncodeOptions
from gicodec.render.cpu import Array
from gicodec.source import Source

MIN_STEP, MAX_STEP = step_of(0), step_of(N_STEP_CODES - 1)


@dataclass(frozen=True)
class Start:
    """Where tuning begins."""

    step: float
    """D."""
    n_min: int
    """How many Gaussians to keep at least: those that a smaller D would bring back must still be there."""


@dataclass(frozen=True)
class Attempt:
    """What one freezing gave."""

    payload: GsiPayload
    miss: float
    """How far it is from what was asked for; the smallest is taken."""
    correction: float | None
    """By what to multiply D before freezing again; None where that would gain nothing."""


class Target(ABC):
    """What was asked for, for one encoding of one picture. The methods are called in this order.

    They say what to do; the pipeline does it.
    """

    max_attempts = 4
    """How often to freeze; most of the time once."""
    waves = True
    """Whether Gaussians may have waves, which take the place of some."""

    @classmethod
    @abstractmethod
    def from_options(cls, options: EncodeOptions, source: Source) -> Target:
        """Make the target that options ask for, for a picture.

        Raises:
            TargetError: No file of this picture can meet it.
        """

    @abstractmethod
    def n_fitted(self) -> int:
        """Return how many Gaussians the fit begins to plan for."""

    def plan(self, n: int, psnr: float) -> int:
        """Return how many to fit, now that n of them, not yet converged, give so many dB."""
        return self.n_fitted()

    @abstractmethod
    def start(self, values: Array, psnr: float) -> Start:
        """Return where to begin with fitted Gaussians, a state's values [N, 12], that give so many dB."""

    def n_max(self, progress: float) -> int | None:
        """Return how many Gaussians to keep at most after this share of the tuning; None for all."""
        return None

    def next_step(self, state: State, psnr: float, progress: float) -> float:
        """Return the D to go on with after this share of the tuning, which gives so many dB once rounded."""
        return state.step

    def next_price(self, price: float, n_priced: int, state: FrozenState) -> float | None:
        """Return what a bit should cost in another sweep of the exact pass, in lambda, given the last price.

        And given how many sweeps have been at such prices; None where another would gain nothing.
        """
        return None

    @abstractmethod
    def judge(self, state: FrozenState) -> Attempt:
        """Make a payload of a frozen state, the best that this D allows."""

    def check(self, best: Attempt) -> GsiPayload:
        """Return the payload of the best attempt.

        Raises:
            TargetError: It is not what was asked for.
        """
        return best.payload


def weakest_first(state: State) -> NDArray[np.intp]:
    """Return the rows [N] in the order of their energy."""
    energies = np.square(state.rounded_coefficients()).sum(axis=1)
    return np.argsort(energies, kind="stable")


def clamp_step(step: float) -> float:
    """Return the nearest step that a file can name."""
    return min(max(step, MIN_STEP), MAX_STEP)


def file_size(payload: GsiPayload, header: Header) -> int:
    """Return the bytes of a file that has no other sections."""
    head = Section(SectionType.HEADER, header.to_bytes())
    return len(write_sections([head, Section(SectionType.GAUSSIANS, payload.to_bytes(header))]))
