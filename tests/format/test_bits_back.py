"""Bits-back: the order of records costs nothing, and they are quickly put into one."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from record_files import PAPER_BITS, even_records

from gicodec.format.records.coder import read_records, write_records
from gicodec.format.varint import ByteReader


def test_fifty_thousand_in_any_order_are_quick() -> None:
    records = even_records(50_000, PAPER_BITS)
    start = time.process_time()
    data, _, _ = write_records(records, PAPER_BITS, any_order=True)
    middle = time.process_time()
    again, any_order = read_records(ByteReader(data, "records"), 50_000, PAPER_BITS)
    end = time.process_time()
    assert any_order
    np.testing.assert_array_equal(again, np.array(sorted(map(tuple, records.tolist()))))
    # Seconds of the processor: half a second each on a fast one. Were it quadratic it would be minutes.
    assert max(middle - start, end - middle) < 10


def by_the_paper(n: int, bits: float) -> float:
    """What partial bits-back saves, bits a Gaussian: log (N - K)! - log (N - K) (appendix B)."""
    k = next(k for k in range(n) if k * bits >= math.lgamma(n - k + 1) / math.log(2))
    return (math.lgamma(n - k + 1) / math.log(2) - math.log2(n - k)) / n


@pytest.mark.parametrize("n", [1000, 5000])
def test_the_order_saves_what_the_paper_says_and_more(n: int) -> None:
    records = even_records(n, PAPER_BITS, n)
    ordered, _, none = write_records(records, PAPER_BITS, any_order=False)
    free, _, saved = write_records(records, PAPER_BITS, any_order=True)
    measured = 8 * (len(ordered) - len(free)) / n
    assert none == 0
    assert measured == pytest.approx(saved / n, abs=0.1)
    assert by_the_paper(n, 56) < measured < math.lgamma(n + 1) / math.log(2) / n


def test_records_that_are_alike_share_their_places() -> None:
    """Nobody can tell them apart, so choosing among them saves nothing and costs nothing."""
    records = np.repeat(even_records(40, PAPER_BITS), 50, axis=0)
    data, costs, saved = write_records(records, PAPER_BITS, any_order=True)
    orders = (math.lgamma(2001) - 40 * math.lgamma(51)) / math.log(2)
    assert saved == pytest.approx(orders, rel=0.02)
    assert 8 * len(data) == pytest.approx(costs.sum() - saved, rel=0.06)  # and tables
    again, _ = read_records(ByteReader(data, "records"), 2000, PAPER_BITS)
    np.testing.assert_array_equal(again, np.array(sorted(map(tuple, records.tolist()))))
