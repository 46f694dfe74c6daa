"""The papers' payloads: what is written is read back, and costs what its models say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from payloads import assert_same
from record_files import METHODS, PAPER_BITS, even_records, every_method, file_of, in_order_or_not
from spec_decoder import decode_records_by_spec

from gicodec.format import (
    GsiFile,
    GsiPayload,
    Method,
    RecordPayload,
    bits_by_attribute,
    describe,
)
from gicodec.format.records.coder import write_records
from gicodec.quantize import dequantize


@every_method
@in_order_or_not
@pytest.mark.parametrize(("n", "channels"), [(0, 3), (1, 1), (40, 3), (41, 1), (300, 3)])
def test_spec_alone_is_enough_to_decode_them(n: int, channels: int, any_order: bool, method: Method) -> None:
    file = file_of(method, n, channels=channels, any_order=any_order, seed=n)
    data = file.to_bytes()
    payload = GsiFile.from_bytes(data).payload
    assert isinstance(payload, RecordPayload)
    records, numbers = decode_records_by_spec(file.payload.to_bytes(file.header), file.header)
    assert records == list(map(tuple, payload.records.tolist()))
    ours = np.hstack(payload.model.arrays(payload.records)).tolist()
    assert numbers == ours  # to the last bit


def in_order(payload: RecordPayload) -> RecordPayload:
    return replace(payload, records=np.array(sorted(map(tuple, payload.records.tolist()))))


@every_method
@in_order_or_not
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 60, 5000])
def test_any_payload_survives(n: int, channels: int, any_order: bool, method: Method) -> None:
    file = file_of(method, n, channels=channels, any_order=any_order, seed=n)
    data = file.to_bytes()
    again = GsiFile.from_bytes(data)
    assert isinstance(file.payload, RecordPayload)
    assert again.header == file.header
    assert_same(again.payload, in_order(file.payload) if any_order and n > 2 else file.payload)
    assert again.to_bytes() == data
    assert describe(data).n_gaussians == n
    gaussians = dequantize(again.payload)
    assert gaussians.centers.shape == (n, 2)
    assert gaussians.colors.shape == (n, channels)


@every_method
def test_no_gaussians_survive(method: Method) -> None:
    file = file_of(method, 0)
    assert GsiFile.from_bytes(file.to_bytes()).payload.n_gaussians == 0


@every_method
@in_order_or_not
def test_a_file_costs_what_its_models_say(any_order: bool, method: Method) -> None:
    file = file_of(method, 3000, any_order=any_order)
    data = file.to_bytes()
    bits = bits_by_attribute(data)
    assert ("order" in bits) == any_order
    section = dict(describe(data).sections)["gaussians"]
    assert 8 * section == pytest.approx(sum(bits.values()), rel=0.03)  # and tables, and what all share


def test_tables_pay_for_themselves() -> None:
    """Skewed fields get one, even ones do not; nothing is longer than its fields' bits and a few bytes."""
    rng = np.random.default_rng(0)
    for n in (1, 10, 3000):
        even = even_records(n, PAPER_BITS, n)
        data, _, _ = write_records(even, PAPER_BITS, any_order=False)
        assert len(data) <= math.ceil(56 * n / 8) + 10
        upper = np.minimum(rng.geometric(0.3, (n, 7)) - 1, 7) << (np.array(PAPER_BITS) - 3)
        shorter, _, _ = write_records(upper, PAPER_BITS, any_order=False)
        assert len(shorter) <= (0.9 if n >= 1000 else 1) * len(data)


@every_method
def test_a_payload_of_another_method_is_not_written(method: Method) -> None:
    file = file_of(method, 3)
    for other in {Method.GSI, *METHODS} - {method}:
        with pytest.raises(ValueError, match="method"):
            GsiFile(replace(file.header, method=other), file.payload).to_bytes()
    with pytest.raises(ValueError, match="method"):
        GsiFile(file.header, GsiPayload.empty(3)).to_bytes()
