"""The first of two fits: of few Gaussians, and short. The second goes on from what it leaves.

The rates of both fall to their last. That is better, in less time, than one fit of as many iterations: most
of all in flat pictures, whose few large Gaussians settle while there are no others (fit.md). What the first
fit leaves also tells whether a layer of cosines is worth while (texture/choice.py).
"""

from __future__ import annotations

from gicodec.fit import FitSettings, fit
from gicodec.options import EncodeOptions, ProgressCallback
from gicodec.presets import PRESETS
from gicodec.render.cpu import Array
from gicodec.source import Source

FIRST_SHARE = 0.4  # of the Gaussians that the second fit plans for


def first_fit(
    source: Source,
    n_gaussians: int,
    options: EncodeOptions,
    device: str,
    progress: ProgressCallback | None,
    stage: str = "first",
) -> Array:
    """Fit so many Gaussians; return their parameters [N, 9 + C], without waves."""
    return fit(
        source.target,
        max(1, n_gaussians),
        FitSettings(PRESETS[options.effort].n_first),
        stage=stage,
        weights=source.weights,
        seed=options.seed,
        threads=options.threads,
        device=device,
        progress=progress,
        longest=source.longest,
    ).parameters
