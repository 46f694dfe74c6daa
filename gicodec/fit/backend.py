"""The engines as a fit sees them: torch tensors of one device in, and out.

All are of contiguous float32; shapes and meaning are those of ``gicodec.render.reference``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from gicodec.device import CPU
from gicodec.fit.adam import Moments, Motion, adam_step
from gicodec.fit.law import Law
from gicodec.fit.parameters import (
    COLOR,
    MAX_ELONGATION,
    MAX_FREQUENCY,
    SIZE,
    WAVE,
    InverseCovariances,
    conics_of,
    pull_back,
)
from gicodec.format import Kernel
from gicodec.render import Splats, cpu


class Engine(ABC):
    """What renders and differentiates on a device."""

    device: torch.device

    @abstractmethod
    def draw(self, splats: Splats[Tensor], background: Tensor, image: Tensor, kernel: Kernel) -> None:
        """Add N Gaussians to a background; the result goes to an image, which may be the background.

        Both are [C, H, W].
        """

    @abstractmethod
    def gradients(self, splats: Splats[Tensor], grad_image: Tensor, kernel: Kernel) -> Splats[Tensor]:
        """Differentiate the sum of grad_image [C, H, W] times what is drawn."""

    @abstractmethod
    def correlate(
        self, centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor]:
        """Multiply the weights w of N Gaussians, and sum over all pixels.

        Returns:
            w times w [N], and w times the image [C, H, W]: [N, C].
        """

    @abstractmethod
    def correlate_waves(
        self, centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Multiply (w, w cos, w sin) of N Gaussians and frequencies [N, 2], and sum over all pixels.

        Returns:
            The three with one another [N, 3, 3], w with every channel of the image [C, H, W]: [N, C], and
            w cos and w sin with the sum of the channels [N, 2].
        """

    def residual_and_gradient(
        self, values: Tensor, law: Law | None, negative: Tensor, residual: Tensor, *, waves: bool
    ) -> Tensor:
        """Draw rows [N, 9 + C], parameters or those of a law, on a negative target [C, H, W].

        Returns:
            The gradient [N, 9 + C] of the residual's squared sum, the residual [C, H, W] being overwritten.
        """
        parameters = values if law is None else law.to_parameters(values)
        inverse = InverseCovariances.of(parameters)
        placed = parameters[:, :SIZE].contiguous(), conics_of(inverse), parameters[:, COLOR:].contiguous()
        splats = Splats(*placed, parameters[:, WAVE].contiguous() if waves else None)
        self.draw(splats, negative, residual, Kernel.COMPACT)
        by = self.gradients(splats, residual, Kernel.COMPACT)
        gradient = 2 * pull_back(parameters, inverse, by)
        return gradient if law is None else law.pull_back(values, parameters, gradient)

    def adam_step(
        self, values: Tensor, gradient: Tensor, moments: Moments, motion: Motion, rate: float, *, waves: bool
    ) -> None:
        """Move values [N, 9 + C] in place: as ``adam.adam_step``."""
        adam_step(values, gradient, moments, motion, rate, waves=waves)


class NativeEngine(Engine):
    """The C++ engine, on the CPU; its arrays and the tensors share their memory."""

    device = CPU

    def __init__(self, threads: int) -> None:
        """Use so many threads; 0 for one per core."""
        self._threads = threads

    def draw(self, splats: Splats[Tensor], background: Tensor, image: Tensor, kernel: Kernel) -> None:
        """Draw by ``cpu.forward``."""
        (_, height, width), given = image.shape, splats.map(Tensor.numpy)
        under, out = background.numpy(), image.numpy()
        cpu.forward(given, height, width, kernel, background=under, image=out, threads=self._threads)

    def gradients(self, splats: Splats[Tensor], grad_image: Tensor, kernel: Kernel) -> Splats[Tensor]:
        """Differentiate by ``cpu.backward``."""
        by = cpu.backward(splats.map(Tensor.numpy), grad_image.numpy(), kernel, threads=self._threads)
        return by.map(torch.from_numpy)

    def correlate(
        self, centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor]:
        """Multiply by ``cpu.correlate``."""
        arrays = centers.numpy(), conics.numpy(), image.numpy()
        squares, products = cpu.correlate(*arrays, kernel, threads=self._threads)
        return torch.from_numpy(squares), torch.from_numpy(products)

    def correlate_waves(
        self, centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Multiply by ``cpu.correlate_waves``."""
        arrays = centers.numpy(), conics.numpy(), frequencies.numpy(), image.numpy()
        grams, products, wave_products = cpu.correlate_waves(*arrays, kernel, threads=self._threads)
        return torch.from_numpy(grams), torch.from_numpy(products), torch.from_numpy(wave_products)

    def residual_and_gradient(
        self, values: Tensor, law: Law | None, negative: Tensor, residual: Tensor, *, waves: bool
    ) -> Tensor:
        """Draw and differentiate in one call; large Gaussians on smaller images (native/levels.hpp)."""
        numbers, gradient = None if law is None else law.numbers(), torch.empty_like(values)
        arrays = negative.numpy(), residual.numpy(), gradient.numpy()
        cpu.residual_and_gradient(values.numpy(), numbers, *arrays, waves=waves, threads=self._threads)
        return gradient

    def adam_step(
        self, values: Tensor, gradient: Tensor, moments: Moments, motion: Motion, rate: float, *, waves: bool
    ) -> None:
        """Move in one call."""
        numbers = moments.begin_step(rate), *moments.betas, moments.epsilon, motion.largest_gain or 0.0
        arrays = values.numpy(), gradient.numpy(), moments.mean.numpy(), moments.square.numpy()
        cpu.adam_step(
            *arrays,
            motion.rates.numpy(),
            numbers=(*numbers, MAX_ELONGATION, MAX_FREQUENCY),
            limits=motion.limits,
            frozen=None if motion.frozen is None else motion.frozen.bits(),
            waves=waves,
            threads=self._threads,
        )


class TritonEngine(Engine):
    """The Triton engine, on a CUDA device; on the CPU in Triton's interpreter, for tests."""

    def __init__(self, device: torch.device) -> None:
        from gicodec.render import cuda  # imports Triton, which few have

        self.device, self._cuda = device, cuda

    def draw(self, splats: Splats[Tensor], background: Tensor, image: Tensor, kernel: Kernel) -> None:
        """Draw by ``cuda.forward``."""
        _, height, width = image.shape
        self._cuda.forward(splats, height, width, kernel, background=background, image=image)

    def gradients(self, splats: Splats[Tensor], grad_image: Tensor, kernel: Kernel) -> Splats[Tensor]:
        """Differentiate by ``cuda.backward``."""
        return self._cuda.backward(splats, grad_image, kernel)

    def correlate(
        self, centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor]:
        """Multiply by ``cuda.correlate``."""
        return self._cuda.correlate(centers, conics, image, kernel)

    def correlate_waves(
        self, centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Multiply by ``cuda.correlate_waves``."""
        return self._cuda.correlate_waves(centers, conics, frequencies, image, kernel)


def engine_of(device: torch.device, threads: int) -> Engine:
    """Return the engine of a device, "cpu" or "cuda"."""
    return NativeEngine(threads) if device.type == "cpu" else TritonEngine(device)
