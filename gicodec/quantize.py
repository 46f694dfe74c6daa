"""Gaussians to integers and back, for the experimental payload: one uniform step for each attribute.

All that the decoder computes here are products of an integer and a dyadic step (format/SPEC.md, section 4),
exact in float64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gicodec.format import Payload, nearest_step_code, step_of
from gicodec.gaussians import Array, Gaussians


@dataclass(frozen=True)
class Steps:
    """Codes of the steps, see ``format.step_of``."""

    position: int
    size: int
    elongation: int
    angle: int
    color: int

    @classmethod
    def near(cls, *, position: float, size: float, elongation: float, angle: float, color: float) -> Steps:
        """Choose the codes nearest to steps in pixels, log, log, radians and sample ranges."""
        steps = (position, size, elongation, angle, color)
        return cls(*(nearest_step_code(step) for step in steps))

    def as_tuple(self) -> tuple[int, int, int, int, int]:
        """In the order of the payload."""
        return self.position, self.size, self.elongation, self.angle, self.color


def quantize(gaussians: Gaussians, steps: Steps) -> Payload:
    """Round every attribute to its step, and drop what has no color left.

    The Gaussians are put in order of rows, which costs nothing and makes the result independent of
    the order they came in.
    """
    position, size, elongation, angle, color = (step_of(code) for code in steps.as_tuple())
    x, y = np.rint(gaussians.centers / position).T
    elongations = np.rint(gaussians.log_elongations / elongation)
    n_angles = math.ceil(math.pi / angle)  # the last is less than a step below pi, which is 0
    angles = np.rint(gaussians.angles / angle) % n_angles
    colors = np.rint(gaussians.colors / color)
    planes = [x, y, np.rint(gaussians.log_sizes / size), elongations, angles * (elongations > 0)]
    order = np.lexsort((x, y))
    order = order[colors[order].any(axis=1)]
    x32, y32, sizes, elongations32, angles32 = (_symbols(plane[order]) for plane in planes)
    return Payload(steps.as_tuple(), x32, y32, sizes, elongations32, angles32, _symbols(colors[order].T))


def dequantize(payload: Payload) -> Gaussians:
    """Multiply every symbol by its step: the mirror of :func:`quantize`."""
    position, size, elongation, angle, color = (np.float64(step_of(code)) for code in payload.steps)
    return Gaussians(
        centers=np.stack([payload.x, payload.y], axis=1) * position,
        log_sizes=payload.size * size,
        log_elongations=payload.elongation * elongation,
        angles=payload.angle * angle,
        colors=payload.colors.T * color,
    )


def strongest(gaussians: Gaussians, n: int) -> Gaussians:
    """Keep the n of the greatest energy, in their order."""
    energy = (gaussians.colors**2).sum(axis=1) * np.exp(2 * gaussians.log_sizes)
    rows = np.sort(np.argsort(-energy, kind="stable")[:n])
    return _take(gaussians, rows)


def _take(gaussians: Gaussians, rows: NDArray[np.intp]) -> Gaussians:
    return replace(
        gaussians,
        centers=gaussians.centers[rows],
        log_sizes=gaussians.log_sizes[rows],
        log_elongations=gaussians.log_elongations[rows],
        angles=gaussians.angles[rows],
        colors=gaussians.colors[rows],
    )


def _symbols(values: Array) -> NDArray[np.int32]:
    return np.ascontiguousarray(values.astype(np.int32))
