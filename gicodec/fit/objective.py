"""What the fit minimizes: the squared error of the rendered picture, and its gradient."""

from __future__ import annotations

import math
import time
from typing import Any

import torch
from torch import Tensor

from gicodec.fit.backend import Engine, Splats, engine_of
from gicodec.fit.parameters import COLOR, SIZE, WAVE, InverseCovariances, conics_of, pull_back
from gicodec.format import Kernel
from gicodec.render.cpu import Array


class Objective:
    """Squared error against one target picture [C, H, W], float32, 0 to 1, on the target's device."""

    def __init__(
        self,
        target: Tensor,
        kernel: Kernel = Kernel.COMPACT,
        *,
        threads: int = 0,
        engine: Engine | None = None,
    ) -> None:
        """Take an engine, or that of the target's device with so many threads."""
        self.kernel = kernel
        self._engine = engine or engine_of(target.device, threads)
        self.residual = -target
        """[C, H, W]: what was rendered last, at first nothing, minus target."""
        self.engine_seconds = 0.0
        """Time spent in the engine so far; on a GPU, which goes on by itself, that of starting it."""
        self.target = target
        """[C, H, W]."""
        self._negative = -target  # the engine adds to it: the residual costs no pass of its own

    @property
    def device(self) -> torch.device:
        """Where all tensors are."""
        return self._engine.device

    def error(self) -> float:
        """Return the squared error of the present residual, summed over all samples."""
        return self.residual.square().sum().item()

    def psnr(self, loss: float) -> float:
        """Convert a loss to dB; inf where it is zero."""
        mean = loss / self.residual.numel()
        return math.inf if mean == 0 else -10 * math.log10(mean)

    def clear(self) -> None:
        """Render nothing into the residual."""
        self.residual.copy_(self._negative)

    def add(self, centers: Array, conics: Array, colors: Array, waves: Array | None) -> None:
        """Render some Gaussians into the residual, beside those that are there: see ``cpu.forward``."""
        placed = self._tensor(centers), self._tensor(conics), self._tensor(colors)
        splats = Splats(*placed, None if waves is None else self._tensor(waves))
        self._engine.draw(splats, self.residual, self.residual, self.kernel)

    def correlate(self, centers: Array, conics: Array) -> tuple[Array, Array]:
        """Multiply the weights of Gaussians with the residual: see ``cpu.correlate``."""
        placed = self._tensor(centers), self._tensor(conics)
        squares, products = self._engine.correlate(*placed, self.residual, self.kernel)
        return squares.cpu().numpy(), products.cpu().numpy()

    def correlate_waves(
        self, centers: Array, conics: Array, frequencies: Array
    ) -> tuple[Array, Array, Array]:
        """Multiply Gaussians, plain and oscillating, with the residual: see ``cpu.correlate_waves``."""
        given = self._tensor(centers), self._tensor(conics), self._tensor(frequencies)
        grams, products, waves = self._engine.correlate_waves(*given, self.residual, self.kernel)
        return grams.cpu().numpy(), products.cpu().numpy(), waves.cpu().numpy()

    def loss(self, centers: Tensor, conics: Tensor, colors: Tensor) -> Tensor:
        """Return the mean squared error of Gaussians without waves; differentiable by all three."""
        loss: Tensor = _MeanSquaredError.apply(self, centers, conics, colors)  # type: ignore[no-untyped-call]
        return loss

    def residual_and_gradient(self, parameters: Tensor, *, waves: bool = True) -> Tensor:
        """Render into the residual; return the gradient [N, 9 + C] of half the squared error.

        Without ``waves`` there are none, which is faster; to look would keep a GPU waiting at every step.
        """
        inverse = InverseCovariances.of(parameters)
        placed = parameters[:, :SIZE].contiguous(), conics_of(inverse), parameters[:, COLOR:].contiguous()
        by = self._draw(Splats(*placed, parameters[:, WAVE].contiguous() if waves else None))
        return pull_back(parameters, inverse, *by)

    def _draw(self, splats: Splats) -> Splats:
        """Render into the residual; return the gradients of half the squared error."""
        start = time.perf_counter()
        self._engine.draw(splats, self._negative, self.residual, self.kernel)
        gradients = self._engine.gradients(splats, self.residual, self.kernel)
        self.engine_seconds += time.perf_counter() - start
        return gradients

    def _tensor(self, array: Array) -> Tensor:
        return torch.from_numpy(array).to(self.device)


class _MeanSquaredError(torch.autograd.Function):
    """The gradient is formed with the value: it is always wanted, and the residual is at hand."""

    @staticmethod
    def forward(ctx: Any, objective: Objective, *arrays: Tensor) -> Tensor:
        centers, conics, colors = (array.detach().contiguous() for array in arrays)
        by = objective._draw(Splats(centers, conics, colors, None))
        n_samples = objective.residual.numel()
        ctx.save_for_backward(*(t * (2 / n_samples) for t in (by.centers, by.conics, by.colors)))
        flat = objective.residual.view(-1)
        return torch.dot(flat, flat) / n_samples

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return None, *(grads[0] * gradient for gradient in ctx.saved_tensors)
