"""Gaussians to symbols and back: the color transform and the lattice of format/lattice.py. Spec section 5.

alpha = T c exp(m), T orthonormal: in these colors a given error is the same error of the picture for
every Gaussian, and one step D serves all.
"""

from __future__ import annotations

import numpy as np

from gicodec.format import Payload, UnsupportedFileError
from gicodec.format.lattice import MAX_LOG_SIZE, Shapes, shape_steps, step_of
from gicodec.gaussians import Array, Gaussians

TRANSFORM = np.array([[1, 1, 1], [1, 0, -1], [-1, 2, -1]]) / np.sqrt([[3.0], [2.0], [6.0]])
"""[3, 3] orthonormal: luminance, red against blue, green against both."""


def dequantize(payload: Payload) -> Gaussians:
    """Compute the Gaussians that a payload stands for.

    Raises:
        UnsupportedFileError: Not three channels.
    """
    if len(payload.colors) != len(TRANSFORM):
        raise UnsupportedFileError(f"pictures of {len(payload.colors)} channels")
    steps = shape_steps(payload.classes)
    sizes = np.clip(payload.sizes * steps, -MAX_LOG_SIZE, MAX_LOG_SIZE)  # beyond only in hostile files
    shapes = Shapes.of(payload.classes, payload.sizes, payload.elongations, payload.angles)
    return Gaussians(
        centers=shapes.centers(payload.columns, payload.rows),
        log_sizes=sizes,
        log_elongations=payload.elongations * steps,
        angles=_angles(payload),
        colors=_to_rgb(payload.colors.T * step_of(payload.step), sizes),
    )


def _to_rgb(alphas: Array, sizes: Array) -> Array:
    colors: Array = alphas @ TRANSFORM * np.exp(-sizes)[:, None]
    return colors


def _angles(payload: Payload) -> Array:
    from gicodec.format.lattice import angle_levels

    angles: Array = np.pi * payload.angles / angle_levels(payload.classes, payload.elongations)
    return angles
