"""The papers' payloads: what is written is read back, the order costs nothing, nonsense is refused."""

from __future__ import annotations

import math
import random
import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from payloads import assert_same, random_records
from spec_decoder import decode_records_by_spec

from gicodec.format import (
    CorruptFileError,
    GsiError,
    GsiFile,
    GsiPayload,
    Header,
    LimitError,
    Method,
    RecordPayload,
    TruncatedFileError,
    bits_by_attribute,
    describe,
)
from gicodec.format.records.coder import read_records, write_records
from gicodec.format.records.multiset import BLOCK, Ordered
from gicodec.format.varint import ByteReader, write_varint
from gicodec.quantize import dequantize

METHODS = [method for method in Method if method is not Method.GSI]
KODAK = Header(768, 512)
PAPER_BITS = [16, 16, 6, 6, 6, 3, 3]

every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: str(method.label))
in_order_or_not = pytest.mark.parametrize("any_order", [False, True], ids=["in order", "any order"])


def file_of(method: Method, n: int, *, channels: int = 3, any_order: bool = False, seed: int = 0) -> GsiFile:
    header = replace(KODAK, channels=channels, method=method)
    return GsiFile(header, random_records(np.random.default_rng(seed), n, header, any_order=any_order))


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


def even_records(n: int, depths: list[int], seed: int = 0) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, 1 << depth, n) for depth in depths], axis=1)


def test_fifty_thousand_in_any_order_are_quick() -> None:
    records = even_records(50_000, PAPER_BITS)
    start = time.process_time()
    data, _, _ = write_records(records, PAPER_BITS, any_order=True)
    middle = time.process_time()
    again, any_order = read_records(ByteReader(data, "records"), 50_000, PAPER_BITS)
    end = time.process_time()
    assert any_order
    np.testing.assert_array_equal(again, np.array(sorted(map(tuple, records.tolist()))))
    assert max(middle - start, end - middle) < 2  # seconds; a third of that, but on a busy machine


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


def test_places_are_those_of_a_sorted_list() -> None:
    generator = random.Random(0)
    plain: list[tuple[int, ...]] = []
    ordered = Ordered()
    for _ in range(5 * BLOCK):
        key = (generator.randrange(40), generator.randrange(20))
        ordered.insert(key)
        plain.append(key)
        plain.sort()
        assert ordered.places(key) == range(plain.index(key), plain.index(key) + plain.count(key))
    assert list(ordered) == plain == list(Ordered(reversed(plain)))
    while plain:
        place = generator.randrange(len(plain))
        assert ordered[place] == plain[place]
        assert ordered.pop(place) == plain.pop(place)
        assert len(ordered) == len(plain)


# What is not a payload


def refuse(data: bytes) -> None:
    """Read a file, and what it stands for; it may be refused, in one of our ways only."""
    try:
        payload = GsiFile.from_bytes(data).payload
    except GsiError:
        return
    dequantize(payload)


def sealed(file: GsiFile, payload: bytes) -> bytes:
    """Frame a payload as a file does."""
    from gicodec.format.constants import SectionType
    from gicodec.format.container import Section, write_sections

    header = Section(SectionType.HEADER, file.header.to_bytes())
    return write_sections([header, Section(SectionType.GAUSSIANS, payload)])


@every_method
@in_order_or_not
def test_every_truncation_is_refused(any_order: bool, method: Method) -> None:
    file = file_of(method, 20, any_order=any_order)
    data = file.to_bytes()
    for length in range(len(data)):
        with pytest.raises(GsiError):
            GsiFile.from_bytes(data[:length])
    payload = file.payload.to_bytes(file.header)
    for length in range(len(payload)):  # what has a checksum of its own
        refuse(sealed(file, payload[:length]))


@every_method
@in_order_or_not
def test_any_changed_byte_is_read_or_refused(any_order: bool, method: Method) -> None:
    file = file_of(method, 20, any_order=any_order)
    payload = file.payload.to_bytes(file.header)
    rng = np.random.default_rng(0)
    for i in range(len(payload)):
        for value in (0, 255, int(rng.integers(256))):
            refuse(sealed(file, payload[:i] + bytes([value]) + payload[i + 1 :]))


@every_method
def test_numbers_that_are_not_finite_are_refused(method: Method) -> None:
    file = file_of(method, 3)
    payload = bytearray(file.payload.to_bytes(file.header))
    at = 1 + 3 * (method is Method.GAUSSIANIMAGE_PLUS)
    payload[at : at + 4] = np.array(np.nan, "<f4").tobytes()
    with pytest.raises(CorruptFileError, match="finite"):
        GsiFile.from_bytes(sealed(file, bytes(payload)))


def test_centers_that_are_not_finite_are_refused() -> None:
    file = file_of(Method.GAUSSIANIMAGE, 3)
    assert isinstance(file.payload, RecordPayload)
    file.payload.records[1, 0] = 0x7E00
    with pytest.raises(CorruptFileError, match="finite"):
        GsiFile.from_bytes(file.to_bytes())


@pytest.mark.parametrize("depths", [(0, 10, 6), (12, 17, 6), (12, 10, 255)])
def test_fields_of_no_width_or_too_many_bits_are_refused(depths: tuple[int, int, int]) -> None:
    file = file_of(Method.GAUSSIANIMAGE_PLUS, 3)
    payload = bytearray(file.payload.to_bytes(file.header))
    payload[1:4] = bytes(depths)
    with pytest.raises(CorruptFileError, match="bits"):
        GsiFile.from_bytes(sealed(file, bytes(payload)))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (write_varint(0) + b"\0\0\0\0\1", "first"),
        (write_varint(6) + b"\0\0\0\0\1", "first"),
        (write_varint(5) + b"\7\0\0\0\1", "tables"),
        (write_varint(5) + b"\0\0\0\x04\1", "tables"),
        (write_varint(5) + b"\1\0\0\0\0\1", "zeros"),
        (write_varint(5) + b"\0\0\0\xf0\1", "half"),
        (write_varint(5) + b"\0\0\0\0\0", "zero"),
        (write_varint(5) + b"\0\0\0\0" + bytes(99) + b"\1", "left over"),
    ],
)
def test_records_that_break_a_rule_are_refused(data: bytes, what: str) -> None:
    with pytest.raises(CorruptFileError, match=what):
        read_records(ByteReader(data, "records"), 5, PAPER_BITS)


def test_records_end_where_the_data_does() -> None:
    with pytest.raises(TruncatedFileError):
        read_records(ByteReader(write_varint(5) + b"\0\0", "records"), 5, PAPER_BITS)


def test_few_bytes_hold_no_more_than_they_may() -> None:
    with pytest.raises(LimitError):
        write_records(np.zeros((100_000, 2), np.int64), [3, 3], any_order=False)
    data = write_varint(100_000) + bytes(4) + b"\1"
    with pytest.raises(LimitError):
        read_records(ByteReader(data, "records"), 100_000, PAPER_BITS)


@every_method
def test_a_payload_of_another_method_is_not_written(method: Method) -> None:
    file = file_of(method, 3)
    for other in {Method.GSI, *METHODS} - {method}:
        with pytest.raises(ValueError, match="method"):
            GsiFile(replace(file.header, method=other), file.payload).to_bytes()
    with pytest.raises(ValueError, match="method"):
        GsiFile(file.header, GsiPayload.empty(3)).to_bytes()
