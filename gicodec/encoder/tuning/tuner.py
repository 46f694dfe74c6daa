"""Tuning for the lattice: Gaussians that are worth their bits.

The gradient of the expected code length is added to that of the error, and what rounds to nothing is
dropped. In the metric of the lattice rounding adds the same error to every Gaussian, ROUNDING_ERROR D^2,
wherever it is: so there is nothing to gain from the noise that other codecs train under, and gradients
without it lead farther (0.14 dB, docs/research/codec.md). Rounding itself is done by freeze.py and rdoq.py.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gicodec.device import CPU
from gicodec.encoder.tuning.state import State, to_parameters, to_state_gradient
from gicodec.fit.adam import CENTER_RATE, COLOR_RATE, FREQUENCY_RATE, SHAPE_RATE, Moments, adam_step
from gicodec.fit.objective import Objective
from gicodec.fit.parameters import (
    AMPLITUDES,
    COLOR,
    FREQUENCIES,
    SHAPE,
    SIZE,
    WAVE,
    A,
    U,
    V,
    X,
    Y,
    has_wave,
)
from gicodec.format import Header
from gicodec.format.gsi.cells import MARGIN
from gicodec.format.gsi.lattice import MAX_LOG_SIZE, MIN_LOG_SIZE

LAMBDA = 0.2  # squared error per bit, in D^2: half of DESIGN's, since neighbors make up for rounding
ENERGY_BITS, AREA_BITS, TURN_BITS = 5.0, 1.0, 1.0
"""How many bits more a Gaussian's shape and place take for each doubling of |alpha|, fewer for each of
its area, more for each of sinh 2r: the logs of the lattice's numbers of levels, which are coded evenly. What
adaptive bins cost on top depends on the whole picture, and its gradient would drive Gaussians to what is
common already (0.1 dB lost, docs/research/codec.md): it is left to rdoq.py, which weighs it exactly."""
COLOR_BITS = 2.7  # for each doubling of a component of alpha beyond D: a law fitted to what files take
WAVE_BITS = 4.0  # for each doubling of a wave's amplitude: in both parts of it, and of its frequency
MIN_WAVE = 0.8  # steps of amplitude: fainter waves are dropped
MIN_ELONGATION, MIN_SINH = 0.05, 0.3  # of r, and sinh 2r: a circle has no direction, and no bits for one
LARGE = 2.5  # of m: the colors of larger Gaussians move no faster, or they would make whole pictures flicker
ROUNDING_ERROR = (
    1.2  # squared error that rounding adds to each Gaussian in the end, D^2, half as much to a wave
)


@dataclass
class Frozen:
    """Which rows' attributes are rounded already: masks [N]."""

    shapes: Tensor
    angles: Tensor
    centers: Tensor
    waves: Tensor
    colors: Tensor

    @classmethod
    def none(cls, n: int) -> Frozen:
        """Freeze nothing of n rows."""
        return cls(*(torch.zeros(n, dtype=torch.bool) for _ in range(5)))

    def any(self) -> bool:
        """Tell whether anything is frozen."""
        return any(bool(mask.any()) for mask in vars(self).values())

    def values_of(self, values: Tensor) -> Tensor:
        """Return a mask [N, 12] of the values that stay; u and v are held together, by _hold_shapes()."""
        mask = torch.zeros_like(values, dtype=torch.bool)
        mask[:, :SIZE], mask[:, SIZE] = self.centers[:, None], self.shapes
        mask[:, WAVE], mask[:, COLOR:] = self.waves[:, None], self.colors[:, None]
        return mask

    def to(self, device: torch.device) -> Frozen:
        """Return the same on a device."""
        return Frozen(*(mask.to(device) for mask in vars(self).values()))


