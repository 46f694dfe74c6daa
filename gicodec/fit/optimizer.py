"""The rows of a fit under way: parameters and their moments, while rows come and go."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gicodec.fit.adam import CENTER_RATE, COLOR_RATE, FREQUENCY_RATE, SHAPE_RATE, Moments, Motion
from gicodec.fit.backend import Engine
from gicodec.fit.parameters import COLOR, WAVE, Mask
from gicodec.render.cpu import Array


class Optimizer:
    """Parameters [N, 9 + C] and their moments; rows come and go."""

    def __init__(self, parameters: Array, engine: Engine) -> None:
        self.parameters, self._engine = parameters, engine
        self._moments = Moments(parameters)
        self._motion = Motion(rates_of_columns(parameters.shape[1] - COLOR))

    def step(self, gradient: Array, rate: float, *, waves: bool) -> None:
        """Take one step against the gradient [N, 9 + C], all rates times ``rate``; faster without waves."""
        self._engine.adam_step(self.parameters, gradient, self._moments, self._motion, rate, waves=waves)

    def keep_rows(self, rows: NDArray[Any]) -> None:
        """Drop all rows but these: a mask [N], or indices [K], which also order them."""
        self.parameters = self.parameters[rows]
        self._moments.keep_rows(rows)

    def add_rows(self, rows: Array) -> None:
        """Append rows [n, 9 + C]."""
        self.parameters = np.concatenate([self.parameters, rows])
        self._moments.add_rows(rows)

    def set_waves(self, rows: Mask, waves: Array) -> None:
        """Give some rows, a mask [N], waves [K, 4] or one [4]; of zeros to take theirs away."""
        self.parameters[rows, WAVE] = waves
        self._moments.forget_waves(rows)


def rates_of_columns(n_channels: int) -> Array:
    """Return the rate of each column [9 + C]."""
    rates = [CENTER_RATE] * 2 + [SHAPE_RATE] * 3 + [COLOR_RATE] * 2 + [FREQUENCY_RATE] * 2
    return np.array(rates + [COLOR_RATE] * n_channels, np.float32)
