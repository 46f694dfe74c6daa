"""What is written is read back, whatever it is, and costs what its models say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from counted_symbols import CountedSymbols
from payloads import HEADERS, KODAK, assert_same, gsi_payload, random_payload

from gicodec.format import GsiFile, GsiPayload, Header, LimitError, Section, bits_by_attribute, describe
from gicodec.format.arrays import IntArray
from gicodec.format.constants import FREE_GAUSSIANS, MAX_SIDE, SectionType
from gicodec.format.entropy.ans import SymbolReader, SymbolWriter
from gicodec.format.gsi.cells import MARGIN, code_cells
from gicodec.format.gsi.lattice import N_CLASSES
from gicodec.format.gsi.payload import GsiPayload as ItsPayload
from gicodec.format.gsi.quantized import QuantizedGaussians


def assert_round_trip(file: GsiFile) -> bytes:
    data = file.to_bytes()
    again = GsiFile.from_bytes(data)
    assert again.header == file.header
    assert again.ancillary == file.ancillary
    assert (again.texture, again.alpha, again.metadata) == (file.texture, file.alpha, file.metadata)
    assert_same(again.payload, file.payload)
    assert again.to_bytes() == data
    return data


def random_file(seed: int, n: int, header: Header = KODAK) -> GsiFile:
    rng = np.random.default_rng(seed)
    return GsiFile(header, random_payload(rng, min(n, header.max_gaussians), header))


def alike(n: int, header: Header = KODAK) -> GsiPayload:
    """The cheapest there is: one Gaussian, n times in one pixel."""
    none = np.zeros(n, np.int64)
    points = np.stack([none, none], axis=1)
    cells, _ = code_cells(None, n, header.width, header.height, points)
    colors, pairs = np.zeros((n, 3), np.int64), np.zeros((n, 2), np.int64)
    gaussians = QuantizedGaussians(none, colors, none + 2, none, none, none, none, pairs, none, pairs)
    return GsiPayload(0, cells, gaussians)


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: f"{header.width}x{header.height}")
@pytest.mark.parametrize("n", [0, 1, 2, 3, 17, 64, 300])
def test_any_payload_survives(header: Header, n: int) -> None:
    for channels in (1, 3):
        assert_round_trip(random_file(n + channels, n, replace(header, channels=channels)))


@pytest.mark.parametrize("seed", range(40))
def test_any_seed_survives(seed: int) -> None:
    n = int(np.random.default_rng(seed).choice([1, 2, 3, 10, 300, 1000]))
    assert_round_trip(random_file(seed, n, HEADERS[seed % len(HEADERS)]))


@pytest.mark.parametrize("k", range(N_CLASSES))
def test_every_class_survives(k: int) -> None:
    rng = np.random.default_rng(k)
    assert_round_trip(GsiFile(KODAK, random_payload(rng, 60, KODAK, classes=np.full(60, k))))


def test_one_sharp_gaussian_in_a_huge_picture_survives() -> None:
    for seed in range(50):
        header = Header(*((MAX_SIDE, 4096) if seed % 2 else (4096, MAX_SIDE)))
        rng = np.random.default_rng(seed)
        assert_round_trip(GsiFile(header, random_payload(rng, 1, header, classes=np.array([31]))))


@pytest.mark.parametrize("x", [-MARGIN, 0, 767, 767 + MARGIN])
def test_five_thousand_in_one_pixel_survive(x: int) -> None:
    points = np.tile(np.array([[x, 511 + MARGIN]]), (5000, 1))
    payload = random_payload(np.random.default_rng(x + 9), 5000, KODAK, points)
    assert (payload.cells == [x, 511 + MARGIN, 1, 1]).all()
    assert_round_trip(GsiFile(KODAK, payload))


def test_fifty_thousand_gaussians_survive() -> None:
    assert_round_trip(random_file(7, 50_000))


def test_gaussians_that_are_alike_cost_nothing() -> None:
    data = assert_round_trip(GsiFile(KODAK, alike(FREE_GAUSSIANS)))
    assert len(data) < 200
    with pytest.raises(LimitError, match="Gaussians"):
        GsiFile(KODAK, alike(10_000)).to_bytes()


def test_cells_partition_what_they_hold() -> None:
    rng = np.random.default_rng(3)
    points = rng.integers(-MARGIN, [768 + MARGIN, 512 + MARGIN], (400, 2))
    cells, order = code_cells(None, 400, 768, 512, points)
    assert sorted(order.tolist()) == list(range(400))
    ordered = points[order]
    assert (ordered >= cells[:, :2]).all()
    assert (ordered < cells[:, :2] + cells[:, 2:]).all()
    for x, y, width, height in np.unique(cells, axis=0):
        inside = ((points >= [x, y]) & (points < [x + width, y + height])).all(axis=1).sum()
        assert inside == 1 or (width, height) == (1, 1)


def test_ancillary_sections_are_kept_in_order() -> None:
    file = random_file(1, 10)
    extra = (Section(0x05, b"first"), Section(0x7F, b""), Section(0x05, b"again"))
    assert_round_trip(GsiFile(file.header, file.payload, ancillary=extra))


# What it costs


def natural(n: int, seed: int = 0) -> GsiFile:
    """Draw classes, sizes and so on as a fit would."""
    rng = np.random.default_rng(seed)
    payload = random_payload(rng, n, KODAK, classes=rng.binomial(12, 0.4, n))
    return GsiFile(KODAK, payload)


@pytest.mark.parametrize("n", [500, 1500, 5000])
def test_a_file_is_as_large_as_its_models_say(n: int) -> None:
    for seed in range(3):
        data = natural(n, seed).to_bytes()
        bits = bits_by_attribute(data)
        section = dict(describe(data).sections)["gaussians"]
        assert 8 * section == pytest.approx(sum(bits.values()), rel=0.01)
        assert all(value > 0 for value in bits.values())


def test_counts_follow_what_they_code() -> None:
    rng = np.random.default_rng(0)
    payload = random_payload(rng, 5000, KODAK, classes=np.full(5000, 3))
    assert bits_by_attribute(GsiFile(KODAK, payload).to_bytes())["class"] < 300  # 8 contexts that learn it
    halves = rng.integers(0, 2, 5000) * 7
    payload = random_payload(rng, 5000, KODAK, classes=halves)
    assert bits_by_attribute(GsiFile(KODAK, payload).to_bytes())["class"] < 5000 + 300


def test_symbols_are_decoded_by_hundreds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that 5000 Gaussians take 15 ms: a call costs some 20 us, whatever it decodes."""
    data = natural(5000).to_bytes()
    counted = CountedSymbols(monkeypatch)
    GsiFile.from_bytes(data)
    assert counted.n_symbols > 10 * 5000
    assert counted.n_calls < counted.n_symbols / 100


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 2**20 - 1, 2**20, 2**20 + 1, 2**31 + 5, 2**40])
def test_uniform_symbols_of_any_size(size: int) -> None:
    symbols: IntArray = np.array([0, 1, size // 2, size // 3, size - 1]) % size
    sizes = np.full(5, size)
    writer = SymbolWriter()
    writer.uniform("it", sizes, symbols)
    data = writer.to_bytes()
    reader = SymbolReader(data)
    np.testing.assert_array_equal(reader.uniform("it", sizes, None), symbols)
    reader.close()
    assert 8 * len(data) <= writer.bits["it"] * 1.01 + 40
    most = np.log2(size) + 2.0**-11  # all but the last symbols, whose high part has few low parts
    assert writer.bits["it"] <= 5 * most + (size > 2**20 and size < 2**21) * 5


# What a writer refuses


def test_writer_refuses_what_the_reader_would() -> None:
    file = random_file(2, 65)
    with pytest.raises(LimitError, match="65 Gaussians"):
        GsiFile(Header(8, 8), file.payload).to_bytes()
    with pytest.raises(ValueError, match="channels"):
        GsiFile(Header(640, 480, channels=1), file.payload).to_bytes()
    for known_or_critical in (0x85, SectionType.TEXTURE, SectionType.ALPHA, SectionType.EXIF):
        with pytest.raises(ValueError, match="critical"):
            GsiFile(file.header, file.payload, ancillary=(Section(known_or_critical, b""),)).to_bytes()
    with pytest.raises(LimitError, match="pixels"):
        Header(MAX_SIDE + 1, 1)
    with pytest.raises(LimitError, match="pixels"):
        Header(MAX_SIDE, MAX_SIDE)
    with pytest.raises(ValueError, match="0x5"):
        Header(0, 5)
    with pytest.raises(ValueError, match="bits"):
        Header(1, 1, channels=5)
    for base in ((), (1, 2), (1, 2, 3, 4), (0, 0, 256), (-1, 0, 0)):
        with pytest.raises(ValueError, match="no color"):
            Header(1, 1, base=base)


def test_waves_cost_a_bit_where_there_are_none() -> None:
    for n in (1, 50, 2000):
        payload = random_payload(np.random.default_rng(n), n, KODAK, waves=0)
        bits = bits_by_attribute(GsiFile(KODAK, payload).to_bytes())
        assert bits["wave"] == 1
        assert not {"amplitude", "frequency"} & bits.keys()


def test_writer_insists_on_one_sign_of_a_wave() -> None:
    payload = random_payload(np.random.default_rng(0), 65, KODAK, waves=1)
    frequencies = payload.gaussians.frequencies
    across = frequencies[:, 1:]
    for which in (across > 0, across == 0):
        turned = replace(payload.gaussians, frequencies=np.where(which, -1, 1) * frequencies)
        with pytest.raises(AssertionError, match="sign"):
            ItsPayload.to_bytes(replace(payload, gaussians=turned), KODAK)


def test_writer_refuses_frequencies_of_no_wave() -> None:
    payload = random_payload(np.random.default_rng(0), 65, KODAK, waves=0.5)
    more = replace(payload.gaussians, frequencies=abs(payload.gaussians.frequencies + 1))
    with pytest.raises(AssertionError, match="no wave"):
        ItsPayload.to_bytes(replace(payload, gaussians=more), KODAK)


def test_writer_insists_on_the_order_of_the_cells() -> None:
    payload = gsi_payload(random_file(2, 65))
    with pytest.raises(AssertionError, match="order"):
        ItsPayload.to_bytes(replace(payload, cells=payload.cells[::-1]), KODAK)


def test_describe_agrees_with_the_file() -> None:
    file = random_file(11, 2000)
    data = file.to_bytes()
    info = describe(data)
    assert (info.header, info.n_gaussians, info.n_bytes) == (file.header, 2000, len(data))
    assert info.bpp == 8 * len(data) / (768 * 512)
    assert (info.version, info.experimental) == (4, True)
    step = gsi_payload(file).step
    assert info.step == (32 + step % 32) * 2.0 ** (step // 32 - 15)
    noted = GsiFile(KODAK, GsiPayload.empty(3), ancillary=(Section(0x41, b"note"),)).to_bytes()
    assert describe(noted).step == 0
    assert describe(noted).sections == (("header", 5), ("gaussians", 1), ("0x41", 4))
