"""What Gaussians are drawn on, beside a target: the residual, and how near it is to nothing."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gicodec.fit.backend import Engine, engine_of
from gicodec.format import Kernel
from gicodec.render import Splats
from gicodec.render.cpu import Array


class Canvas:
    """The difference between what was drawn and one target picture [C, H, W], on the target's device."""

    def __init__(
        self,
        target: Tensor,
        kernel: Kernel = Kernel.COMPACT,
        *,
        threads: int = 0,
        engine: Engine | None = None,
    ) -> None:
        """Begin with nothing drawn.

        Args:
            target: [C, H, W], float32, 0 to 1.
            kernel: Which weight function.
            threads: Of the target's device's engine; 0 for one per core.
            engine: Another engine, of the target's device.
        """
        self.kernel, self.threads = kernel, threads
        self.engine = engine or engine_of(target.device, threads)
        """What draws."""
        self.target = target
        """[C, H, W]."""
        self.residual = -target
        """[C, H, W]: what was drawn last, at first nothing, minus target."""
        self._negative = -target  # the engine adds to it: the residual costs no pass of its own

    @property
    def device(self) -> torch.device:
        """Where all tensors are."""
        return self.engine.device

    def error(self) -> float:
        """Return the squared error of the present residual, summed over all samples."""
        return self.residual.square().sum().item()

    def psnr(self, error: float) -> float:
        """Convert a squared error, summed over all samples, to dB; inf where it is zero."""
        mean = error / self.residual.numel()
        return math.inf if mean == 0 else -10 * math.log10(mean)

    def clear(self) -> None:
        """Draw nothing: the residual is minus target."""
        self.residual.copy_(self._negative)

    def add(self, splats: Splats[Array]) -> None:
        """Draw N Gaussians, arrays of the CPU, beside those that are there."""
        self.engine.draw(splats.map(self._tensor), self.residual, self.residual, self.kernel)

    def correlate(self, centers: Array, conics: Array) -> tuple[Array, Array]:
        """Multiply the weights of N Gaussians with themselves [N] and the residual [N, C].

        See ``reference.correlate``.
        """
        placed = self._tensor(centers), self._tensor(conics)
        squares, products = self.engine.correlate(*placed, self.residual, self.kernel)
        return squares.cpu().numpy(), products.cpu().numpy()

    def correlate_waves(
        self, centers: Array, conics: Array, frequencies: Array
    ) -> tuple[Array, Array, Array]:
        """Multiply the weights of N Gaussians, plain and oscillating, with one another and the residual.

        Returns:
            [N, 3, 3], [N, C] and [N, 2]: see ``reference.correlate_waves``.
        """
        given = self._tensor(centers), self._tensor(conics), self._tensor(frequencies)
        grams, products, waves = self.engine.correlate_waves(*given, self.residual, self.kernel)
        return grams.cpu().numpy(), products.cpu().numpy(), waves.cpu().numpy()

    def _tensor(self, array: Array) -> Tensor:
        return torch.from_numpy(array).to(self.device)