class Tuner:
    """Moves a State against the squared error plus lambda times bits."""

    def __init__(
        self, objective: Objective, header: Header, state: State, generator: torch.Generator
    ) -> None:
        self.objective, self.header, self._generator = objective, header, generator
        self.state, self.frozen = state, Frozen.none(len(state.values))
        self._moments = Moments(state.values)

    def at_step(self, step: float) -> Tuner:
        """Return another that goes on from the same state, nothing frozen yet, with another D.

        It keeps the momentum: Adam's first steps without are large, and took waves apart
        (docs/research/waves.md).
        """
        tuner = Tuner(self.objective, self.header, self.state.at_step(step), self._generator)
        tuner._moments = copy.deepcopy(self._moments)
        return tuner

    def run(self, n_iterations: int, first_rate: float, last_rate: float) -> None:
        """Iterate on the objective's device, the rates falling exponentially from the first to the last."""
        device, waves = self.objective.device, bool(has_wave(self.state.values).any())
        frozen = self.frozen.to(device) if self.frozen.any() else None
        self._to(device)
        for iteration in range(n_iterations):
            values = self.state.values
            parameters = to_parameters(values)
            gradient = 2 * self.objective.residual_and_gradient(parameters, waves=waves)
            gradient = to_state_gradient(values, parameters, gradient) + self._rate_gradient()
            rate = first_rate * (last_rate / first_rate) ** (iteration / n_iterations)
            self._step(gradient, rate, frozen, waves=waves)
        self._to(CPU)

    def prune(self, n_min: int = 0, n_min_waves: int = 0) -> None:
        """Drop faint waves, and what then rounds to zero, but leave so many of each of greatest energy."""
        values = self.state.values
        amplitudes = values[:, AMPLITUDES].norm(dim=1)
        faint = has_wave(values) & (amplitudes < MIN_WAVE * self.state.step)
        faint[amplitudes.argsort(descending=True, stable=True)[:n_min_waves]] = False
        self.state.drop_waves(faint)
        self._moments.forget_waves(faint)
        kept = self.state.rounded_coefficients().any(dim=1)
        energies = self.state.coefficients().square().sum(dim=1)
        kept[energies.argsort(descending=True, stable=True)[:n_min]] = True
        self.keep(kept)

    def keep(self, kept: Tensor) -> None:
        """Drop all rows but these, a mask [N]; nothing may be frozen yet."""
        if kept.all():
            return
        self.state = self.state.take(kept)
        self._moments.keep_rows(kept)
        self.frozen = Frozen.none(len(self.state.values))

    def parts(self, n: int) -> list[Tensor]:
        """Split the rows into n random parts of equal size."""
        order = torch.randperm(len(self.state.values), generator=self._generator)
        return list(torch.chunk(order, n))

    def psnr(self) -> float:
        """Return the dB to expect once the last rendering's Gaussians are rounded."""
        error, values = self.objective.error(), self.state.values
        n = len(values) + int(has_wave(values).sum()) / 2
        return self.objective.psnr(error + ROUNDING_ERROR * n * self.state.step**2)

    def _to(self, device: torch.device) -> None:
        self.state.values = self.state.values.to(device)
        self._moments.to(device)

    def _rate_gradient(self) -> Tensor:
        """Return the gradient [N, 12] of lambda times the expected bits."""
        values, step = self.state.values, self.state.step
        weight = LAMBDA * step**2 / math.log(2)
        gradient = torch.zeros_like(values)
        alphas, amplitudes = values[:, COLOR:], values[:, AMPLITUDES]
        squares, wave = alphas.square(), amplitudes.square().sum(dim=1, keepdim=True)
        energy = squares.sum(dim=1, keepdim=True) + wave
        by_energy = ENERGY_BITS / (energy + step**2)
        gradient[:, COLOR:] = weight * alphas * (COLOR_BITS / (squares + step**2) + by_energy)
        gradient[:, AMPLITUDES] = weight * amplitudes * (WAVE_BITS / (wave + step**2) + by_energy)
        alive = energy / (energy + step**2)  # what has no color would grow without bounds
        gradient[:, SIZE] = -2 * weight * AREA_BITS * alive[:, 0]
        r = torch.hypot(values[:, U], values[:, V]).clamp(min=MIN_ELONGATION)
        by_r = 2 * weight * TURN_BITS * torch.cosh(2 * r) / torch.sinh(2 * r).clamp(min=MIN_SINH)
        gradient[:, U], gradient[:, V] = by_r * values[:, U] / r, by_r * values[:, V] / r
        return gradient

    def _step(self, gradient: Tensor, rate: float, frozen: Frozen | None, *, waves: bool) -> None:
        """Take a step of Adam, within what the lattice has, and but for what is frozen."""
        before, moved = self.state.values, self.state.values.clone()
        held = None if frozen is None else frozen.values_of(before)
        adam_step(moved, gradient, self._moments, _rates(before), rate, waves=waves, frozen=held)
        moved[:, SIZE].clamp_(MIN_LOG_SIZE + 1e-3, MAX_LOG_SIZE - 1e-3)
        moved[:, X].clamp_(-MARGIN, self.header.width + MARGIN - 1e-2)
        moved[:, Y].clamp_(-MARGIN, self.header.height + MARGIN - 1e-2)
        if frozen is not None:
            _hold_shapes(moved, before, frozen)
        self.state.values = moved


def _rates(values: Tensor) -> Tensor:
    """Return the rates [N, 12] of a state: colors and amplitudes grow with the size, as alpha does."""
    rates = torch.empty_like(values)
    rates[:, :SIZE], rates[:, SHAPE], rates[:, FREQUENCIES] = CENTER_RATE, SHAPE_RATE, FREQUENCY_RATE
    by_size = COLOR_RATE * values[:, SIZE : SIZE + 1].clamp(max=LARGE).exp()
    rates[:, AMPLITUDES], rates[:, COLOR:] = by_size, by_size
    return rates


def _hold_shapes(moved: Tensor, before: Tensor, frozen: Frozen) -> None:
    """Bring moved values back to what is frozen of their shapes, in place."""
    turned = frozen.shapes & ~frozen.angles  # r stays, the angle may follow
    r_before, r_moved = (torch.hypot(v[:, U], v[:, V]) for v in (before, moved))
    moved[:, U:A] *= torch.where(turned, r_before / r_moved.clamp(min=1e-9), 1.0)[:, None]
    moved[:, U:A] = torch.where(frozen.angles[:, None], before[:, U:A], moved[:, U:A])
