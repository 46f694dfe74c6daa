"""The C++ engine: the reference's signature in float32, for any size and any number of threads.

Values agree with the reference to about 1e-5 of the brightest color; results are identical, bit for bit,
whatever the number of threads. Between instruction sets they may differ in the last bits. The environment
variable GSI_ISA chooses one for the whole process; else it is the best that the machine has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gicodec import _native
from gicodec.format import Kernel
from gicodec.processor import instruction_set
from gicodec.render.splats import Splats

Array = NDArray[np.float32]


def forward(
    splats: Splats[Array],
    height: int,
    width: int,
    kernel: Kernel,
    *,
    background: Array | None = None,
    image: Array | None = None,
    threads: int = 0,
    isa: str = "",
) -> Array:
    """Render: as ``reference.forward``.

    Args:
        splats: N Gaussians.
        height: Rows of the image.
        width: Columns of the image.
        kernel: Which weight function.
        background: [C, height, width] that the Gaussians are added to; none is zero.
        image: [C, height, width], where the result goes, which may be the background; none is a new array.
        threads: 0 for one per core.
        isa: One of ``processor.instruction_sets()``; empty for that of the process.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
        TypeError: An array is not of contiguous float32, or has another number of dimensions.
        ValueError: Shapes do not match.
    """
    if image is None:
        image = np.empty((splats.colors.shape[-1], height, width), np.float32)
    elif image.shape[1:] != (height, width):
        raise ValueError(f"image: need {height} rows of {width} columns, not {list(image.shape[1:])}")
    arrays, isa = (splats.centers, splats.conics, splats.colors), isa or instruction_set()
    _native.forward(*arrays, background, image, int(kernel), threads, isa, splats.waves)
    return image


def backward(
    splats: Splats[Array], grad_image: Array, kernel: Kernel, *, threads: int = 0, isa: str = ""
) -> Splats[Array]:
    """Differentiate ``sum(grad_image * image)`` by all numbers of N Gaussians: as ``reference.backward``.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
        TypeError: An array is not of contiguous float32, or has another number of dimensions.
        ValueError: Shapes do not match.
    """
    by, isa = splats.map(np.empty_like), isa or instruction_set()
    arrays = splats.centers, splats.conics, splats.colors, grad_image, by.centers, by.conics, by.colors
    _native.backward(*arrays, int(kernel), threads, isa, splats.waves, by.waves)
    return by


def correlate(
    centers: Array, conics: Array, image: Array, kernel: Kernel, *, threads: int = 0, isa: str = ""
) -> tuple[Array, Array]:
    """Multiply weights with themselves and with an image [C, height, width]: as ``reference.correlate``.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
        TypeError: An array is not of contiguous float32, or has another number of dimensions.
        ValueError: Shapes do not match.
    """
    squares, products = np.empty(len(centers), np.float32), np.empty((len(centers), len(image)), np.float32)
    isa = isa or instruction_set()
    _native.correlate(centers, conics, image, squares, products, int(kernel), threads, isa)
    return squares, products


def correlate_waves(
    centers: Array,
    conics: Array,
    frequencies: Array,
    image: Array,
    kernel: Kernel,
    *,
    threads: int = 0,
    isa: str = "",
) -> tuple[Array, Array, Array]:
    """Multiply weights, plain and oscillating, as ``reference.correlate_waves``.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
        TypeError: An array is not of contiguous float32, or has another number of dimensions.
        ValueError: Shapes do not match.
    """
    n = len(centers)
    sums = (
        np.empty((n, 3, 3), np.float32),
        np.empty((n, len(image)), np.float32),
        np.empty((n, 2), np.float32),
    )
    isa = isa or instruction_set()
    _native.correlate_waves(centers, conics, frequencies, image, *sums, int(kernel), threads, isa)
    return sums


def residual_and_gradient(
    values: Array,
    law: tuple[float, ...] | None,
    negative: Array,
    weights: Array | None,
    residual: Array,
    gradient: Array,
    *,
    waves: bool,
    threads: int = 0,
    isa: str = "",
) -> None:
    """Draw the rows of a fit and differentiate: as ``gicodec.fit.backend.Engine.residual_and_gradient``.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
        TypeError: An array is not of contiguous float32, or has another number of dimensions.
        ValueError: Shapes do not match.
    """
    isa = isa or instruction_set()
    _native.residual_and_gradient(values, waves, law, negative, weights, residual, gradient, threads, isa)


def adam_step(
    values: Array,
    gradient: Array,
    mean: Array,
    square: Array,
    rates: Array,
    *,
    numbers: tuple[float, ...],
    limits: tuple[float, ...] | None,
    frozen: NDArray[np.uint8] | None,
    waves: bool,
    threads: int = 0,
) -> None:
    """Move the rows of a fit: as ``gicodec.fit.adam.adam_step``.

    Raises:
        TypeError: An array is not of contiguous float32, or has another number of dimensions.
        ValueError: Shapes do not match.
    """
    _native.adam_step(values, gradient, mean, square, rates, numbers, waves, limits, frozen, threads)


def renew(*arguments: Any, threads: int = 0, isa: str = "") -> None:
    """Renew batches of the exact pass: as ``gicodec.encoder.tuning.rdoq.Sweep``, which see.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
        TypeError: An array is not contiguous, or has another type or number of dimensions.
        ValueError: Shapes do not match, or a number is out of range.
    """
    native: Any = _native.renew  # its many arrays are listed where they are made, in native_choice.py
    native(*arguments, threads, isa or instruction_set())


def assign_batches(
    first: NDArray[np.int64], end: NDArray[np.int64], order: NDArray[np.int64], height: int, width: int
) -> NDArray[np.int64]:
    """Put N Gaussians into batches of which no two touch the same block, each into the first with room.

    Args:
        first: Column and row of the first block that each touches, [N, 2].
        end: Those after the last, [N, 2].
        order: In which they are put, [N].
        height: Rows of blocks.
        width: Columns of blocks.

    Returns:
        The batch of each [N].

    Raises:
        TypeError: An array is not of contiguous int64, or has another number of dimensions.
        ValueError: Shapes do not match, or there are no such blocks.
    """
    batches = np.empty(len(order), np.int64)
    _native.assign_batches(first, end, order, height, width, batches)
    return batches
