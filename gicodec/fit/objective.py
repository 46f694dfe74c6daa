"""What a fit minimizes: the squared error of what it draws, and its gradient."""

from __future__ import annotations

import time

from gicodec.fit.canvas import Canvas
from gicodec.fit.law import Law
from gicodec.render import Splats
from gicodec.render.cpu import Array


class Objective(Canvas):
    """The squared error of Gaussians that are drawn alone on a canvas."""

    engine_seconds = 0.0
    """Time spent in the engine so far."""

    def residual_and_gradient(self, values: Array, *, law: Law | None = None, waves: bool = True) -> Array:
        """Draw rows [N, 9 + C]; return the gradient [N, 9 + C] of weighted squared errors and the law's cost.

        The rows are parameters, or those of a law. Without ``waves`` there are none, which is faster.
        """
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
