"""What Gaussians are drawn on, beside a target: the residual, and how near it is to nothing."""

from __future__ import annotations

import math

from gicodec.device import CPU
from gicodec.fit.backend import Engine, engine_of
from gicodec.format import Kernel
from gicodec.render import Splats
from gicodec.render.cpu import Array


class Canvas:
    """The difference between what was drawn and one target picture [C, H, W]."""

    def __init__(
        self,
        target: Array,
        kernel: Kernel = Kernel.COMPACT,
        *,
        weights: Array | None = None,
        device: str = CPU,
        threads: int = 0,
        engine: Engine | None = None,
    ) -> None:
        """Begin with nothing drawn.

        Args:
            target: [C, H, W], float32, 0 to 1.
            kernel: Which weight function.
            weights: [H, W], float32, 0 to 1, how much the error of each pixel counts; None: all alike.
            device: Where to draw.
            threads: Of the device's engine; 0 for one per core.
            engine: Another engine than the device's.
        """
        self.kernel, self.engine = kernel, engine or engine_of(device, threads)
        self.target = self.engine.image(target)
        """[C, H, W], where the engine is."""
        self.weights = None if weights is None else self.engine.image(weights)
        """[H, W], or None: how much the error of each pixel counts; where the engine is."""
        self.residual = -self.target
        """[C, H, W]: what was drawn last, at first nothing, minus target, weighted; on the engine."""
        self._negative = -self.target  # the engine adds to it: the residual costs no pass of its own
        self.weigh()

    def error(self) -> float:
        """Return the squared error of the present residual, each times its weight, over all samples."""
        return self.engine.squared_error(self.residual, self.weights)

    def psnr(self, error: float) -> float:
        """Convert a squared error, summed over all samples, to dB; inf where it is zero."""
        mean = error / math.prod(self.residual.shape)
        return math.inf if mean == 0 else -10 * math.log10(mean)

    def clear(self) -> None:
        """Draw nothing: the residual is minus target."""
        self.residual[:] = self._negative

    def weigh(self) -> None:
        """Multiply the residual by the weights.

        What is added from then on counts in full, wherever it is: a little too much where weights are small.
        """
        if self.weights is not None:
            self.residual *= self.weights

    def add(self, splats: Splats[Array]) -> None:
        """Draw N Gaussians beside those that are there."""
        self.engine.draw(splats, self.residual, self.residual, self.kernel)

    def correlate(self, centers: Array, conics: Array) -> tuple[Array, Array]:
        """Multiply the weights of N Gaussians with themselves [N] and the residual [N, C].

        See ``reference.correlate``.
        """
        return self.engine.correlate(centers, conics, self.residual, self.kernel)

    def correlate_waves(
        self, centers: Array, conics: Array, frequencies: Array
    ) -> tuple[Array, Array, Array]:
        """Multiply the weights of N Gaussians, plain and oscillating, with one another and the residual.

        Returns:
            [N, 3, 3], [N, C] and [N, 2]: see ``reference.correlate_waves``.
        """
        return self.engine.correlate_waves(centers, conics, frequencies, self.residual, self.kernel)
