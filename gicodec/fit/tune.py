"""Tuning for the lattice: Gaussians that lose little when they are rounded, and are worth their bits.

Every parameter moves under uniform noise of one step of the lattice that it will be rounded to, the
gradient of the expected code length is added to that of the error, and what rounds to nothing is dropped.
Then attributes are rounded one after the other, half of the Gaussians at a time, while what is still
free makes up for it. (Rounding everything at once loses 0.6 to 1 dB, with a straight-through gradient too.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gicodec.fit.objective import Objective
from gicodec.fit.optimizer import CENTER_RATE, COLOR_RATE, SHAPE_RATE, Moments, multiply_centers
from gicodec.fit.parameters import COLOR, SIZE, U, V, X, Y, limit_elongation, root_covariances
from gicodec.fit.state import State, to_parameters, to_state_gradient
from gicodec.format import Header
from gicodec.format.lattice import MAX_LOG_SIZE, MIN_LOG_SIZE
from gicodec.format.tree import MARGIN

LAMBDA = math.pi * math.log(2) / 6  # squared error per bit, in D^2: DESIGN section 2
COLOR_BITS, ENERGY_BITS, SIZE_BITS, ANGLE_BITS = 1.5, 3.0, 0.5, 0.75
"""How many bits each doubling is taken to cost: of a color component, of the energy (through all other
steps), of the area, of sinh 2r. What gave the best pictures (benchmarks/NOTES.md), not the coder's word."""
MIN_TURN = 0.05  # of sinh 2r: a circle's angle has no meaning, nor noise without end


@dataclass
class Frozen:
    """Which rows' attributes are rounded already: masks [N]."""

    shapes: Tensor
    angles: Tensor
    centers: Tensor
    colors: Tensor

    @classmethod
    def none(cls, n: int) -> Frozen:
        """Freeze nothing of n rows."""
        return cls(*(torch.zeros(n, dtype=torch.bool) for _ in range(4)))


