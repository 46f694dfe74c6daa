"""torch beside the engine: one thread of it while a paper's method is fitted, and as it was afterwards."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pictures import photograph

from gicodec import encode
from gicodec.options import Progress


def test_torch_is_left_as_it_was() -> None:
    n_threads, state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(n_threads + 1)
    options: dict[str, Any] = {"method": "gaussianimage", "gaussians": 10, "iterations": 20}
    try:
        encode(photograph(), **options)

        def fail(_: Progress) -> None:
            assert torch.get_num_threads() == 1
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            encode(photograph(), **options, progress=fail)
        assert torch.get_num_threads() == n_threads + 1
    finally:
        torch.set_num_threads(n_threads)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()
