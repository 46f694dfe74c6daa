"""Two fits, without waves and with. Most photographs need none, and a fit that will lose is given up."""

from __future__ import annotations

import math
from statistics import fmean

from gicodec.encoder.targets.base import Target
from gicodec.encoder.targets.budget_model import WAVES
from gicodec.fit import Fit, FitSettings, fit
from gicodec.fit.waves import cost_of_waves
from gicodec.options import EncodeOptions, ProgressCallback
from gicodec.render.cpu import Array
from gicodec.source import Source
from gicodec.texture.huber import Huber


def best_fit(
    source: Source,
    target: Target,
    settings: FitSettings,
    options: EncodeOptions,
    device: str,
    progress: ProgressCallback | None,
    *,
    start: Array,
    huber: Huber | None = None,
) -> Fit:
    """Fit without waves, and with where options and target have them; return what is better for its bits.

    Both go on from the Gaussians of a first fit, [N, 9 + C].
    """
    trial = _PairedTrial()

    def run(*, waves: bool) -> Fit:
        def plan(n: int, psnr: float) -> int:
            trial.record(n, psnr, waves=waves)
            return min(target.plan(n, psnr), source.header.max_gaussians)

        return fit(
            source.target,
            target.n_fitted(),
            settings,
            start=start,
            weights=source.weights,
            huber=huber,
            plan=plan,
            waves=waves,
            stage="waves" if waves else "fit",
            seed=options.seed,
            threads=options.threads,
            device=device,
            progress=progress,
            longest=source.longest,
        )

    plain = run(waves=False)
    if not (options.tries_waves and target.waves):
        return plain
    try:
        waved = run(waves=True)
    except _TrialAbandonedError:
        return plain
    return waved if _score(waved) > _score(plain) + WAVES.min_gain_db else plain


class _TrialAbandonedError(Exception):
    """A fit with waves will hardly win any more."""


class _PairedTrial:
    """The rate-adjusted PSNR of two fits at every growth, first without waves and then with."""

    def __init__(self) -> None:
        self._plain: list[float] = []
        self._waved: list[float] = []

    def record(self, n: int, psnr: float, *, waves: bool) -> None:
        """Record where a fit is: n Gaussians, the price of their waves counted, give so many dB.

        Raises:
            _TrialAbandonedError: The fit with waves need not go on.
        """
        scores = self._waved if waves else self._plain
        scores.append(_rate_adjusted_psnr(n, psnr))
        if waves and len(scores) == WAVES.decided_at:
            leads = [waved - plain for waved, plain in zip(self._waved, self._plain, strict=False)]
            if leads and fmean(leads[-WAVES.n_compared :]) < 0:
                raise _TrialAbandonedError


def _score(result: Fit) -> float:
    """Return the rate-adjusted PSNR that a fit ends with."""
    return _rate_adjusted_psnr(len(result.parameters) + cost_of_waves(result.parameters), result.psnr)


def _rate_adjusted_psnr(n: float, psnr: float) -> float:
    """Return the dB of n Gaussians, less what their bits alone would give."""
    return psnr - WAVES.db_per_doubling_of_bits * math.log2(max(n, 1.0))
