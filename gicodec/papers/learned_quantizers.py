"""Quantizers that are learned with what they quantize: rounding that lets gradients through.

A quantizer takes values [N, K], and returns those that its symbols will stand for. GaussianImage
(arXiv:2403.08551, section 3.2), LSQ+ (arXiv:2004.09576), residual vector quantization (arXiv:2107.03312).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from vector_quantize_pytorch import ResidualVQ

from gicodec.format.records.gaussianimage import COLOR_DEPTH, N_STAGES

MIN_RANGE, MIN_STRETCH = 1e-4, 1e-3
MIN_VARIANCE = 1e-3  # pixels^2, of what has a logarithm
EMA_DECAY, KMEANS_ITERATIONS, COMMITMENT = 0.8, 5, 1.0  # of codebooks: GaussianImage's


def round_through(values: Tensor) -> Tensor:
    """Round; the gradient passes as if nothing had happened."""
    return values + (values.round() - values).detach()


def half_through(values: Tensor) -> Tensor:
    """Round to half precision; the gradient passes."""
    return values + (values.half().float() - values).detach()


class Uniform:
    """Even steps, with a scale and an offset for each of K columns, which are learned.

    They are learned in units of the first scale and of the first range: one rate then suits any depth.
    """

    def __init__(self, values: Tensor, depth: int, *, gradient_scaled: bool) -> None:
        """Begin with the range of values.

        Args:
            values: [N, K], what will be quantized.
            depth: Bits of a symbol.
            gradient_scaled: Whether scale and offset move slower where more values depend on them: LSQ's
                rule, which GaussianImage's code computes and does not use.
        """
        self._top = 2**depth - 1
        self._low, high = values.amin(dim=0), values.amax(dim=0)
        self._range = (high - self._low).clamp(min=MIN_RANGE)
        self._stretch = torch.ones_like(self._low).requires_grad_()
        self._shift = torch.zeros_like(self._low).requires_grad_()
        self._slowness = 1 / math.sqrt(len(values) * self._top) if gradient_scaled else 1.0

    def __call__(self, values: Tensor) -> Tensor:
        """Quantize values [N, K]."""
        slowed = (t * self._slowness + (t * (1 - self._slowness)).detach() for t in self.parameters())
        scale, offset = self._steps(*slowed)
        return round_through(self._levels(values, scale, offset)) * scale + offset

    def parameters(self) -> list[Tensor]:
        """Return what wants a gradient."""
        return [self._stretch, self._shift]

    def steps(self) -> tuple[Tensor, Tensor]:
        """Return what a symbol stands for: times this [K], plus that [K]."""
        return self._steps(self._stretch.detach(), self._shift.detach())

    def symbols(self, values: Tensor) -> Tensor:
        """Return the symbols of values [N, K]."""
        return self._levels(values.detach(), *self.steps()).round().long()

    def _levels(self, values: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
        return ((values - offset) / scale).clamp(0, self._top)

    def _steps(self, stretch: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
        scale = stretch.clamp(min=MIN_STRETCH) * self._range / self._top
        return scale, self._low + shift * self._range


class LogUniform:
    """Even steps of the logarithm, over the range that the values have each time; nothing is learned."""

    def __init__(self, depth: int) -> None:
        self._top = 2**depth - 1

    def __call__(self, values: Tensor) -> Tensor:
        """Quantize values [N, K] above 0."""
        scale, low = self.steps(values)
        return (round_through((_log(values) - low) / scale) * scale + low).exp()

    def steps(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Return what a symbol of these values stands for, a logarithm: times this [K], plus that [K]."""
        logs = _log(values.detach())
        low, high = logs.amin(dim=0), logs.amax(dim=0)
        return ((high - low) / self._top).clamp(min=MIN_RANGE / self._top), low

    def symbols(self, values: Tensor) -> Tensor:
        """Return the symbols of values [N, K]."""
        scale, low = self.steps(values)
        return ((_log(values.detach()) - low) / scale).round().clamp(0, self._top).long()


class Codebooks:
    """Residual vector quantization: a color is the sum of an entry of each codebook."""

    def __init__(self, colors: Tensor, seed: int) -> None:
        """Cluster colors [N, C]."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)  # the library draws from torch's own generator
            self._quantizer = ResidualVQ(
                dim=colors.shape[1],
                num_quantizers=N_STAGES,
                codebook_size=2**COLOR_DEPTH,
                decay=EMA_DECAY,
                kmeans_init=True,
                kmeans_iters=KMEANS_ITERATIONS,
                commitment_weight=COMMITMENT,
                rotation_trick=False,
            ).to(colors.device)
            enough = colors.detach().repeat(-(-(2**COLOR_DEPTH) // len(colors)), 1)  # it warns of fewer
            self._quantizer(enough[None])

    def __call__(self, colors: Tensor) -> tuple[Tensor, Tensor]:
        """Quantize colors [N, C]; also return the loss that keeps them near their entries."""
        quantized, _, losses = self._quantizer(colors[None])
        return quantized[0], losses.sum()

    def finish(self, colors: Tensor) -> tuple[Tensor, Tensor]:
        """Round the entries to half precision; return them [stages, entries, C], and symbols [N, stages]."""
        for layer in self._quantizer.layers:
            layer.codebook = layer.codebook.half().float()
        self._quantizer.eval()
        _, symbols, _ = self._quantizer(colors.detach()[None])
        return self._quantizer.codebooks.half(), symbols[0]


def _log(values: Tensor) -> Tensor:
    return values.clamp(min=MIN_VARIANCE).log()
