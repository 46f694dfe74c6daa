"""What the fits of the papers have in common: a model of raw numbers, growth, and quantizers in the loop.

A method is a parametrization, an optimizer, a rule for growth and a quantizer: a ``Recipe``. Growth and
filters (GaussianImage++, AAAI 2026) go with any parametrization. How all this differs from the papers' code
is listed in docs/research/papers.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from gicodec.fit.loop import Model
from gicodec.fit.objective import Objective
from gicodec.format import Header, RecordPayload
from gicodec.gaussians import Gaussians
from gicodec.papers.densification import Densification, filter_variance, worst_pixels
from gicodec.papers.loss import mean_squared_error
from gicodec.papers.parametrization import Parametrization

PAPER_ITERATIONS = 50_000
MAX_RATE_SCALE = 10.0  # times the papers' rates, where a schedule is shorter than theirs, in proportion
HALVED_EVERY = 0.4  # of the schedule: the rates
PRUNED_EVERY = 100  # iterations: what is no covariance any more goes
MIN_DETERMINANT = 1e-9  # pixels^4
PLACES, SHAPES, COLORS = slice(0, 2), slice(2, 5), slice(5, None)  # columns of raw numbers


class RowOptimizer(Protocol):
    """What an optimizer remembers of the gradients of one tensor [N, K], row by row."""

    def move(self, gradient: Tensor, rate: float) -> Tensor:
        """Take in a gradient [N, K]; return the step [N, K] to subtract."""
        ...

    def keep_rows(self, rows: Tensor) -> None:
        """Drop all rows but these: a mask [N]."""

    def add_rows(self, rows: Tensor) -> None:
        """Append a memory of nothing, as much as there is in new rows [n, K]."""


class RecordQuantizer(ABC):
    """Raw numbers [N, 5 + C] to those that records stand for, and to records."""

    @abstractmethod
    def __call__(self, raw: Tensor) -> tuple[Tensor, Tensor | float]:
        """Quantize, and let gradients through; also return a loss of the quantizer's own."""

    @abstractmethod
    def parameters(self) -> list[Tensor]:
        """Return what is learned with the raw numbers."""

    @abstractmethod
    def finish(self, raw: Tensor, header: Header) -> RecordPayload:
        """Quantize for good."""


@dataclass(frozen=True)
class Recipe:
    """One of the papers' methods."""

    parametrization: type[Parametrization]
    quantizer: Callable[[Tensor, int, tuple[int, int, int]], RecordQuantizer]
    """From raw numbers, a seed, and bits of centers, covariances and colors, where the method lets choose."""
    optimizer: Callable[[Tensor], RowOptimizer]
    quantizer_optimizer: Callable[[Tensor], RowOptimizer]
    rate: float
    quantizer_rate: float
    quantizer_halved_every: float
    """Of the schedule."""
    warm_up: float | None
    """Of the schedule, after which quantization begins; None: a whole schedule without, then another with."""
    grows: bool
    """Whether half of the Gaussians come where the error is largest (distortion-driven densification)."""
    filters: bool
    """Whether a new Gaussian is widened by its share of the picture (content-aware filter)."""


