"""GaussianImage++ (AAAI 2026): the mirror of format/gaussianimage_plus.py."""

from __future__ import annotations

import torch
from torch import Tensor

from gicodec.format import Header, RecordPayload
from gicodec.format.records.gaussianimage_plus import GaussianImagePlus
from gicodec.papers.adam import Adam
from gicodec.papers.learned_quantizers import LogUniform, Uniform
from gicodec.papers.method import COLORS, PLACES, Recipe, RecordQuantizer
from gicodec.papers.parametrization import Direct

VARIANCES, MIXED = [2, 4], slice(3, 4)  # columns of raw numbers: xx and yy, xy
RATE = 0.018
QUANTIZER_RATE, QUANTIZER_HALVED_EVERY = 1e-3, 0.2
WARM_UP = 0.12


class GaussianImagePlusQuantizer(RecordQuantizer):
    """Everything in even steps, variances in even steps of their logarithms."""

    def __init__(self, raw: Tensor, seed: int, depths: tuple[int, int, int]) -> None:
        center, shape, color = self._depths = depths
        self._places = Uniform(raw[:, PLACES], center, gradient_scaled=True)
        self._mixed = Uniform(raw[:, MIXED], shape, gradient_scaled=True)
        self._colors = Uniform(raw[:, COLORS], color, gradient_scaled=True)
        self._variances = LogUniform(shape)

    def __call__(self, raw: Tensor) -> tuple[Tensor, float]:
        """Quantize; there is no loss."""
        xx, yy = self._variances(raw[:, VARIANCES]).T[:, :, None]
        mixed, colors = self._mixed(raw[:, MIXED]), self._colors(raw[:, COLORS])
        return torch.cat([self._places(raw[:, PLACES]), xx, mixed, yy, colors], dim=1), 0.0

    def parameters(self) -> list[Tensor]:
        """Scales and offsets of centers, covariances' xy, and colors."""
        return [t for part in (self._places, self._mixed, self._colors) for t in part.parameters()]

    def finish(self, raw: Tensor, header: Header) -> RecordPayload:
        """Quantize for good."""
        variances = raw[:, VARIANCES]
        xx, yy = self._variances.symbols(variances).T[:, :, None]
        mixed, colors = self._mixed.symbols(raw[:, MIXED]), self._colors.symbols(raw[:, COLORS])
        records = torch.cat([self._places.symbols(raw[:, PLACES]), xx, mixed, yy, colors], dim=1)
        steps = (
            self._places.steps(),
            self._variances.steps(variances),
            self._mixed.steps(),
            self._colors.steps(),
        )
        scales, offsets = (
            torch.cat([places, logs[:1], mixed, logs[1:], colors]).cpu().numpy()
            for places, logs, mixed, colors in zip(*steps, strict=True)
        )
        return RecordPayload(GaussianImagePlus(self._depths, scales, offsets), records.cpu().numpy())


DIRECT = Recipe(
    parametrization=Direct,
    quantizer=GaussianImagePlusQuantizer,
    optimizer=Adam,
    quantizer_optimizer=Adam,
    rate=RATE,
    quantizer_rate=QUANTIZER_RATE,
    quantizer_halved_every=QUANTIZER_HALVED_EVERY,
    warm_up=WARM_UP,
    grows=True,
    filters=True,
)
