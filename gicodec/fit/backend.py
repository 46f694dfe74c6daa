"""The engines as a fit sees them: torch tensors of one device in, and out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor

from gicodec.device import CPU
from gicodec.format import Kernel
from gicodec.render import cpu


class Splats(NamedTuple):
    """Gaussians as an engine takes them, and gradients by them as it gives them: see ``render.reference``."""

    centers: Tensor  # [N, 2]
    conics: Tensor  # [N, 3]
    colors: Tensor  # [N, C]
    waves: Tensor | None  # [N, 4]


class Engine(ABC):
    """What renders and differentiates; every tensor is of contiguous float32, on its device."""

    device: torch.device

    @abstractmethod
    def draw(self, splats: Splats, background: Tensor, image: Tensor, kernel: Kernel) -> None:
        """Render into an image [C, H, W], which may be the background: see ``reference.forward``."""

    @abstractmethod
    def gradients(self, splats: Splats, grad_image: Tensor, kernel: Kernel) -> Splats:
        """Differentiate: see ``reference.backward``."""

    @abstractmethod
    def correlate(
        self, centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor]:
        """Multiply weights with themselves and an image: see ``reference.correlate``."""

    @abstractmethod
    def correlate_waves(
        self, centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Multiply weights, plain and oscillating: see ``reference.correlate_waves``."""


class NativeEngine(Engine):
    """The C++ engine, on the CPU."""

    device = CPU

    def __init__(self, threads: int) -> None:
        """Use so many threads; 0 for one per core."""
        self._threads = threads

    def draw(self, splats: Splats, background: Tensor, image: Tensor, kernel: Kernel) -> None:
        """Render."""
        _, height, width = image.shape
        cpu.forward(
            splats.centers.numpy(),
            splats.conics.numpy(),
            splats.colors.numpy(),
            height,
            width,
            kernel,
            waves=None if splats.waves is None else splats.waves.numpy(),
            background=background.numpy(),
            image=image.numpy(),
            threads=self._threads,
        )

    def gradients(self, splats: Splats, grad_image: Tensor, kernel: Kernel) -> Splats:
        """Differentiate."""
        gradients = cpu.backward(
            splats.centers.numpy(),
            splats.conics.numpy(),
            splats.colors.numpy(),
            grad_image.numpy(),
            kernel,
            waves=None if splats.waves is None else splats.waves.numpy(),
            threads=self._threads,
        )
        by_centers, by_conics, by_colors, *by_waves = map(torch.from_numpy, gradients)
        return Splats(by_centers, by_conics, by_colors, by_waves[0] if by_waves else None)

    def correlate(
        self, centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor]:
        """Multiply weights."""
        arrays = centers.numpy(), conics.numpy(), image.numpy()
        squares, products = cpu.correlate(*arrays, kernel, threads=self._threads)
        return torch.from_numpy(squares), torch.from_numpy(products)

    def correlate_waves(
        self, centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Multiply weights with waves."""
        arrays = centers.numpy(), conics.numpy(), frequencies.numpy(), image.numpy()
        grams, products, wave_products = cpu.correlate_waves(*arrays, kernel, threads=self._threads)
        return torch.from_numpy(grams), torch.from_numpy(products), torch.from_numpy(wave_products)


class TritonEngine(Engine):
    """The Triton engine, on a CUDA device; on the CPU in Triton's interpreter, for tests."""

    def __init__(self, device: torch.device) -> None:
        from gicodec.render import cuda  # imports Triton, which few have

        self.device, self._cuda = device, cuda

    def draw(self, splats: Splats, background: Tensor, image: Tensor, kernel: Kernel) -> None:
        """Render."""
        _, height, width = image.shape
        self._cuda.forward(
            splats.centers,
            splats.conics,
            splats.colors,
            height,
            width,
            kernel,
            waves=splats.waves,
            background=background,
            image=image,
        )

    def gradients(self, splats: Splats, grad_image: Tensor, kernel: Kernel) -> Splats:
        """Differentiate."""
        arrays = splats.centers, splats.conics, splats.colors
        gradients = self._cuda.backward(*arrays, grad_image, kernel, waves=splats.waves)
        by_centers, by_conics, by_colors, *by_waves = gradients
        return Splats(by_centers, by_conics, by_colors, by_waves[0] if by_waves else None)

    def correlate(
        self, centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor]:
        """Multiply weights."""
        return self._cuda.correlate(centers, conics, image, kernel)

    def correlate_waves(
        self, centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Multiply weights with waves."""
        return self._cuda.correlate_waves(centers, conics, frequencies, image, kernel)


def engine_of(device: torch.device, threads: int) -> Engine:
    """Return the engine of a device, "cpu" or "cuda"."""
    return NativeEngine(threads) if device.type == "cpu" else TritonEngine(device)
