"""The engines as a fit sees them: torch tensors of one device in, and out.

All are of contiguous float32; shapes and meaning are those of ``gicodec.render.reference``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from gicodec.device import CPU
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
