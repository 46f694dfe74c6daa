"""The papers' methods at their limits: tiny pictures, short schedules, budgets, options of others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from paper_encodings import encoded, every_method
from pictures import photograph

from gicodec import TargetError, decode, encode
from gicodec.options import EncodeOptions

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@every_method
@pytest.mark.parametrize("shape", [(1, 1), (1, 23), (7, 5)])
def test_tiny_and_flat_pictures_are_encoded(shape: tuple[int, int], method: str) -> None:
    for level in (0, 255):
        pixels = np.full((*shape, 3), level, np.uint8)
        for n in {1, shape[0] * shape[1]}:
            result = encode(pixels, method=method, gaussians=n, iterations=30, bits_back=True)
            assert result.n_gaussians <= n
            assert decode(result.data).shape == pixels.shape


@every_method
@pytest.mark.parametrize("iterations", [1, 2, 9])
def test_the_shortest_schedules_are_run(iterations: int, method: str) -> None:
    assert encoded(method, iterations=iterations, densify=True).n_gaussians > 0


@every_method
@pytest.mark.parametrize("bits_back", [False, True])
@pytest.mark.parametrize("target", [{"bpp": 3.0}, {"target_size": 900}, {"bpp": 9.0}])
def test_a_budget_is_never_exceeded(target: dict[str, Any], bits_back: bool, method: str) -> None:
    data = encode(photograph(), method=method, iterations=20, bits_back=bits_back, **target).data
    budget = target.get("target_size", target.get("bpp", 0) * 64 * 48 / 8)
    assert 0.6 * budget < len(data) <= budget  # tables save more where hardly anything was fitted


@every_method
def test_what_cannot_be_met_is_refused(method: str) -> None:
    with pytest.raises(TargetError, match="too small"):
        encode(photograph(), method=method, target_size=60)
    with pytest.raises(TargetError, match="too many"):
        encode(photograph(), method=method, gaussians=64 * 48 + 1)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"method": "gaussian"}, "method must be one of"),
        ({"method": "gaussianimage", "psnr": 30}, "^psnr does not apply"),
        ({"method": "gaussianimage++", "quality": 30}, "^quality does not apply"),
        ({"method": "gaussianimage", "waves": True}, "^waves does not apply"),
        ({"method": "gaussianimage", "bits": (12, 10, 6)}, "^bits does not apply to"),
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
