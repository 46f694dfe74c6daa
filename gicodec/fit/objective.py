"""What a fit minimizes: the squared error of what it draws, and its gradient."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from gicodec.fit.canvas import Canvas
from gicodec.fit.law import Law
from gicodec.render import Splats


class Objective(Canvas):
    """The squared error of Gaussians that are drawn alone on a canvas."""

    engine_seconds = 0.0
    """Time spent in the engine so far; on a GPU, which goes on by itself, that of starting it."""

    def loss(self, centers: Tensor, conics: Tensor, colors: Tensor) -> Tensor:
        """Draw N Gaussians without waves; return their mean squared error, differentiable by all three.

        Args:
            centers: [N, 2], pixels.
            conics: [N, 3], pixels^-2.
            colors: [N, C].
        """
        loss: Tensor = _MeanSquaredError.apply(self, centers, conics, colors)  # type: ignore[no-untyped-call]
        return loss

    def residual_and_gradient(self, values: Tensor, *, law: Law | None = None, waves: bool = True) -> Tensor:
        """Draw rows [N, 9 + C]; return the gradient [N, 9 + C] of the squared error, and of the law's cost.

        The rows are parameters, or those of a law. Without ``waves`` there are none, which is faster; to look
        would keep a GPU waiting at every step.
        """
        start = time.perf_counter()
        gradient = self.engine.residual_and_gradient(values, law, self._negative, self.residual, waves=waves)
        self.engine_seconds += time.perf_counter() - start
        return gradient

    def _draw(self, splats: Splats[Tensor]) -> Splats[Tensor]:
        """Draw into the residual; return the gradients of half the squared error."""
        start = time.perf_counter()
        self.engine.draw(splats, self._negative, self.residual, self.kernel)
        gradients = self.engine.gradients(splats, self.residual, self.kernel)
        self.engine_seconds += time.perf_counter() - start
        return gradients


class _MeanSquaredError(torch.autograd.Function):
    """The gradient is formed with the value: it is always wanted, and the residual is at hand."""

    @staticmethod
    def forward(ctx: Any, objective: Objective, *arrays: Tensor) -> Tensor:
        by = objective._draw(Splats(*(array.detach().contiguous() for array in arrays)))
        n_samples = objective.residual.numel()
        ctx.save_for_backward(*(gradient * (2 / n_samples) for gradient in by))
        flat = objective.residual.view(-1)
        return torch.dot(flat, flat) / n_samples

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return None, *(grads[0] * gradient for gradient in ctx.saved_tensors)
