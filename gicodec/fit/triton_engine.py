"""The Triton engine as a fit sees it: rows go to the GPU at every step, images stay there."""

from __future__ import annotations

import torch
from torch import Tensor

from gicodec.fit.backend import Engine
from gicodec.format import Kernel
from gicodec.render import Splats, cuda
from gicodec.render.cpu import Array


class TritonEngine(Engine):
    """The Triton engine, on a CUDA device; on the CPU in Triton's interpreter, for tests."""

    def __init__(self, device: str, threads: int = 0) -> None:
        super().__init__(threads)
        self.device = device

    def image(self, array: Array) -> Tensor:
        """Copy an array [C, H, W] to the device."""
        return torch.from_numpy(array).to(self.device)

    def array(self, image: Tensor) -> Array:
        """Copy an image from the device."""
        array: Array = image.cpu().numpy()
        return array

    def draw(self, splats: Splats[Array], background: Tensor, image: Tensor, kernel: Kernel) -> None:
        """Draw by ``cuda.forward``."""
        _, height, width = image.shape
        cuda.forward(splats.map(self.image), height, width, kernel, background=background, image=image)

    def gradients(self, splats: Splats[Array], grad_image: Tensor, kernel: Kernel) -> Splats[Array]:
        """Differentiate by ``cuda.backward``."""
        return cuda.backward(splats.map(self.image), grad_image, kernel).map(self.array)

    def correlate(self, centers: Array, conics: Array, image: Tensor, kernel: Kernel) -> tuple[Array, Array]:
        """Multiply by ``cuda.correlate``."""
        squares, products = cuda.correlate(self.image(centers), self.image(conics), image, kernel)
        return self.array(squares), self.array(products)

    def correlate_waves(
        self, centers: Array, conics: Array, frequencies: Array, image: Tensor, kernel: Kernel
    ) -> tuple[Array, Array, Array]:
        """Multiply by ``cuda.correlate_waves``."""
        given = self.image(centers), self.image(conics), self.image(frequencies)
        grams, products, waves = cuda.correlate_waves(*given, image, kernel)
        return self.array(grams), self.array(products), self.array(waves)
