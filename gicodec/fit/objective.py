"""What the fit minimizes: the squared error of the rendered picture, and its gradient.

The engine is called here and nowhere else in the fit; another device takes its place here.
"""

from __future__ import annotations

import math
import time
from typing import Any

import torch
from torch import Tensor

from gicodec import _native
from gicodec.fit.parameters import COLOR, SIZE, WAVE, conics, has_wave, pull_back
from gicodec.format import Kernel
from gicodec.render import cpu
from gicodec.render.cpu import Array


class Objective:
    """Squared error against one target picture [C, H, W], float32, 0 to 1."""

    def __init__(self, target: Tensor, kernel: Kernel = Kernel.COMPACT, *, threads: int = 0) -> None:
        self.kernel, self.threads = kernel, threads
        self.residual = -target
        """[C, H, W]: what was rendered last, at first nothing, minus target."""
        self.engine_seconds = 0.0
        """Time spent in the engine so far."""
        self.target = target
        """[C, H, W]."""
        self._negative = -target  # the engine adds to it: the residual costs no pass of its own

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
        residual = self.residual.numpy()
        kernel, threads = int(self.kernel), self.threads
        _native.forward(centers, conics, colors, residual, residual, kernel, threads, "", waves)

    def correlate(self, centers: Array, conics: Array) -> tuple[Array, Array]:
        """Multiply the weights of Gaussians with the residual: see ``cpu.correlate``."""
        return cpu.correlate(centers, conics, self.residual.numpy(), self.kernel, threads=self.threads)

    def correlate_waves(
        self, centers: Array, conics: Array, frequencies: Array
    ) -> tuple[Array, Array, Array]:
        """Multiply Gaussians, plain and oscillating, with the residual: see ``cpu.correlate_waves``."""
        residual, threads = self.residual.numpy(), self.threads
        return cpu.correlate_waves(centers, conics, frequencies, residual, self.kernel, threads=threads)

    def loss(self, centers: Tensor, conics: Tensor, colors: Tensor) -> Tensor:
        """Return the mean squared error of Gaussians without waves; differentiable by all three."""
        loss: Tensor = _MeanSquaredError.apply(self, centers, conics, colors)  # type: ignore[no-untyped-call]
        return loss

    def residual_and_gradient(self, parameters: Tensor) -> Tensor:
        """Render into the residual; return the gradient [N, 9 + C] of half the squared error."""
        inputs = parameters[:, :SIZE].contiguous(), conics(parameters), parameters[:, COLOR:].contiguous()
        waves = parameters[:, WAVE].contiguous() if has_wave(parameters).any() else None
        by_centers, by_conics, by_colors, by_waves = self._draw(*inputs, waves)
        if by_waves is None:
            by_waves = torch.zeros_like(parameters[:, WAVE])
        return pull_back(parameters, by_centers, by_conics, by_colors, by_waves)

    def _draw(
        self, centers: Tensor, conics: Tensor, colors: Tensor, waves: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        """Render into the residual; return the gradients of half the squared error by all four."""
        start = time.perf_counter()
        by_centers, by_conics, by_colors = (torch.empty_like(t) for t in (centers, conics, colors))
        by_waves = None if waves is None else torch.empty_like(waves)
        given = centers.numpy(), conics.numpy(), colors.numpy()
        residual, kernel, threads = self.residual.numpy(), int(self.kernel), self.threads
        drawn, taken = (None if t is None else t.numpy() for t in (waves, by_waves))
        _native.forward(*given, self._negative.numpy(), residual, kernel, threads, "", drawn)
        _native.backward(
            *given,
            residual,
            by_centers.numpy(),
            by_conics.numpy(),
            by_colors.numpy(),
            kernel,
            threads,
            "",
            drawn,
            taken,
        )
        self.engine_seconds += time.perf_counter() - start
        return by_centers, by_conics, by_colors, by_waves


class _MeanSquaredError(torch.autograd.Function):
    """The gradient is formed with the value: it is always wanted, and the residual is at hand."""

    @staticmethod
    def forward(ctx: Any, objective: Objective, *arrays: Tensor) -> Tensor:
        *gradients, _ = objective._draw(*(array.detach().contiguous() for array in arrays))
        n_samples = objective.residual.numel()
        ctx.save_for_backward(*(gradient * (2 / n_samples) for gradient in gradients))
        flat = objective.residual.view(-1)
        return torch.dot(flat, flat) / n_samples

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return None, *(grads[0] * gradient for gradient in ctx.saved_tensors)
