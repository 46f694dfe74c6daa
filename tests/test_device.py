"""Devices: which is taken, what is said of one that is not there, and a fit that is the same on each."""

from __future__ import annotations

import warnings
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import torch
from engines import DEVICE, ReferenceEngine, triton_engine
from pictures import photograph

from gicodec import DeviceError, decode, device, encode
from gicodec.codec import Encoded
from gicodec.diagnostics import diagnostics, missing
from gicodec.fit import Objective, as_target
from gicodec.fit.backend import Engine, NativeEngine
from gicodec.fit.loop import run
from gicodec.fit.model import GsiModel
from gicodec.fit.parameters import has_wave
from gicodec.format import GsiFile, Kernel, Method
from gicodec.image.samples import to_samples
from gicodec.papers.method import PublishedModel
from gicodec.papers.pipeline import RECIPES
from gicodec.quantize import dequantize
from gicodec.render import View, on_device, render

needs_triton = pytest.mark.skipif(not find_spec("triton"), reason="no Triton here")
no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")


@cache
def encoded(**options: Any) -> Encoded:
    settings = {"bpp": 0.6, "effort": "fast", "device": "cpu", "waves": True, **options}
    return encode(photograph(), **settings)


@no_gpu
def test_without_a_gpu_auto_is_the_cpu() -> None:
    assert device.find_device("auto") == device.find_device("cpu") == "cpu"


@no_gpu
@pytest.mark.parametrize("name", ["cuda", "cuda:1"])
def test_a_gpu_that_is_not_there_is_a_sentence(name: str) -> None:
    with pytest.raises(DeviceError, match=rf"^{name}: .*CUDA"):
        encoded(device=name)
    with pytest.raises(DeviceError, match=rf"^{name}: .*CUDA"):
        encoded(device=name, method="gaussianimage", bpp=None, gaussians=9, effort="medium", waves=None)
    with pytest.raises(DeviceError, match=rf"^{name}: .*CUDA"):
        decode(encoded().data, device=name)


def test_what_a_gpu_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "has_driver", lambda: True)
    assert device.cuda_problem() == (None if torch.version.cuda else "PyTorch was built without CUDA")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(device, "find_spec", lambda name: None)
    assert "Triton is not installed" in str(device.cuda_problem())
    assert device.find_device("auto") == "cpu"
    monkeypatch.setattr(device, "find_spec", lambda name: object())
    assert device.cuda_problem() is None
    assert device.find_device("auto") == device.find_device("cuda") == "cuda:0"
    with pytest.raises(DeviceError, match="the last one is cuda:0"):
        device.find_device("cuda:1")

    def old_driver() -> bool:
        warnings.warn("the driver is too old\nand more", UserWarning, stacklevel=1)
        return False

    monkeypatch.setattr(torch.cuda, "is_available", old_driver)
    with pytest.raises(DeviceError, match=r"^cuda: the driver is too old$"):
        device.find_device("cuda")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to ..."), "not enough GPU memory"),
        (torch.AcceleratorError("CUDA error: unspecified\nlaunch failure"), r"CUDA error: unspecified$"),
    ],
)
def test_a_gpu_that_fails_is_a_line(error: Exception, text: str) -> None:
    with pytest.raises(DeviceError, match=text), device.one_line_errors():
        raise error


@no_gpu
def test_doctor_tells_what_there_is() -> None:
    found = diagnostics()
    assert found["torch"] == torch.__version__
    assert "C++" in found["CPU engine"]
    assert str(device.cuda_problem()) in missing()[0]


# A fit, on the other engine


def triton() -> Engine:
    """Return Triton's engine, on the CPU where there is no GPU."""
    from gicodec.fit.triton_engine import TritonEngine

    return TritonEngine(DEVICE)


@needs_triton
def test_an_objective_is_the_same_on_both_engines() -> None:
    pixels = photograph()[:40, :56]
    model = GsiModel(Objective(as_target(pixels)), 60, 10, None, 0, waves=True)
    parameters = model.parameters
    parameters[::3, 5:9] = np.random.default_rng(0).random((len(parameters[::3]), 4)) * 0.5
    assert has_wave(parameters).any()
    native = Objective(as_target(pixels), engine=ReferenceEngine(1))
    with triton_engine():
        other = Objective(as_target(pixels), engine=triton())
        gradient = other.residual_and_gradient(parameters)
    truth = native.residual_and_gradient(parameters)
    np.testing.assert_allclose(other.engine.array(other.residual), native.residual, atol=1e-5)
    assert abs(gradient - truth).max() < 1e-4 * abs(truth).max()


@needs_triton
@pytest.mark.parametrize("method", ["gsi", "gaussianimage++"])
def test_a_fit_begins_the_same_on_both_engines(method: str) -> None:
    """In its first steps; later chaos takes the roundings apart."""
    pixels = photograph()[:24, :32]

    def errors(objective: Objective) -> float:
        if method == "gsi":
            model = GsiModel(objective, 20, 20, None, 0, waves=False)
            run(model, objective, 6, "fit", None)
        else:
            recipe = RECIPES[Method.GAUSSIANIMAGE_PLUS]
            other = PublishedModel(objective, 20, recipe, 50, 0)
            run(other, objective, other.warm_up(), "fit", None)
            other.begin_quantizing((12, 10, 6))
            run(other, objective, 4, "quantize", None)
        return objective.error()

    kernel = Kernel.COMPACT if method == "gsi" else Kernel.CUT
    native = errors(Objective(as_target(pixels), kernel, engine=NativeEngine(1)))
    with triton_engine():
        other = errors(Objective(as_target(pixels), kernel, engine=triton()))
    assert other == pytest.approx(native, rel=1e-3)


@needs_triton
def test_a_picture_decoded_in_bands_is_the_same_but_for_a_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_device, "find_device", lambda name: DEVICE)
    monkeypatch.setattr(on_device, "BAND", 96 * 30)
    file = GsiFile.from_bytes(encoded().data)
    gaussians = dequantize(file.payload)
    for view in (View(96, 64), View(60, 40, 0.6, 0.6, 1, 2)):
        truth = render(gaussians, view, file.header.kernel)
        with triton_engine():
            image = render(gaussians, view, file.header.kernel, device="cuda")
        difference = to_samples(image, 8).astype(int) - to_samples(truth, 8)
        assert abs(difference).max() <= 1
        assert (difference == 0).mean() >= 0.999


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_gpu_encodes_as_well_as_the_cpu() -> None:
    abroad, here = encoded(device="cuda"), encoded()
    assert abroad.data == encoded.__wrapped__(device="cuda").data  # encoded again
    assert abroad.psnr == pytest.approx(here.psnr, abs=0.3)
    pixels = decode(here.data).astype(int) - decode(here.data, device="cuda")
    assert abs(pixels).max() <= 1
