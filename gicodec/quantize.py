"""Gaussians to symbols and back: the color transform and the lattice of format/lattice.py. Spec section 5.

alpha = T c exp(m), T orthonormal: in these colors a given error is the same error of the picture for
every Gaussian, and one step D serves all.
"""

from __future__ import annotations

import numpy as np

from gicodec.format import Payload, UnsupportedFileError
from gicodec.format.exact import PI, exp
from gicodec.format.lattice import Shapes, angle_levels, shape_steps, step_of
from gicodec.gaussians import Array, Gaussians

TRANSFORM: Array = np.array([[1, 1, 1], [1, 0, -1], [-1, 2, -1]]) / np.sqrt([[3.0], [2.0], [6.0]])
"""[3, 3] orthonormal: luminance, red against blue, green against both."""


def dequantize(payload: Payload) -> Gaussians:
    """Compute the Gaussians that a payload stands for, the same doubles on every machine.

    Raises:
        UnsupportedFileError: Not three channels.
    """
    if len(payload.colors) != len(TRANSFORM):
        raise UnsupportedFileError(f"pictures of {len(payload.colors)} channels")
    steps = shape_steps(payload.classes)
    sizes = np.asarray(payload.sizes * steps)
    shapes = Shapes.of(payload.classes, payload.sizes, payload.elongations, payload.angles)
    levels = angle_levels(payload.classes, payload.elongations)
    alphas = payload.colors.T * step_of(payload.step)
    return Gaussians(
        centers=shapes.centers(payload.columns, payload.rows),
        log_sizes=sizes,
        log_elongations=np.asarray(payload.elongations * steps),
        angles=np.asarray(PI * payload.angles / levels),
        # A sum, not a matrix product, whose order of additions is the library's choice.
        colors=np.asarray((alphas[:, :, None] * TRANSFORM).sum(axis=1) * exp(-sizes)[:, None]),
    )
