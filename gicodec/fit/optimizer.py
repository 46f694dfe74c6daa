"""The rows of a fit under way: parameters and their moments, while rows come and go."""

from __future__ import annotations

import torch
from torch import Tensor

from gicodec.fit.adam import CENTER_RATE, COLOR_RATE, FREQUENCY_RATE, SHAPE_RATE, Moments, Motion
from gicodec.fit.backend import Engine
from gicodec.fit.parameters import COLOR, WAVE


class Optimizer:
    """Parameters [N, 9 + C] and their moments; rows come and go."""

    def __init__(self, parameters: Tensor, engine: Engine) -> None:
        self.parameters, self._engine = parameters, engine
        self._moments = Moments(parameters)
        self._motion = Motion(rates_of_columns(parameters.shape[1] - COLOR))

    def to(self, device: torch.device) -> None:
        """Move everything to a device."""
        self.parameters = self.parameters.to(device)
        self._motion = Motion(self._motion.rates.to(device))
        self._moments.to(device)

    def step(self, gradient: Tensor, rate: float, *, waves: bool) -> None:
        """Take one step against the gradient [N, 9 + C], all rates times ``rate``; faster without waves."""
        self._engine.adam_step(self.parameters, gradient, self._moments, self._motion, rate, waves=waves)

    def keep_rows(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N], or indices [K], which also order them."""
        self.parameters = self.parameters[rows]
        self._moments.keep_rows(rows)

    def add_rows(self, rows: Tensor) -> None:
        """Append rows [n, 9 + C]."""
        self.parameters = torch.cat([self.parameters, rows])
        self._moments.add_rows(rows)

    def set_waves(self, rows: Tensor, waves: Tensor) -> None:
        """Give some rows, a mask [N], waves [K, 4] or one [4]; of zeros to take theirs away."""
        self.parameters[rows, WAVE] = waves
        self._moments.forget_waves(rows)


def rates_of_columns(n_channels: int) -> Tensor:
    """Return the rate of each column [9 + C]."""
    rates = [CENTER_RATE] * 2 + [SHAPE_RATE] * 3 + [COLOR_RATE] * 2 + [FREQUENCY_RATE] * 2
    return torch.tensor(rates + [COLOR_RATE] * n_channels)
