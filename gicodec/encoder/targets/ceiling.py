"""Where more bytes bring nothing: a picture that is better than its 8-bit samples tell is good enough."""

from __future__ import annotations

import math

from gicodec.encoder.targets.base import clamp_step
from gicodec.encoder.targets.budget_model import CEILING, PLAN, PSNR
from gicodec.encoder.targets.quality import first_step, planned
from gicodec.encoder.tuning.state import State
from gicodec.format import Header
from gicodec.render.cpu import Array

DB_PER_BIT = 20 * math.log10(2)  # of a sample


def ceiling_db(header: Header) -> float:
    """Return the dB from which on more bytes bring nothing."""
    return CEILING.db + DB_PER_BIT * (header.bit_depth - 8)


def finest_step(header: Header) -> float:
    """Return the step of a layer whose rounding alone leaves so little: D^2 / 12 in each sample."""
    return math.sqrt(12 * 10 ** (-ceiling_db(header) / 10))


class Ceiling:
    """The least D, and the most Gaussians, that are of use for a picture."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._db = ceiling_db(header)

    def plan(self, n: int, psnr: float, n_wanted: int) -> int:
        """Return how many Gaussians to fit: as many as wanted, but where n of them are nearly good enough."""
        doublings = (self._db + PSNR.coding_loss_db - psnr) / PLAN.db_per_doubling_while_fitting
        return min(n_wanted, planned(n, doublings)) if doublings < PLAN.max_doublings else n_wanted

    def first_step(self, values: Array, psnr: float) -> float:
        """Return the D that leaves fitted Gaussians, a state's values [N, 12], good enough."""
        return first_step(self._db, psnr, len(values), self._header)

    def next_step(self, state: State, psnr: float) -> float:
        """Return the D to go on with, if good enough is all that is asked for."""
        octaves = PSNR.control_gain * (psnr - self._db) / PSNR.db_per_octave_while_tuning
        return clamp_step(state.step * 2.0 ** min(max(octaves, -CEILING.max_octaves), CEILING.max_octaves))