class Tuner:
    """Moves a State against the noisy squared error plus lambda times bits."""

    def __init__(
        self, objective: Objective, header: Header, state: State, generator: torch.Generator
    ) -> None:
        self.objective, self.header, self._generator = objective, header, generator
        self.restart(state)

    def restart(self, state: State) -> None:
        """Go on from a state, with nothing frozen and no momentum."""
        self.state = state
        self.frozen = Frozen.none(len(state.values))
        self._moments = Moments(state.values)

    def run(self, n_iterations: int, first_rate: float, last_rate: float) -> None:
        """Iterate, the rates falling exponentially from the first to the last."""
        for iteration in range(n_iterations):
            noisy = self._noisy()
            parameters = to_parameters(noisy)
            gradient = 2 * self.objective.residual_and_gradient(parameters)
            gradient = to_state_gradient(noisy, parameters, gradient) + self._rate_gradient()
            self._step(gradient, first_rate * (last_rate / first_rate) ** (iteration / n_iterations))

    def prune(self, n_least: int = 0) -> None:
        """Drop the rows whose colors round to zero, but leave the n_least of greatest energy."""
        kept = self.state.rounded_colors().any(dim=1)
        energies = self.state.values[:, COLOR:].square().sum(dim=1)
        kept[energies.argsort(descending=True, stable=True)[:n_least]] = True
        if kept.all():
            return
        self.state.keep(kept)
        self._moments.keep(kept)
        self.frozen = Frozen.none(len(self.state.values))

    def parts(self, n: int) -> list[Tensor]:
        """Split the rows into n random parts of equal size."""
        order = torch.randperm(len(self.state.values), generator=self._generator)
        return list(torch.chunk(order, n))

    def psnr(self) -> float:
        """Return the dB of the last, noisy, rendering."""
        return self.objective.psnr(self.objective.residual.square().sum().item())

    def _noisy(self) -> Tensor:
        """Return the state with noise on everything that is not frozen."""
        values, step = self.state.values, self.state.step
        noise = torch.rand(values.shape, generator=self._generator) - 0.5
        amplitudes = self.state.amplitudes()
        shape_step = 1 / amplitudes
        r = torch.hypot(values[:, U], values[:, V])
        turn = torch.atan2(values[:, V], values[:, U])  # 2 theta
        turn_step = (2 * shape_step / torch.sinh(2 * r).clamp(min=MIN_TURN)).clamp(max=2 * math.pi)
        noisy = values.clone()
        noisy[:, COLOR:] += step * noise[:, COLOR:] * ~self.frozen.colors[:, None]
        free = ~self.frozen.shapes
        noisy[:, SIZE] += shape_step * noise[:, SIZE] * free
        r_noisy = r + shape_step * noise[:, U] * free
        turn_noisy = turn + turn_step * noise[:, V] * ~self.frozen.angles
        noisy[:, U], noisy[:, V] = r_noisy * turn_noisy.cos(), r_noisy * turn_noisy.sin()
        along = (values[:, SIZE] + r).exp() * noise[:, 0]
        across = (values[:, SIZE] - r).exp() * noise[:, 1]
        scale = math.sqrt(2) * shape_step * ~self.frozen.centers
        cos, sin = (turn / 2).cos(), (turn / 2).sin()
        noisy[:, 0] += scale * (cos * along - sin * across)
        noisy[:, 1] += scale * (sin * along + cos * across)
        return noisy

    def _rate_gradient(self) -> Tensor:
        """Return the gradient of lambda times the expected bits."""
        values, step = self.state.values, self.state.step
        scale = LAMBDA * step**2 / math.log(2)
        gradient = torch.zeros_like(values)
        alphas = values[:, COLOR:]
        squares = alphas.square()
        energy = squares.sum(dim=1, keepdim=True)
        gradient[:, COLOR:] = (
            scale * alphas * (COLOR_BITS / (squares + step**2) + ENERGY_BITS / (energy + step**2))
        )
        gradient[:, SIZE] = -2 * scale * SIZE_BITS
        r = torch.hypot(values[:, U], values[:, V]).clamp(min=MIN_TURN)
        by_r = 2 * scale * ANGLE_BITS * torch.cosh(2 * r) / torch.sinh(2 * r).clamp(min=0.3)
        gradient[:, U], gradient[:, V] = by_r * values[:, U] / r, by_r * values[:, V] / r
        return gradient

    def _step(self, gradient: Tensor, rate: float) -> None:
        """Take a step of Adam as the fit's optimizer does, but for what is frozen."""
        values = self.state.values
        roots = root_covariances(values)
        multiply_centers(gradient, roots)
        change = self._moments.direction(gradient) * self._moments.corrected(rate)
        change[:, :SIZE] *= CENTER_RATE
        change[:, SIZE:COLOR] *= SHAPE_RATE
        change[:, COLOR:] *= COLOR_RATE * values[:, SIZE : SIZE + 1].exp()
        multiply_centers(change, roots)
        change[self.frozen.colors, COLOR:] = 0
        change[self.frozen.shapes, SIZE] = 0
        change[self.frozen.centers, :SIZE] = 0
        self.state.values = self._legal(values - change)

    def _legal(self, moved: Tensor) -> Tensor:
        """Bring moved values back to what the lattice has, and to what is frozen of the shapes."""
        before = self.state.values
        limit_elongation(moved)
        moved[:, SIZE].clamp_(MIN_LOG_SIZE + 1e-3, MAX_LOG_SIZE - 1e-3)
        moved[:, X].clamp_(-MARGIN, self.header.width + MARGIN - 1e-2)
        moved[:, Y].clamp_(-MARGIN, self.header.height + MARGIN - 1e-2)
        turned = self.frozen.shapes & ~self.frozen.angles  # r stays, the angle may follow
        r_before, r_moved = (torch.hypot(v[:, U], v[:, V]) for v in (before, moved))
        moved[:, U:COLOR] *= torch.where(turned, r_before / r_moved.clamp(min=1e-9), 1.0)[:, None]
        moved[:, U:COLOR] = torch.where(self.frozen.angles[:, None], before[:, U:COLOR], moved[:, U:COLOR])
        return moved
