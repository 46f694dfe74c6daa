"""The squared error as a function of torch: the engine draws and differentiates, torch goes on from there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from gicodec.fit.objective import Objective
from gicodec.render import Splats


def mean_squared_error(objective: Objective, centers: Tensor, conics: Tensor, colors: Tensor) -> Tensor:
    """Draw N Gaussians without waves; return their mean squared error, differentiable by all three.

    Args:
        objective: Where to draw; the tensors may be on any device.
        centers: [N, 2], pixels.
        conics: [N, 3], pixels^-2.
        colors: [N, C].
    """
    loss: Tensor = _MeanSquaredError.apply(objective, centers, conics, colors)  # type: ignore[no-untyped-call]
    return loss


class _MeanSquaredError(torch.autograd.Function):
    """The gradient is formed with the value: it is always wanted, and the residual is at hand."""

    @staticmethod
    def forward(ctx: Any, objective: Objective, *tensors: Tensor) -> Tensor:
        splats = Splats(*(tensor.detach().contiguous().cpu().numpy() for tensor in tensors))
        by, n_samples = objective.draw_alone(splats), math.prod(objective.residual.shape)
        device = tensors[0].device
        ctx.save_for_backward(*(torch.from_numpy(array * (2 / n_samples)).to(device) for array in by))
        return torch.tensor(objective.error() / n_samples, device=device)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return None, *(grads[0] * gradient for gradient in ctx.saved_tensors)


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Leave the cores to the engine: torch's tensors here are small, and its idle threads spin."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
