"""GaussianImage (Zhang et al., ECCV 2024, arXiv:2403.08551): the mirror of format/gaussianimage.py."""

from __future__ import annotations

import torch
from torch import Tensor

from gicodec.format import Header, RecordPayload
from gicodec.format.records.gaussianimage import SHAPE_DEPTH, GaussianImage, GaussianImageRs
from gicodec.papers.adan import Adan
from gicodec.papers.learned_quantizers import Codebooks, Uniform, half_through
from gicodec.papers.method import COLORS, HALVED_EVERY, PLACES, SHAPES, Recipe, RecordQuantizer
from gicodec.papers.parametrization import Cholesky, RotationScaling

RATE = 1e-3


class GaussianImageQuantizer(RecordQuantizer):
    """Centers in half precision, covariances of 6 bits, colors from codebooks."""

    def __init__(self, raw: Tensor, seed: int, kind: type[GaussianImage]) -> None:
        self._kind = kind
        self._shapes = Uniform(raw[:, SHAPES], SHAPE_DEPTH, gradient_scaled=False)
        self._codebooks = Codebooks(raw[:, COLORS], seed)

    def __call__(self, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Quantize; the loss is the codebooks' commitment."""
        colors, loss = self._codebooks(raw[:, COLORS])
        return torch.cat([half_through(raw[:, PLACES]), self._shapes(raw[:, SHAPES]), colors], dim=1), loss

    def parameters(self) -> list[Tensor]:
        """Scales and offsets of covariances; codebooks follow the colors by themselves."""
        return self._shapes.parameters()

    def finish(self, raw: Tensor, header: Header) -> RecordPayload:
        """Quantize for good, with codebooks of half precision."""
        codebooks, entries = self._codebooks.finish(raw[:, COLORS])
        places = raw[:, PLACES].half().view(torch.int16).long() & 0xFFFF
        records = torch.cat([places, self._shapes.symbols(raw[:, SHAPES]), entries], dim=1)
        scales, offsets = (steps.cpu().numpy() for steps in self._shapes.steps())
        model = self._kind((header.width, header.height), scales, offsets, codebooks.cpu().numpy())
        return RecordPayload(model, records.cpu().numpy())


def _recipe(parametrization: type[Cholesky | RotationScaling], kind: type[GaussianImage]) -> Recipe:
    def quantizer(raw: Tensor, seed: int, depths: tuple[int, int, int]) -> RecordQuantizer:
        return GaussianImageQuantizer(raw, seed, kind)  # whose depths are the paper's

    return Recipe(
        parametrization=parametrization,
        quantizer=quantizer,
        optimizer=Adan,
        quantizer_optimizer=Adan,
        rate=RATE,
        quantizer_rate=RATE,
        quantizer_halved_every=HALVED_EVERY,
        warm_up=None,
        grows=False,
        filters=False,
    )


CHOLESKY = _recipe(Cholesky, GaussianImage)
ROTATION_SCALING = _recipe(RotationScaling, GaussianImageRs)
