"""The best colors for given shapes: a linear least-squares problem, by conjugate gradients.

CGLS (Hestenes and Stiefel 1952; Bjorck, Numerical Methods for Least Squares Problems, section 7.4):
the engine's forward is the product with the matrix of weights, its backward by colors that with its
transpose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Kernel
from gicodec.render import cpu

Array = NDArray[np.float32]


def solve_colors(
    target: Array,
    centers: Array,
    conics: Array,
    colors: Array,
    *,
    n_iterations: int,
    kernel: Kernel = Kernel.COMPACT,
    threads: int = 0,
) -> Array:
    """Improve colors [N, C] for a target [C, H, W]; the squared error falls with every iteration.

    Few iterations are also a regularization: Gaussians on top of each other keep sensible colors.
    """
    height, width = target.shape[1:]

    def rendered(weights: Array) -> Array:
        return cpu.forward(centers, conics, weights, height, width, kernel, threads=threads)

    def correlated(image: Array) -> Array:
        return cpu.backward(centers, conics, colors, image, kernel, threads=threads)[2]

    missing = target - rendered(colors)
    gradient = correlated(missing)
    direction, power = gradient, _dot(gradient, gradient)
    for _ in range(n_iterations):
        change = rendered(direction)
        energy = _dot(change, change)
        if energy == 0:
            break
        length = np.float32(power / energy)
        colors = colors + length * direction
        missing -= length * change
        gradient = correlated(missing)
        power, last = _dot(gradient, gradient), power
        direction = gradient + np.float32(power / last) * direction
    return colors


def _dot(a: Array, b: Array) -> float:
    return float(np.vdot(a, b))
