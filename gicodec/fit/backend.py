"""The engines as a fit sees them: arrays in and out, and images that stay where the engine is.

All are of contiguous float32; shapes and meaning are those of ``gicodec.render.reference``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from gicodec import _native
from gicodec.device import CPU
from gicodec.fit.adam import BETA1, BETA2, EPSILON, Moments, Motion
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
from gicodec.render.cpu import Array

Image = Any
"""[C, H, W] where an engine is: an array, or on a GPU a tensor; they are used in ways that both have."""


TINY = 1e-6  # added to weights to divide by: where they are 0, so is the residual


class Engine(ABC):
    """What renders and differentiates on a device. Rows are the host's: they are few beside the pixels."""

    device = CPU

    def __init__(self, threads: int) -> None:
        """Use so many threads of the host; 0 for one per core."""
        self.threads = threads

    @abstractmethod
    def image(self, array: Array) -> Image:
        """Take an array [C, H, W] to where the engine is; it may be the array itself."""

    @abstractmethod
    def array(self, image: Image) -> Array:
        """Take an image back; it may be the image itself."""

    @abstractmethod
    def draw(self, splats: Splats[Array], background: Image, image: Image, kernel: Kernel) -> None:
        """Add N Gaussians to a background; the result goes to an image, which may be the background.

        Both are [C, H, W].
        """

    @abstractmethod
    def gradients(self, splats: Splats[Array], grad_image: Image, kernel: Kernel) -> Splats[Array]:
        """Differentiate the sum of grad_image [C, H, W] times what is drawn."""

    @abstractmethod
    def correlate(self, centers: Array, conics: Array, image: Image, kernel: Kernel) -> tuple[Array, Array]:
        """Multiply the weights w of N Gaussians, and sum over all pixels.

        Returns:
            w times w [N], and w times the image [C, H, W]: [N, C].
        """

    @abstractmethod
    def correlate_waves(
        self, centers: Array, conics: Array, frequencies: Array, image: Image, kernel: Kernel
    ) -> tuple[Array, Array, Array]:
        """Multiply (w, w cos, w sin) of N Gaussians and frequencies [N, 2], and sum over all pixels.

        Returns:
            The three with one another [N, 3, 3], w with every channel of the image [C, H, W]: [N, C], and
            w cos and w sin with the sum of the channels [N, 2].
        """

    def squared_error(self, residual: Image, weights: Image | None) -> float:
        """Sum up the squares of a residual [C, H, W] over the weights [H, W] that it was multiplied by."""
        square = residual * residual
        return float((square if weights is None else square / (weights + TINY)).sum())

    def residual_and_gradient(
        self,
        values: Array,
        law: Law | None,
        negative: Image,
        weights: Image | None,
        residual: Image,
        *,
        waves: bool,
    ) -> Array:
        """Draw rows [N, 9 + C], parameters or those of a law, on a negative target [C, H, W].

        Returns:
            The gradient [N, 9 + C] of the sum of the squared differences, each times its pixel's weight
            [H, W]. The residual [C, H, W] is overwritten: by the differences times the weights.
        """
        parameters = values if law is None else law.to_parameters(values)
        inverse = InverseCovariances.of(parameters)
        arrays = parameters[:, :SIZE], conics_of(inverse), parameters[:, COLOR:]
        splats = Splats(*arrays, parameters[:, WAVE] if waves else None).map(np.ascontiguousarray)
        self.draw(splats, negative, residual, Kernel.COMPACT)
        if weights is not None:
            residual *= weights
        by = self.gradients(splats, residual, Kernel.COMPACT)
        gradient = 2 * pull_back(parameters, inverse, by)
        return gradient if law is None else law.pull_back(values, parameters, gradient)

    def adam_step(
        self, values: Array, gradient: Array, moments: Moments, motion: Motion, rate: float, *, waves: bool
    ) -> None:
        """Move values [N, 9 + C] in place: as ``adam.adam_step``, in one call."""
        numbers = moments.begin_step(rate), BETA1, BETA2, EPSILON, motion.largest_gain or 0.0
        cpu.adam_step(
            *(values, gradient, moments.mean, moments.square, motion.rates),
            numbers=(*numbers, MAX_ELONGATION, MAX_FREQUENCY),
            limits=motion.limits,
            frozen=None if motion.frozen is None else motion.frozen.bits(),
            waves=waves,
            threads=self.threads,
        )


class NativeEngine(Engine):
    """The C++ engine, on the CPU."""

    def image(self, array: Array) -> Image:
        """Return the array."""
        return array

    def array(self, image: Image) -> Array:
        """Return the image."""
        return np.asarray(image)

    def draw(self, splats: Splats[Array], background: Image, image: Image, kernel: Kernel) -> None:
        """Draw by ``cpu.forward``."""
        _, height, width = image.shape
        cpu.forward(splats, height, width, kernel, background=background, image=image, threads=self.threads)

    def gradients(self, splats: Splats[Array], grad_image: Image, kernel: Kernel) -> Splats[Array]:
        """Differentiate by ``cpu.backward``."""
        return cpu.backward(splats, grad_image, kernel, threads=self.threads)

    def correlate(self, centers: Array, conics: Array, image: Image, kernel: Kernel) -> tuple[Array, Array]:
        """Multiply by ``cpu.correlate``."""
        return cpu.correlate(centers, conics, image, kernel, threads=self.threads)

    def correlate_waves(
        self, centers: Array, conics: Array, frequencies: Array, image: Image, kernel: Kernel
    ) -> tuple[Array, Array, Array]:
        """Multiply by ``cpu.correlate_waves``."""
        return cpu.correlate_waves(centers, conics, frequencies, image, kernel, threads=self.threads)

    def squared_error(self, residual: Image, weights: Image | None) -> float:
        """Sum up in one call."""
        return float(_native.squared_error(residual, weights, self.threads))

    def residual_and_gradient(
        self,
        values: Array,
        law: Law | None,
        negative: Image,
        weights: Image | None,
        residual: Image,
        *,
        waves: bool,
    ) -> Array:
        """Draw and differentiate in one call; large Gaussians on smaller images (native/levels.hpp)."""
        numbers, gradient = None if law is None else law.numbers(), np.empty_like(values)
        arrays = values, numbers, negative, weights, residual, gradient
        cpu.residual_and_gradient(*arrays, waves=waves, threads=self.threads)
        return gradient


def engine_of(device: str, threads: int) -> Engine:
    """Return the engine of a device, "cpu" or "cuda:N"."""
    if device == CPU:
        return NativeEngine(threads)
    from gicodec.fit.triton_engine import TritonEngine  # imports torch and Triton

    return TritonEngine(device, threads)
