"""A paper's model: its gradient, its growth, its filters, and what it leaves out."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from pictures import photograph
from torch import Tensor

from gicodec.fit import Objective, as_target
from gicodec.fit.loop import run
from gicodec.format import Kernel
from gicodec.papers.gaussianimage import CHOLESKY
from gicodec.papers.gaussianimage_plus import DIRECT
from gicodec.papers.loss import mean_squared_error
from gicodec.papers.method import PLACES, SHAPES, PublishedModel, Recipe
from gicodec.papers.parametrization import Cholesky
from gicodec.papers.pipeline import RECIPES

pytestmark = pytest.mark.usefixtures("one_torch_thread")


def model_of(recipe: Recipe, n: int = 100, n_iterations: int = 100) -> tuple[PublishedModel, Objective]:
    objective = Objective(as_target(photograph()), Kernel.CUT)
    return PublishedModel(objective, n, recipe, n_iterations, 0), objective


def test_the_mean_squared_error_has_the_gradient_of_the_engine() -> None:
    model, objective = model_of(CHOLESKY, 20)
    raw = model._raw.double()

    def loss(raw: Tensor) -> Tensor:
        parametrization = Cholesky(64, 48)
        xx, xy, yy = parametrization.covariances(raw[:, SHAPES]).unbind(1)
        determinant = xx * yy - xy * xy
        conics = torch.stack([yy, -xy, xx], dim=1) / determinant[:, None]
        centers = parametrization.centers(raw[:, PLACES])
        return mean_squared_error(objective, centers.float(), conics.float(), raw[:, 5:].float())

    model.draw(objective)
    (direct,) = torch.autograd.grad(loss(raw.requires_grad_()), raw)
    torch.testing.assert_close(model._gradients[0].double(), direct, rtol=1e-3, atol=1e-7)


def test_half_of_them_come_where_the_error_is() -> None:
    model, objective = model_of(DIRECT)
    counts: dict[int, int] = {}
    for iteration in range(100):
        before = len(model)
        if iteration == 10:
            worst = torch.as_tensor(objective.residual).abs().sum(dim=0).flatten().topk(20).indices
        model.change(iteration, objective)
        if iteration == 10:
            places = torch.stack([worst % 64, worst // 64], dim=1) + 0.5
            assert torch.equal(model._raw[50:, PLACES], places)
            assert not model._raw[50:, 5:].any()
        if len(model) != before:
            counts[iteration] = len(model)
        model.draw(objective)
        model.step(iteration)
    assert counts == {10: 70, 20: 90, 30: 100}


def test_the_rest_comes_at_the_end_of_the_warm_up() -> None:
    model, objective = model_of(DIRECT)
    assert model.warm_up() == 12
    for iteration in range(12):
        model.change(iteration, objective)
        model.draw(objective)
        model.step(iteration)
    assert len(model) == 100
    assert model.begin_quantizing((12, 10, 6)) == 88


@pytest.mark.parametrize("recipe", RECIPES.values())
def test_filters_are_the_share_of_the_picture(recipe: Recipe) -> None:
    model, _ = model_of(replace(recipe, filters=True, grows=False))
    assert model._filters[0].item() == pytest.approx(64 * 48 / (9 * math.pi * 100))
    raw = model._raw.clone()
    plain = model._parametrization.covariances(raw[:, SHAPES])
    model.begin_quantizing((12, 10, 6))
    widened = model._parametrization.covariances(model._raw[:, SHAPES])
    expected = plain + torch.tensor([1, 0, 1]) * 64 * 48 / (9 * math.pi * 100)
    torch.testing.assert_close(widened, expected, rtol=1e-4, atol=1e-4)
    assert not model._filters.any()


def test_what_is_no_covariance_is_not_drawn_and_goes() -> None:
    model, objective = model_of(replace(DIRECT, grows=False))
    model._raw[3, SHAPES] = torch.tensor([1.0, 9.0, 1.0])
    model._filters[3] = 0
    model.draw(objective)
    assert torch.isfinite(model._gradients[0]).all()
    assert not model._gradients[0][3].any()
    model.change(100, objective)
    assert len(model) == 99


def test_the_last_one_stays() -> None:
    model, objective = model_of(replace(DIRECT, grows=False), 1)
    model._raw[0] = torch.tensor([torch.nan, 9.0, -1.0, 9.0, 1.0, 1.0, 1.0, 1.0])
    model.draw(objective)
    model.change(100, objective)
    assert model._raw[0].tolist() == [0, 9, 1, 0, 1, 1, 1, 1]


def test_a_schedule_is_run_to_its_end() -> None:
    model, objective = model_of(CHOLESKY, 5, 120)
    assert run(model, objective, 120, "fit", None) == 120
