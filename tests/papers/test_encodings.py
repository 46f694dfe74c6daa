"""The papers' methods: whole encodings, whose files decode to what was fitted."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from paper_encodings import QUICK, encoded, every_method, gray_photograph, payload_of
from pictures import photograph

from gicodec import Progress, decode, encode, info, psnr

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@every_method
@pytest.mark.parametrize("gray", [False, True])
def test_the_file_decodes_to_what_was_fitted(gray: bool, method: str) -> None:
    reports: list[Progress] = []
    pixels = gray_photograph() if gray else photograph()
    result = encode(pixels, method=method, gaussians=150, iterations=QUICK, progress=reports.append)
    decoded = decode(result.data)
    assert decoded.shape == pixels.shape
    assert result.psnr == psnr(pixels, decoded)
    assert result.psnr > reports[-1].psnr - 1  # the last report was some iterations before the end
    assert info(result).header.channels == (1 if gray else 3)
    stages = [stage for stage, _ in groupby(report.stage for report in reports)]
    assert stages == ["fit", "quantize"]


@every_method
def test_a_photograph_is_fitted(method: str) -> None:
    assert encoded(method).psnr > encoded(method, iterations=20).psnr
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


def test_bits_can_be_chosen() -> None:
    fine, coarse = (encoded("gaussianimage++", bits=bits) for bits in ((12, 10, 8), (9, 7, 4)))
    assert [depth for _, depth in payload_of(coarse).model.fields()] == [9, 9, 7, 7, 7, 4, 4, 4]
    assert len(coarse.data) < len(fine.data)


@every_method
def test_growth_and_filters_go_with_every_method(method: str) -> None:
    with_both, with_none = (encoded(method, densify=both, filters=both) for both in (True, False))
    assert with_both.n_gaussians > 75
    assert with_none.n_gaussians > 75
    assert with_both.data != with_none.data


def test_records_that_rounding_left_without_a_covariance_are_left_out() -> None:
    payload = payload_of(encoded("gaussianimage++"))
    covariances: NDArray[np.float64] = payload.model.arrays(payload.records)[1]
    xx, xy, yy = covariances.T
    assert (xx * yy > xy * xy).all()
