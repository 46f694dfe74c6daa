"""What is written is read back, whatever it is, and costs little more than its entropy."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gicodec.format import GsiFile, Header, LimitError, Payload, Section, describe
from gicodec.format.constants import MAX_LEVELS, MAX_SIDE, ColorSpace, Kernel, Method
from gicodec.format.model_choice import choose_model
from gicodec.format.models import Constant, Counts, Uniform
from gicodec.format.payload import StepCodes


def random_plane(rng: np.random.Generator, n: int) -> NDArray[np.int32]:
    """Draw a plane of one of many shapes: constant, flat, peaked, sparse, huge, extreme."""
    scale = 2.0 ** rng.integers(0, 18)
    shapes = (
        np.full(n, rng.integers(-(2**31), 2**31)),
        rng.integers(-int(scale), int(scale) + 1, n),
        rng.laplace(0, scale / 16, n).clip(-(2**20), 2**20),
        rng.choice([-5, 100, 30000], n),
        rng.integers(0, MAX_LEVELS, n),
        rng.integers(2**31 - 3, 2**31, n),
        rng.integers(-(2**31), -(2**31) + 3, n),
    )
    return shapes[rng.integers(len(shapes))].astype(np.int32)


def file_of(planes: NDArray[np.int32], header: Header, steps: StepCodes = (0,) * 5) -> GsiFile:
    x, y, size, elongation, angle, *colors = planes
    return GsiFile(header, Payload(steps, x, y, size, elongation, angle, np.stack(colors)))


def random_file(seed: int, n: int, channels: int = 3) -> GsiFile:
    rng = np.random.default_rng(seed)
    planes = np.stack([random_plane(rng, n) for _ in range(5 + channels)])
    a, b, c, d, e = rng.integers(0, 256, 5).tolist()
    return file_of(planes, Header(640, 480, channels=channels), (a, b, c, d, e))


def assert_round_trip(file: GsiFile) -> None:
    again = GsiFile.from_bytes(file.to_bytes())
    assert again.header == file.header
    assert again.payload.steps == file.payload.steps
    assert again.ancillary == file.ancillary
    for mine, theirs in zip(file.payload.planes(), again.payload.planes(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
        assert theirs.dtype == np.int32
    assert again.to_bytes() == file.to_bytes()


@pytest.mark.parametrize("seed", range(60))
def test_any_payload_survives(seed: int) -> None:
    n = int(np.random.default_rng(seed).choice([0, 1, 2, 3, 10, 300, 2000]))
    assert_round_trip(random_file(seed, n, channels=1 + seed % 4))


def test_fifty_thousand_gaussians_survive() -> None:
    assert_round_trip(random_file(7, 50_000))


def test_constant_planes_cost_nothing() -> None:
    planes = np.full((8, 50_000), -3, dtype=np.int32)
    file = file_of(planes, Header(768, 512))
    assert_round_trip(file)
    assert len(file.to_bytes()) < 64


@pytest.mark.parametrize("side", [1, 127, 128, MAX_SIDE])
def test_any_header_survives(side: int) -> None:
    for channels in (1, 2, 3, 4):
        for kernel in Kernel:
            header = Header(side, 4096, channels, 8, ColorSpace.SRGB, kernel, Method.GSI)
            assert Header.from_bytes(header.to_bytes()) == header


def test_ancillary_sections_are_kept_in_order() -> None:
    file = random_file(1, 10)
    extra = (Section(0x05, b"first"), Section(0x7F, b""), Section(0x05, b"again"))
    assert_round_trip(GsiFile(file.header, file.payload, extra))


@pytest.mark.parametrize("scale", [0.3, 2, 10, 100, 1000])
def test_noisy_histograms_cost_little_more_than_their_distribution(scale: float) -> None:
    rng = np.random.default_rng(3)
    n = 5000
    symbols = np.rint(rng.laplace(0, scale, n)).astype(np.int32)
    k = np.arange(1, 20 * scale + 3)
    p_side = np.exp(-(k - 0.5) / scale) * (1 - np.exp(-1 / scale)) / 2  # of k and of -k
    p = np.concatenate([p_side, p_side, [1 - np.exp(-0.5 / scale)]])
    entropy_bytes = -n * (p * np.log2(p)).sum() / 8
    file = file_of(np.stack([symbols] * 8), Header(768, 512))
    assert len(file.to_bytes()) < 8 * (1.02 * entropy_bytes + 40)  # 40: a table


def test_the_cheapest_model_is_chosen() -> None:
    rng = np.random.default_rng(0)
    assert isinstance(choose_model(np.full(9, 4, dtype=np.int32)), Constant)
    assert isinstance(choose_model(rng.integers(0, 768, 5000, dtype=np.int32)), Uniform)
    assert isinstance(choose_model(rng.normal(0, 9, 5000).astype(np.int32)), Counts)


def test_writer_refuses_what_the_reader_would() -> None:
    file = random_file(2, 65)
    with pytest.raises(LimitError, match="65 Gaussians"):
        GsiFile(Header(8, 8), file.payload).to_bytes()
    with pytest.raises(ValueError, match="channels"):
        GsiFile(Header(640, 480, channels=1), file.payload).to_bytes()
    with pytest.raises(ValueError, match="critical"):
        GsiFile(file.header, file.payload, (Section(0x85, b""),)).to_bytes()
    with pytest.raises(ValueError, match="levels"):
        choose_model(np.array([0, MAX_LEVELS], dtype=np.int32))
    with pytest.raises(LimitError, match="pixels"):
        Header(MAX_SIDE + 1, 1)
    with pytest.raises(LimitError, match="pixels"):
        Header(MAX_SIDE, MAX_SIDE)
    with pytest.raises(ValueError, match="0x5"):
        Header(0, 5)


def test_payload_refuses_planes_that_do_not_fit() -> None:
    plane = np.zeros(3, dtype=np.int32)
    colors = np.zeros((3, 3), dtype=np.int32)
    with pytest.raises(ValueError, match="shape"):
        Payload((0,) * 5, plane, plane[:2], plane, plane, plane, colors)
    with pytest.raises(ValueError, match="int32"):
        Payload((0,) * 5, plane.astype(np.int64), plane, plane, plane, plane, colors)
    with pytest.raises(ValueError, match="steps"):
        Payload((0, 0, 0, 0, 256), plane, plane, plane, plane, plane, colors)


def test_describe_agrees_with_the_file() -> None:
    file = random_file(11, 2000)
    data = file.to_bytes()
    info = describe(data)
    assert (info.header, info.n_gaussians, info.n_bytes) == (file.header, 2000, len(data))
    assert info.bpp == 8 * len(data) / (640 * 480)
    expected = sum(2000 * p.bits_per_symbol / 8 + p.table_bytes for p in info.planes)
    assert expected == pytest.approx(len(data), rel=0.02, abs=40)
