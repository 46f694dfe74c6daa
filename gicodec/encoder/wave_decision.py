"""Two fits, without waves and with: most photographs need none, and a fit that will lose is given up."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import torch
from numpy.typing import NDArray

from gicodec.encoder.targets.base import Target
from gicodec.fit import Fit, FitSettings, fit
from gicodec.fit.waves import cost_of_waves
from gicodec.format import Header
from gicodec.options import EncodeOptions, ProgressCallback

DB_PER_DOUBLING = 2.7  # of the bits, at a time
MIN_GAIN = 0.05  # dB that a fit with waves must be better by: tuning leaves that much less of them
DECIDED_AT, LOOKED_BACK = 12, 6  # at this of its growths it must be ahead in the mean of so many, to go on


def best_fit(
    pixels: NDArray[np.uint8],
    header: Header,
    target: Target,
    settings: FitSettings,
    options: EncodeOptions,
    device: torch.device,
    progress: ProgressCallback | None,
) -> Fit:
    """Fit without waves, and with where options and target have them; return what is better for its bits."""
    race = _PairedTrial()

    def attempt(*, waves: bool) -> Fit:
        def plan(n: int, psnr: float) -> int:
            race.note(n, psnr, waves=waves)
            return min(target.plan(n, psnr), header.max_gaussians)

        return fit(
            pixels,
            target.n_fitted(),
            settings,
            plan=plan,
            waves=waves,
            seed=options.seed,
            threads=options.threads,
            device=device,
            progress=progress,
        )

    plain = attempt(waves=False)
    if not (options.tries_waves and target.waves):
        return plain
    try:
        waved = attempt(waves=True)
    except _TrialAbandonedError:
        return plain
    return waved if _rate_adjusted_psnr_of(waved) > _rate_adjusted_psnr_of(plain) + MIN_GAIN else plain


class _TrialAbandonedError(Exception):
    """A fit with waves will hardly win any more."""


class _PairedTrial:
    """What two fits, first without waves and then with, promise at every growth."""

    def __init__(self) -> None:
        self._plain: list[float] = []
        self._waved: list[float] = []

    def note(self, n: int, psnr: float, *, waves: bool) -> None:
        """Note where a fit is.

        Raises:
            _TrialAbandonedError: The fit with waves need not go on.
        """
        promises = self._waved if waves else self._plain
        promises.append(_rate_adjusted_psnr(n, psnr))
        if waves and len(promises) == DECIDED_AT:
            leads = [waved - plain for waved, plain in zip(self._waved, self._plain, strict=False)]
            if leads and fmean(leads[-LOOKED_BACK:]) < 0:
                raise _TrialAbandonedError


def _rate_adjusted_psnr(n: float, psnr: float) -> float:
    """Return the dB of n Gaussians, less what their bits alone would give."""
    return psnr - DB_PER_DOUBLING * math.log2(max(n, 1.0))


def _rate_adjusted_psnr_of(result: Fit) -> float:
    return _rate_adjusted_psnr(len(result.parameters) + cost_of_waves(result.parameters), result.psnr)
