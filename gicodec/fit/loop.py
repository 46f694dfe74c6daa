"""The one loop of all fits: Gaussians come and go, are drawn, and move against the gradient of the error."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

from gicodec.fit.objective import Objective
from gicodec.gaussians import Gaussians
from gicodec.options import Progress, ProgressCallback

CHECK_EVERY = 50  # iterations between tests for an early stop
REPORT_EVERY = 10  # iterations between reports: what watches can show a fit, or end it, while it goes on
STALLED_GAIN = 1e-4  # of the squared error over CHECK_EVERY iterations: nothing more to expect
EXACT_ERROR = 1e-8  # mean squared error: 80 dB, invisible in 8 bits


class Model(ABC):
    """What is fitted: parameters, who comes and goes, how they are drawn, and how they move.

    run() calls change(), draw() and step() in turn. Each builds on what the one before has left: change() on
    the residual of the last draw(), which is minus target before the first, and step() on its gradient.
    """

    @abstractmethod
    def __len__(self) -> int:
        """Return how many Gaussians there are."""

    @abstractmethod
    def gaussians(self) -> Gaussians:
        """Return a copy of the Gaussians as they are now."""

    @abstractmethod
    def may_stop(self, iteration: int) -> bool:
        """Tell whether the fit may end here if the error hardly falls any more."""

    @abstractmethod
    def change(self, iteration: int, objective: Objective) -> None:
        """Let Gaussians come and go before an iteration; the objective has the residual of the last one."""

    @abstractmethod
    def draw(self, objective: Objective) -> None:
        """Render into the objective's residual, and remember the gradient."""

    @abstractmethod
    def step(self, iteration: int) -> None:
        """Move against the gradient of what was drawn last."""


def run(
    model: Model, objective: Objective, n_iterations: int, stage: str, progress: ProgressCallback | None
) -> int:
    """Fit a model, and draw it; return how many iterations were run, fewer than asked for if it settled.

    Progress is called every REPORT_EVERY iterations.
    """
    best, iteration = math.inf, -1
    for iteration in range(n_iterations):
        model.change(iteration, objective)
        model.draw(objective)
        if progress is not None and iteration % REPORT_EVERY == 0:
            psnr = objective.psnr(objective.error())
            progress(Progress(stage, iteration, n_iterations, psnr, len(model), model.gaussians))
        if iteration % CHECK_EVERY == 0:
            error = objective.error()
            stalled = model.may_stop(iteration) and error > best * (1 - STALLED_GAIN)
            if stalled or error < EXACT_ERROR * math.prod(objective.residual.shape):
                break
            best = min(best, error)
        model.step(iteration)
    model.draw(objective)
    return iteration + 1
