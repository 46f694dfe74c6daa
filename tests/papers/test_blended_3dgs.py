"""The baseline, on a stand-in for gsplat."""

from __future__ import annotations

import sys

import pytest
import torch
from pictures import photograph
from torch import Tensor

from gicodec import DeviceError
from gicodec.fit import Objective, as_target
from gicodec.fit.loop import run
from gicodec.format import Kernel
from gicodec.papers.blended_3dgs import BlendedModel

pytestmark = pytest.mark.usefixtures("one_torch_thread")


class FakeSplat:
    """gsplat's interface, for one small image: every Gaussian at every pixel, front to back."""

    def isect_tiles(
        self, means: Tensor, radii: Tensor, depths: Tensor, tile: int, width: int, height: int
    ) -> tuple[None, Tensor, Tensor]:
        assert means.shape[:2] == radii.shape[:2] == depths.shape
        assert radii.dtype == torch.int32
        assert (tile, width, height) == (16, 3, 2)
        return None, torch.zeros(1, dtype=torch.int64), depths[0].argsort()

    def isect_offset_encode(self, isect_ids: Tensor, n_images: int, width: int, height: int) -> Tensor:
        return torch.zeros(n_images, height, width, dtype=torch.int32)

    def rasterize_to_pixels(
        self,
        means: Tensor,
        conics: Tensor,
        colors: Tensor,
        opacities: Tensor,
        width: int,
        height: int,
        tile: int,
        offsets: Tensor,
        order: Tensor,
    ) -> tuple[Tensor, Tensor]:
        x, y = torch.arange(width) + 0.5, torch.arange(height)[:, None] + 0.5
        image, left = torch.zeros(height, width, colors.shape[2]), torch.ones(height, width)
        for i in order.tolist():
            (a, b, c), (u, v) = conics[0, i], means[0, i]
            exponent = (a * (x - u) ** 2 + c * (y - v) ** 2) / 2 + b * (x - u) * (y - v)
            alpha = (opacities[0, i] * torch.exp(-exponent)).clamp(max=0.999)
            alpha = torch.where(alpha < 1 / 255, 0.0, alpha)
            image = image + (left * alpha)[:, :, None] * colors[0, i]
            left = left * (1 - alpha)
        return image[None], left[None]


def test_the_baseline_blends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gsplat", FakeSplat())
    objective = Objective(as_target(photograph()[:30, :40]), Kernel.CUT)
    before = objective.error()
    model = BlendedModel(objective, 20, 300, 0)
    run(model, objective, 300, "fit", None)
    assert objective.psnr(objective.error()) > objective.psnr(before) + 5
    assert model._raw.shape == (20, 9)


def test_without_gsplat_the_baseline_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gsplat", None)
    with pytest.raises(DeviceError, match="pip install"):
        BlendedModel(Objective(as_target(photograph())), 9, 9, 0)
