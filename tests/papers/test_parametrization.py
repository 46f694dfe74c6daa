"""The papers' parametrizations, against each other and against what a decoder computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from gicodec.format import Header
from gicodec.format.records.gaussianimage import GaussianImage, GaussianImageRs
from gicodec.papers.parametrization import Cholesky, Direct, Parametrization, RotationScaling

every_parametrization = pytest.mark.parametrize("kind", [Cholesky, RotationScaling, Direct])


def numbers(n: int = 60) -> Tensor:
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def covariances_of(shapes: Tensor) -> Tensor:
    return Cholesky(64, 48).covariances(3 * shapes)


@every_parametrization
def test_shapes_are_those_of_their_covariances(kind: type[Parametrization]) -> None:
    covariances = covariances_of(numbers())
    shapes = kind(64, 48).shapes(covariances)
    torch.testing.assert_close(kind(64, 48).covariances(shapes), covariances, rtol=1e-6, atol=1e-6)


@every_parametrization
def test_places_are_those_of_their_centers(kind: type[Parametrization]) -> None:
    centers = torch.rand(50, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([64, 48])
    torch.testing.assert_close(kind(64, 48).centers(kind(64, 48).places(centers)), centers, atol=0.01, rtol=0)


@pytest.mark.parametrize(("kind", "decoder"), [(Cholesky, GaussianImage), (RotationScaling, GaussianImageRs)])
def test_the_decoder_computes_what_was_fitted(
    kind: type[Parametrization], decoder: type[GaussianImage]
) -> None:
    model = decoder.blank(Header(64, 48), (0, 0, 0))
    shapes = 2 * numbers()
    fitted = kind(64, 48).covariances(shapes).numpy()
    np.testing.assert_allclose(model.covariances(shapes.numpy()), fitted, rtol=1e-12, atol=1e-12)
