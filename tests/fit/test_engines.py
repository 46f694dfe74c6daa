"""Where images are while Gaussians are fitted: on the engine's device, from the first step to the last.

The device here is "meta", which has no data, and refuses any step that takes an image as an array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scenes import Array
from torch import Tensor

from gicodec.encoder.tuning.state import State
from gicodec.encoder.tuning.tuner import Tuner
from gicodec.fit import Objective
from gicodec.fit.backend import Engine
from gicodec.fit.model import GsiModel
from gicodec.format import Header, Kernel, Method
from gicodec.papers import method as papers_model
from gicodec.papers.method import PublishedModel
from gicodec.papers.pipeline import RECIPES
from gicodec.render import Splats

META = torch.device("meta")


class NoEngine(Engine):
    device = "meta"

    def image(self, array: Array) -> Tensor:
        assert array.dtype == np.float32
        return torch.empty(array.shape, device=META)

    def array(self, image: Tensor) -> Array:
        assert image.device == META
        return np.zeros(image.shape, np.float32)

    def draw(self, splats: Splats[Array], background: Tensor, image: Tensor, kernel: Kernel) -> None:
        self.check(splats, background, image)

    def gradients(self, splats: Splats[Array], grad_image: Tensor, kernel: Kernel) -> Splats[Array]:
        self.check(splats, grad_image)
        return splats.map(np.ones_like)

    def correlate(self, *arrays: object) -> Any:
        raise NotImplementedError

    def correlate_waves(self, *arrays: object) -> Any:
        raise NotImplementedError

    def check(self, splats: Splats[Array], *images: Tensor) -> None:
        for array in splats:
            assert array.dtype == np.float32
            assert array.flags.c_contiguous
        for image in images:
            assert image.device == META


def objective_there(kernel: Kernel) -> Objective:
    return Objective(np.zeros((3, 40, 50), np.float32), kernel, engine=NoEngine(1))


@pytest.mark.parametrize("waves", [False, True])
def test_the_images_of_a_fit_stay_on_its_device(waves: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = objective_there(Kernel.COMPACT)
    monkeypatch.setattr(objective, "error", lambda: 100.0)  # a number needs data
    model = GsiModel(objective, 20, 20, None, 0, waves=False)
    for iteration in range(5):
        model.change(iteration, objective)
        model._has_waves = waves
        model.draw(objective)
        model.step(iteration)
    assert np.isfinite(model.parameters).all()
    assert objective.residual.device == META


def test_the_images_of_tuning_stay_on_its_device() -> None:
    objective, state = objective_there(Kernel.COMPACT), State(np.zeros((30, 12), np.float32), 1.0)
    tuner = Tuner(objective, Header(50, 40), state, np.random.default_rng(0))
    tuner.run(3, 1.0, 0.5)
    assert np.isfinite(tuner.state.values).all()
    assert objective.residual.device == META


@pytest.mark.parametrize("method", RECIPES)
def test_the_steps_of_the_papers_methods_stay_on_their_device(
    method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loss(_: Objective, *tensors: Tensor) -> Tensor:
        assert all(tensor.device == META for tensor in tensors)
        return torch.stack([tensor.square().mean() for tensor in tensors]).sum()

    monkeypatch.setattr(papers_model, "mean_squared_error", loss)
    objective = objective_there(Kernel.CUT)
    model = PublishedModel(objective, 20, RECIPES[method], 50, 0)
    model.draw(objective)
    model.step(0)
    assert model._raw.device == META
