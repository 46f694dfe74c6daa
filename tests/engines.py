"""How to draw a scene: with the reference, each instruction set's engine, or Triton's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scenes import SCENES, Array, Scene

from gicodec import processor
from gicodec.fit.adam import Moments, Motion, adam_step
from gicodec.fit.backend import Engine, NativeEngine
from gicodec.format import Kernel
from gicodec.render import cpu, reference

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"  # there Triton's interpreter runs
NOT_INTERPRETED = {"several_tiles", "several_band_groups", *(f"{c}_channels" for c in (2, 5, 6, 7, 9, 10))}
KERNELS = pytest.mark.parametrize("kernel", list(Kernel), ids=lambda kernel: kernel.name.lower())
TRITON = pytest.param("triton", marks=pytest.mark.skipif(not find_spec("triton"), reason="no Triton here"))
ISAS = pytest.mark.parametrize("isa", processor.instruction_sets())
ENGINES = pytest.mark.parametrize("isa", [*processor.instruction_sets(), TRITON])
CUTOFF = {Kernel.COMPACT: 4.5, Kernel.CUT: np.log(255)}


class ReferenceEngine(NativeEngine):
    """Draws in C++, every Gaussian on the picture itself, and does the rest in NumPy."""

    residual_and_gradient = Engine.residual_and_gradient

    def adam_step(
        self, values: Array, gradient: Array, moments: Moments, motion: Motion, rate: float, *, waves: bool
    ) -> None:
        adam_step(values, gradient, moments, motion, rate, waves=waves)


def at_the_edge(scene: Scene, kernel: Kernel) -> NDArray[np.bool_]:
    """[H, W] pixels at which an exponent is so near the cutoff that rounding decides on which side it is."""
    centers, conics, _ = scene.doubles
    x = np.arange(scene.width) + 0.5 - centers[:, 0, None, None]
    y = np.arange(scene.height)[:, None] + 0.5 - centers[:, 1, None, None]
    a, b, c = conics.T[:, :, None, None]
    exponent = (a * x * x + c * y * y) / 2 + b * x * y
    edge: NDArray[np.bool_] = (abs(exponent - CUTOFF[kernel]) < 1e-4).any(axis=0)
    return edge


def cotangent(scene: Scene, kernel: Kernel) -> Array:
    """A gradient of the image, zero where weight or slope jump."""
    grad = np.random.default_rng(7).uniform(-1, 1, scene.image_shape) * ~at_the_edge(scene, kernel)
    return grad.astype(np.float32)


def forward(scene: Scene, kernel: Kernel, *, isa: str = "", **options: Any) -> Array:
    """Draw a scene with an engine: an instruction set's, or "triton"."""
    if isa == "triton":
        with triton_engine() as cuda:
            splats, given = scene.splats.map(_tensor), {key: _tensor(array) for key, array in options.items()}
            return _array(cuda.forward(splats, scene.height, scene.width, kernel, **given))
    return cpu.forward(scene.splats, scene.height, scene.width, kernel, isa=isa, **options)


def backward(
    scene: Scene, grad: Array, kernel: Kernel, *, isa: str = "", **options: Any
) -> tuple[Array, ...]:
    if isa == "triton":
        with triton_engine() as cuda:
            return tuple(map(_array, cuda.backward(scene.splats.map(_tensor), _tensor(grad), kernel)))
    return tuple(cpu.backward(scene.splats, grad, kernel, isa=isa, **options))


def correlate(scene: Scene, image: Array, kernel: Kernel, isa: str) -> tuple[Array, Array]:
    if isa == "triton":
        with triton_engine() as cuda:
            squares, products = cuda.correlate(*map(_tensor, (*scene.arrays[:2], image)), kernel)
            return _array(squares), _array(products)
    return cpu.correlate(*scene.arrays[:2], image, kernel, isa=isa)


def correlate_waves(
    scene: Scene, frequencies: Array, image: Array, kernel: Kernel, isa: str
) -> tuple[Array, ...]:
    if isa == "triton":
        with triton_engine() as cuda:
            products = cuda.correlate_waves(*map(_tensor, (*scene.arrays[:2], frequencies, image)), kernel)
            return tuple(map(_array, products))
    return cpu.correlate_waves(*scene.arrays[:2], frequencies, image, kernel, isa=isa)


@contextmanager
def triton_engine() -> Iterator[Any]:
    """Import it; in the interpreter with large blocks, since each operation takes some microseconds there.

    The interpreter works with NumPy, which warns of what a GPU does not.
    """
    from gicodec.render import cuda

    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        if DEVICE == "cpu":
            patch.setattr(cuda.launch, "TILE", (64, 32))
            patch.setattr(cuda.launch, "PATCH", (64, 32))
        yield cuda


def scene_for(isa: str, name: str) -> Scene:
    """Make a scene, or skip it: in the interpreter large ones, and all numbers of channels, take minutes."""
    if isa == "triton" and DEVICE == "cpu" and name.removesuffix("_waved") in NOT_INTERPRETED:
        pytest.skip("takes long in Triton's interpreter")
    return SCENES[name]()


def how_many(isa: str) -> int:
    """Return how many Gaussians of any bits to draw."""
    return 40 if isa == "triton" and DEVICE == "cpu" else 500


def _tensor(array: Array) -> torch.Tensor:
    return torch.from_numpy(array).to(DEVICE)


def _array(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.cpu().numpy())


def true_forward(scene: Scene, kernel: Kernel) -> NDArray[np.float64]:
    return reference.forward(scene.double_splats, scene.height, scene.width, kernel)


def true_backward(scene: Scene, grad: Array, kernel: Kernel) -> tuple[NDArray[np.float64], ...]:
    return tuple(reference.backward(scene.double_splats, grad.astype(np.float64), kernel))
