"""What a fit minimizes, the squared error of what it draws or what a layer makes of it, and its gradient."""

from __future__ import annotations

import math
import time

import numpy as np

from gicodec.fit.canvas import Canvas
from gicodec.fit.law import Law
from gicodec.render import Splats
from gicodec.render.cpu import Array
from gicodec.texture.huber import Huber


class Objective(Canvas):
    """The squared error of Gaussians that are drawn alone on a canvas."""

    engine_seconds = 0.0
    """Time spent in the engine so far."""
    huber: Huber | None = None
    """The loss, where a layer of cosines will be added; None: the squared error."""
    longest = math.inf
    """Standard deviation that a Gaussian may have, pixels."""
    _iteration = 0

    def residual_and_gradient(self, values: Array, *, law: Law | None = None, waves: bool = True) -> Array:
        """Draw rows [N, 9 + C]; return the gradient [N, 9 + C] of weighted squared errors and the law's cost.

        The rows are parameters, or those of a law. Without ``waves`` there are none, which is faster.
        """
        if self.huber is not None and self.huber.is_due(self._iteration):
            self._ease(self.huber)
        self._iteration += 1
        start = time.perf_counter()
        images = self._negative, self.weights, self.residual
        gradient = self.engine.residual_and_gradient(values, law, *images, waves=waves)
        self.engine_seconds += time.perf_counter() - start
        return gradient

    def draw_alone(self, splats: Splats[Array]) -> Splats[Array]:
        """Draw N Gaussians; return the gradients of half the squared error."""
        start = time.perf_counter()
        self.engine.draw(splats, self._negative, self.residual, self.kernel)
        gradients = self.engine.gradients(splats, self.residual, self.kernel)
        self.engine_seconds += time.perf_counter() - start
        return gradients

    def _ease(self, huber: Huber) -> None:
        """Compare with another picture, so that the gradient of the squared error is that of the loss."""
        engine = self.engine
        residual, negative = engine.array(self.residual).copy(), engine.array(self._negative)
        visible: Array | float = 1.0
        if self.weights is not None:
            weights = engine.array(self.weights)
            visible = (weights > 0).astype(np.float32)
            residual /= weights + (1 - visible)
        error = (residual - negative - engine.array(self.target)) * visible
        self._negative = engine.image(negative + huber.ease(error, engine.threads) - residual)