class PublishedModel(Model):
    """N Gaussians of raw numbers [N, 5 + C]: two of a center, three of a covariance, colors."""

    def __init__(
        self, objective: Objective, n_gaussians: int, recipe: Recipe, n_iterations: int, seed: int
    ) -> None:
        """Begin with Gaussians anywhere.

        Args:
            objective: With the picture.
            n_gaussians: How many there will be; fewer where some lose their covariance.
            recipe: The method.
            n_iterations: Of the schedule.
            seed: Of all chance.
        """
        n_channels, height, width = objective.target.shape
        self._generator, self._seed = torch.Generator().manual_seed(seed), seed
        self._recipe, self._n_iterations, self._begun = recipe, n_iterations, 0
        self._device = torch.device(objective.engine.device)
        self._round = torch.tensor([1.0, 0.0, 1.0], device=self._device)
        self._parametrization = recipe.parametrization(width, height)
        self._n_pixels = width * height
        self._growth = Densification(n_gaussians, n_iterations) if recipe.grows else None
        n_first = self._growth.n_first() if self._growth else n_gaussians
        centers = torch.rand(n_first, 2, generator=self._generator) * torch.tensor([width, height])
        colors = torch.rand(n_first, n_channels, generator=self._generator)
        self._raw, self._filters = self._new(centers, colors * (not recipe.grows), n_first)
        self._optimizer = recipe.optimizer(self._raw)
        self._quantizer: RecordQuantizer | None = None
        self._quantizer_optimizers: list[RowOptimizer] = []
        self._gradients: tuple[Tensor, ...] = ()
        self._drawn = torch.empty(0, 3, device=self._device)  # covariances, quantized where they are

    def __len__(self) -> int:
        return len(self._raw)

    def gaussians(self) -> Gaussians:
        """Return a copy of the Gaussians as they are now, before they are quantized."""
        parametrization, raw = self._parametrization, self._raw.detach()
        parts = parametrization.centers(raw[:, PLACES]), self._covariances(raw), raw[:, COLORS]
        return Gaussians.of_covariances(*(part.double().cpu().numpy().copy() for part in parts))

    def may_stop(self, iteration: int) -> bool:
        """The papers' schedules are run to their end."""
        return False

    def warm_up(self) -> int:
        """Return how many iterations to run before quantization; growth ends with them."""
        if self._recipe.warm_up is None:
            return self._n_iterations
        n_iterations = max(1, round(self._recipe.warm_up * self._n_iterations))
        if self._growth:
            self._growth.rest_at = n_iterations - 1
        return n_iterations

    def begin_quantizing(self, depths: tuple[int, int, int]) -> int:
        """Quantize from now on; return how many iterations to run."""
        parametrization = self._parametrization
        covariances = self._covariances(self._raw)
        self._raw[:, SHAPES] = parametrization.shapes(covariances)
        self._filters.zero_()
        self._drop_broken(covariances)
        if self._recipe.warm_up is None:
            self._optimizer = self._recipe.optimizer(self._raw)
        else:
            self._begun = self.warm_up()
        self._quantizer = self._recipe.quantizer(self._raw, self._seed, depths)
        self._quantizer_optimizers = [
            self._recipe.quantizer_optimizer(t) for t in self._quantizer.parameters()
        ]
        return self._n_iterations - self._begun

    def change(self, iteration: int, objective: Objective) -> None:
        """Drop what the last draw() found to be no covariance, and add where the error is that it left."""
        if iteration and iteration % PRUNED_EVERY == 0:
            self._drop_broken(self._drawn)
        if self._growth and self._quantizer is None:
            n_new = self._growth.n_new(iteration, len(self))
            if n_new:
                self._add(worst_pixels(torch.as_tensor(objective.residual), n_new))

    def draw(self, objective: Objective) -> None:
        """Render, and remember the gradients."""
        leaves = [self._raw.requires_grad_(), *(self._quantizer.parameters() if self._quantizer else [])]
        values, loss = self._quantizer(self._raw) if self._quantizer else (self._raw, 0.0)
        covariances = self._covariances(values)
        self._drawn = covariances.detach()
        centers = self._parametrization.centers(values[:, PLACES])
        loss = loss + mean_squared_error(objective, centers, conics_of(covariances), values[:, COLORS])
        self._gradients = torch.autograd.grad(loss, leaves)
        self._raw.requires_grad_(False)

    def step(self, iteration: int) -> None:
        """Take a step of the optimizer, with the rates of the schedule."""
        share = (self._begun + iteration) / self._n_iterations
        gradient, *others = self._gradients
        rate_scale = min(MAX_RATE_SCALE, max(1.0, PAPER_ITERATIONS / self._n_iterations))
        rate = self._recipe.rate * rate_scale * 0.5 ** (share // HALVED_EVERY)
        self._raw -= self._optimizer.move(gradient, rate)
        if self._quantizer is None:
            return
        rate = self._recipe.quantizer_rate * 0.5 ** (share // self._recipe.quantizer_halved_every)
        with torch.no_grad():
            for parameter, optimizer, other in zip(
                self._quantizer.parameters(), self._quantizer_optimizers, others, strict=True
            ):
                parameter -= optimizer.move(other, rate)

    def finish(self, header: Header) -> RecordPayload:
        """Return the quantized Gaussians, without those that have lost their covariance."""
        assert self._quantizer is not None
        payload = self._quantizer.finish(self._raw, header)
        covariances = torch.from_numpy(payload.model.arrays(payload.records)[1])
        kept = (covariances[:, 0] > 0) & (_determinants(covariances) > 0)
        return RecordPayload(payload.model, payload.records[kept.numpy()])

    def _new(self, centers: Tensor, colors: Tensor, n_after: int) -> tuple[Tensor, Tensor]:
        """Return raw numbers and filters [n, 1] of new Gaussians, after which there will be n_after."""
        # Chance is the CPU's, and so the same on every device.
        shapes = self._parametrization.first_shapes(len(centers), self._generator)
        variance = filter_variance(self._n_pixels, n_after) if self._recipe.filters else 0.0
        raw = torch.cat([self._parametrization.places(centers.cpu()), shapes, colors], dim=1)
        return raw.to(self._device), torch.full((len(centers), 1), variance, device=self._device)

    def _add(self, centers: Tensor) -> None:
        """Add black Gaussians at centers [n, 2]."""
        colors = torch.zeros(len(centers), self._raw.shape[1] - COLORS.start)
        raw, filters = self._new(centers, colors, len(self) + len(centers))
        self._raw, self._filters = torch.cat([self._raw, raw]), torch.cat([self._filters, filters])
        self._optimizer.add_rows(raw)

    def _drop_broken(self, covariances: Tensor) -> None:
        kept = (covariances[:, 0] > 0) & (_determinants(covariances) > MIN_DETERMINANT)
        kept &= self._raw.isfinite().all(dim=1)
        if not kept.any():  # one must stay: it begins anew as a disc
            kept[0] = True
            self._raw[:1] = torch.nan_to_num(self._raw[:1], 0.0, 0.0, 0.0)
            self._raw[:1, SHAPES] = self._parametrization.shapes(self._round[None])
        if not kept.all():
            self._raw, self._filters = self._raw[kept], self._filters[kept]
            self._optimizer.keep_rows(kept)

    def _covariances(self, values: Tensor) -> Tensor:
        """Return the covariances [N, 3] of raw or quantized numbers, with the filters."""
        return self._parametrization.covariances(values[:, SHAPES]) + self._filters * self._round


def _determinants(covariances: Tensor) -> Tensor:
    xx, xy, yy = covariances.unbind(1)
    return xx * yy - xy * xy


def conics_of(covariances: Tensor) -> Tensor:
    """Return the inverses [N, 3] (a, b, c); of what is no covariance those of none, which are not drawn."""
    xx, xy, yy = covariances.unbind(1)
    determinants = _determinants(covariances)
    broken = (xx <= 0) | (determinants <= MIN_DETERMINANT)
    conics = torch.stack([yy, -xy, xx], dim=1) / torch.where(broken, 1.0, determinants)[:, None]
    return torch.where(broken[:, None], torch.nan, conics)
