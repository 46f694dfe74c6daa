"""The papers' methods: their formulas, and whole encodings whose files decode to what was fitted."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pictures import Pixels, photograph
from torch import Tensor

from gicodec import DeviceError, Encoded, EncodeOptions, Progress, TargetError, decode, describe, encode, psnr
from gicodec.fit import Objective, as_target
from gicodec.fit.loop import run
from gicodec.format import GsiFile, Header, Kernel, RecordPayload
from gicodec.format.records.gaussianimage import GaussianImage, GaussianImageRs
from gicodec.options import METHODS
from gicodec.papers.adan import Adan
from gicodec.papers.blended_3dgs import BlendedModel
from gicodec.papers.gaussianimage import CHOLESKY
from gicodec.papers.gaussianimage_plus import DIRECT
from gicodec.papers.learned_quantizers import Codebooks, LogUniform, Uniform
from gicodec.papers.method import PLACES, SHAPES, PublishedModel, Recipe
from gicodec.papers.parametrization import Cholesky, Direct, Parametrization, RotationScaling
from gicodec.papers.pipeline import RECIPES

pytestmark = pytest.mark.usefixtures("one_torch_thread")
PAPERS = METHODS[1:]
QUICK = 200  # iterations

every_method = pytest.mark.parametrize("method", PAPERS)
every_parametrization = pytest.mark.parametrize("kind", [Cholesky, RotationScaling, Direct])


@cache
def encoded(method: str, n: int = 150, *, gray: bool = False, **options: Any) -> Encoded:
    pixels = gray_photograph() if gray else photograph()
    settings = {"method": method, "gaussians": n, "iterations": QUICK, **options}
    return encode(pixels, EncodeOptions(**settings))


@cache
def gray_photograph() -> Pixels:
    return np.repeat(photograph()[:, :, 1:2], 3, axis=2)


def payload_of(result: Encoded) -> RecordPayload:
    payload = GsiFile.from_bytes(result.data).payload
    assert isinstance(payload, RecordPayload)
    return payload


# Whole encodings


@every_method
@pytest.mark.parametrize("gray", [False, True])
def test_the_file_decodes_to_what_was_fitted(gray: bool, method: str) -> None:
    reports: list[Progress] = []
    pixels = gray_photograph() if gray else photograph()
    options = EncodeOptions(method=method, gaussians=150, iterations=QUICK)
    result = encode(pixels, options, reports.append)
    decoded = decode(result.data)
    assert decoded.shape == pixels.shape
    assert result.psnr == psnr(pixels, decoded)
    assert result.psnr > reports[-1].psnr - 0.2  # the last report was some iterations before the end
    assert describe(result.data).header.channels == (1 if gray else 3)
    stages = [stage for stage, _ in groupby(report.stage for report in reports)]
    assert stages == ["fit", "quantize"]


@every_method
def test_a_photograph_is_fitted(method: str) -> None:
    assert encoded(method).psnr > encoded(method, iterations=20).psnr + 2
    assert encoded(method).psnr > 20


@every_method
def test_bits_back_is_the_same_picture_in_fewer_bytes(method: str) -> None:
    plain, any_order = encoded(method), encoded(method, bits_back=True)
    orders = math.lgamma(plain.n_gaussians + 1) / math.log(2) / 8  # bytes
    assert len(plain.data) - len(any_order.data) > 0.9 * orders
    difference = decode(plain.data).astype(int) - decode(any_order.data)  # another order of additions
    assert abs(difference).max() <= 1
    assert payload_of(any_order).any_order


@every_method
def test_threads_change_no_byte_and_the_seed_does(method: str) -> None:
    alone = encoded(method, threads=1)
    state = torch.get_rng_state()
    assert encoded(method, threads=3).data == alone.data
    assert encoded(method, seed=1).data != alone.data
    assert torch.equal(torch.get_rng_state(), state)


@every_method
@pytest.mark.parametrize("shape", [(1, 1), (1, 23), (7, 5)])
def test_tiny_and_flat_pictures_are_encoded(shape: tuple[int, int], method: str) -> None:
    for level in (0, 255):
        pixels = np.full((*shape, 3), level, np.uint8)
        for n in {1, shape[0] * shape[1]}:
            options = EncodeOptions(method=method, gaussians=n, iterations=30, bits_back=True)
            result = encode(pixels, options)
            assert result.n_gaussians <= n
            assert decode(result.data).shape == pixels.shape


@every_method
@pytest.mark.parametrize("iterations", [1, 2, 9])
def test_the_shortest_schedules_are_run(iterations: int, method: str) -> None:
    assert encoded(method, iterations=iterations, densify=True).n_gaussians > 0


@every_method
@pytest.mark.parametrize("bits_back", [False, True])
@pytest.mark.parametrize("target", [{"bpp": 3.0}, {"target_size": 900}, {"bpp": 9.0}])
def test_a_budget_is_never_exceeded(target: dict[str, float], bits_back: bool, method: str) -> None:
    options = EncodeOptions(method=method, iterations=20, bits_back=bits_back, **target)  # type: ignore[arg-type]
    data = encode(photograph(), options).data
    budget = target.get("target_size", target.get("bpp", 0) * 64 * 48 / 8)
    assert 0.6 * budget < len(data) <= budget  # tables save more where hardly anything was fitted


@every_method
def test_what_cannot_be_met_is_refused(method: str) -> None:
    with pytest.raises(TargetError, match="too few"):
        encode(photograph(), EncodeOptions(method=method, target_size=60))
    with pytest.raises(TargetError, match="too many"):
        encode(photograph(), EncodeOptions(method=method, gaussians=64 * 48 + 1))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"method": "gaussian"}, "method must be one of"),
        ({"method": "gaussianimage", "psnr": 30}, "^psnr does not apply"),
        ({"method": "gaussianimage++", "quality": 30}, "^quality does not apply"),
        ({"method": "gaussianimage", "waves": True}, "^waves does not apply"),
        ({"method": "gaussianimage", "bits": (12, 10, 6)}, "^bits applies to"),
        ({"method": "gaussianimage++", "bits": (12, 17, 6)}, "1 to 16"),
        ({"method": "gaussianimage++", "iterations": 0}, "1 or more"),
        ({"bits_back": True}, "^bits_back does not apply to method gsi"),
        ({"iterations": 100}, "^iterations does not apply"),
        ({"densify": True}, "^densify does not apply"),
    ],
)
def test_options_of_another_method_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        EncodeOptions(**options)


def test_bits_can_be_chosen() -> None:
    fine, coarse = (encoded("gaussianimage++", bits=bits) for bits in ((12, 10, 8), (9, 7, 4)))
    assert [depth for _, depth in payload_of(coarse).model.fields()] == [9, 9, 7, 7, 7, 4, 4, 4]
    assert len(coarse.data) < 0.85 * len(fine.data)


@every_method
def test_growth_and_filters_go_with_every_method(method: str) -> None:
    with_both, with_none = (encoded(method, densify=both, filters=both) for both in (True, False))
    assert with_both.n_gaussians > 75
    assert with_none.n_gaussians > 75
    assert with_both.data != with_none.data


# Parametrizations


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


# The optimizer, against the paper's algorithm 1 for a single number


def test_adan_takes_the_steps_of_the_paper() -> None:
    gradients = [0.3, -0.1, 0.25, 0.7]
    adan = Adan(torch.zeros(1, 1, dtype=torch.float64))
    mean = change = square = 0.0
    last = gradients[0]
    for t, gradient in enumerate(gradients, 1):
        mean = 0.98 * mean + 0.02 * gradient
        change = 0.92 * change + 0.08 * (gradient - last)
        square = 0.99 * square + 0.01 * (gradient + 0.92 * (gradient - last)) ** 2
        last = gradient
        step = mean / (1 - 0.98**t) + 0.92 * change / (1 - 0.92**t)
        expected = 0.1 * step / (math.sqrt(square / (1 - 0.99**t)) + 1e-8)
        moved = adan.move(torch.tensor([[gradient]], dtype=torch.float64), 0.1)
        assert moved.item() == pytest.approx(expected, rel=1e-9)


def test_adan_forgets_rows_that_go_and_knows_nothing_of_new_ones() -> None:
    gradient = torch.arange(1.0, 5).reshape(4, 1)
    changing, fresh = Adan(gradient), Adan(gradient[:1])
    changing.move(gradient, 1.0)
    changing.keep(torch.tensor([True, False, True, False]))
    changing.add(gradient[:1])
    whole = Adan(gradient)
    whole.move(gradient, 1.0)
    moved = changing.move(torch.tensor([[1.0], [3.0], [0.0]]), 1.0)
    torch.testing.assert_close(moved[:2], whole.move(gradient, 1.0)[[0, 2]])
    assert moved[2] == fresh.move(torch.zeros(1, 1), 1.0) == 0


# Quantizers


def values(n: int = 200) -> Tensor:
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(1)) * torch.tensor([1.0, 20.0])


@pytest.mark.parametrize("gradient_scaled", [False, True])
def test_even_steps_stand_for_what_is_drawn(gradient_scaled: bool) -> None:
    drawn = values()
    quantizer = Uniform(drawn, 6, gradient_scaled=gradient_scaled)
    scale, offset = quantizer.steps()
    symbols = quantizer.symbols(drawn)
    assert (symbols.amin().item(), symbols.amax().item()) == (0, 63)
    torch.testing.assert_close(symbols * scale + offset, quantizer(drawn).detach(), rtol=1e-5, atol=1e-5)
    assert ((quantizer(drawn) - drawn).abs() <= scale / 2 + 1e-5).all()


def test_scales_learn_as_lsq_says() -> None:
    """In the range the gradient by the scale is round(x) - x, beyond it the level; by the offset 0 and 1."""
    drawn = torch.linspace(-1, 1, 9)[:, None]
    quantizer = Uniform(drawn, 2, gradient_scaled=False)
    outside = torch.tensor([[-3.0], [0.1], [3.0]])
    by_scale, by_offset = (
        torch.stack([torch.autograd.grad(out, parameter, retain_graph=True)[0] for out in quantizer(outside)])
        for parameter in quantizer.parameters()
    )
    scale, offset = quantizer.steps()
    level = (0.1 - offset) / scale
    by_scale, by_offset = by_scale / scale, by_offset / (3 * scale)  # learned in these units
    torch.testing.assert_close(
        by_scale.flatten(), torch.cat([torch.zeros(1), level.round() - level, torch.tensor([3.0])])
    )
    torch.testing.assert_close(by_offset.flatten(), torch.tensor([1.0, 0.0, 1.0]))


def test_logarithms_are_even_over_their_range() -> None:
    variances = values().exp()
    quantizer = LogUniform(10)
    scale, low = quantizer.steps(variances)
    symbols = quantizer.symbols(variances)
    assert (symbols.amin().item(), symbols.amax().item()) == (0, 1023)
    torch.testing.assert_close((symbols * scale + low).exp(), quantizer(variances), rtol=1e-4, atol=0)


def test_codebooks_are_finished_in_half_precision() -> None:
    colors = torch.randn(300, 3, generator=torch.Generator().manual_seed(2))
    codebooks = Codebooks(colors, 0)
    for _ in range(20):
        quantized, loss = codebooks(colors)
    assert loss > 0
    entries, symbols = codebooks.finish(colors)
    assert entries.dtype == torch.float16
    assert entries.shape == (2, 8, 3)
    final = entries[0].float()[symbols[:, 0]] + entries[1].float()[symbols[:, 1]]
    assert (final - colors).square().mean() < 1.1 * (quantized - colors).square().mean() < 0.3


# Growth


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
        return objective.loss(centers.float(), conics.float(), raw[:, 5:].float())

    model.draw(objective)
    (direct,) = torch.autograd.grad(loss(raw.requires_grad_()), raw)
    torch.testing.assert_close(model._gradients[0].double(), direct, rtol=1e-3, atol=1e-7)


def test_half_of_them_come_where_the_error_is() -> None:
    model, objective = model_of(DIRECT)
    counts: dict[int, int] = {}
    for iteration in range(100):
        before = len(model)
        if iteration == 10:
            worst = objective.residual.abs().sum(dim=0).flatten().topk(20).indices
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


def test_records_that_rounding_left_without_a_covariance_are_left_out() -> None:
    payload = payload_of(encoded("gaussianimage++"))
    covariances: NDArray[np.float64] = payload.model.arrays(payload.records)[1]
    xx, xy, yy = covariances.T
    assert (xx * yy > xy * xy).all()


# The baseline


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
