"""The ALPHA section: exact, within its step, small for what is simple, and safe to read."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from spec_decoder.alpha import decode_alpha_by_spec

from gicodec.format import CorruptFileError, Header
from gicodec.format.alpha.payload import MAX_STEP, read_alpha, write_alpha
from gicodec.format.varint import write_varint

Plane = NDArray[np.uint8]
STEPS = range(1, MAX_STEP + 1)
SOME_STEPS = (1, 3, 15, 128)
SIZES = [(1, 1), (1, 2), (2, 1), (1, 40), (40, 1), (15, 16), (16, 17), (17, 16), (18, 33), (2, 70), (49, 65)]


def random(height: int, width: int, seed: int = 0) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)


def ellipse(height: int, width: int, softness: float) -> Plane:
    """Return an opaque ellipse, whose edge is so many pixels wide; 0 for a sharp one."""
    y, x = np.mgrid[:height, :width]
    radius = np.hypot((y - 0.45 * height) / height, (x - 0.55 * width) / width) * min(height, width)
    inside = 0.35 * min(height, width) - radius
    edge = np.clip(inside / softness + 0.5, 0, 1) if softness else inside > 0
    return np.asarray(edge * 255, np.uint8)


def stripes(height: int, width: int) -> Plane:
    y, x = np.mgrid[:height, :width]
    return np.asarray((x // 3 + y // 5) % 2 * 255, np.uint8)


PLANES = {
    "flat": np.full((20, 37), 77, np.uint8),
    "random": random(20, 37),
    "soft": ellipse(40, 50, 9),
    "sharp": ellipse(40, 50, 0),
    "edge of a pixel": ellipse(40, 50, 1),
    "stripes": stripes(20, 37),
    "noise of two values": random(20, 37) // 128 * np.uint8(255),
    "ramp": np.tile(np.arange(0, 250, 5, dtype=np.uint8), (18, 1)),
}
BINARY = ("sharp", "stripes", "noise of two values")


def header_of(plane: Plane) -> Header:
    return Header(plane.shape[1], plane.shape[0])


def round_trip(plane: Plane, step: int) -> tuple[bytes, Plane]:
    """Write and read a plane; the writer must know what the reader will see."""
    data, promised = write_alpha(plane, step)
    seen = read_alpha(data, header_of(plane))
    np.testing.assert_array_equal(seen, promised)
    assert (seen.shape, str(seen.dtype)) == (plane.shape, "uint8")
    return data, seen


def error(plane: Plane, seen: Plane) -> int:
    return int(np.abs(plane.astype(int) - seen).max())


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("step", SOME_STEPS)
def test_planes_of_any_size_come_back(size: tuple[int, int], step: int) -> None:
    plane = random(*size)
    _, seen = round_trip(plane, step)
    assert error(plane, seen) <= 0.75 * step


def test_every_step_bounds_the_error() -> None:
    plane = random(5, 7)
    for step in STEPS:
        seen = read_alpha(write_alpha(plane, step)[0], header_of(plane))
        assert error(plane, seen) <= (0 if step == 1 else 0.75 * step)


@pytest.mark.parametrize("name", PLANES)
def test_steps_bound_the_error_of_every_kind_of_plane(name: str) -> None:
    for step in SOME_STEPS:
        _, seen = round_trip(PLANES[name], step)
        assert error(PLANES[name], seen) <= (0 if step == 1 else 0.75 * step)


@pytest.mark.parametrize("name", BINARY)
def test_opaque_and_transparent_stay_so_in_masks_of_the_two(name: str) -> None:
    for step in (*SOME_STEPS, 30, 90, 127):
        _, seen = round_trip(PLANES[name], step)
        assert error(PLANES[name], seen) == 0, step


@pytest.mark.parametrize("size", [(1, 1), (17, 16), (512, 768)], ids=str)
def test_a_flat_plane_takes_next_to_nothing(size: tuple[int, int]) -> None:
    """A flat plane is one value, whichever, and that no more is to come."""
    sizes = {}
    for value in (0, 25, 128, 255):
        for step in (1, 32):
            plane = np.full(size, value, np.uint8)
            data, seen = round_trip(plane, step)
            assert error(plane, seen) <= (0 if step == 1 else 0.75 * step)
            sizes[value, step] = len(data)
    assert {key: n for key, n in sizes.items() if n > 6} == {}


def test_coarser_steps_take_fewer_bytes() -> None:
    sizes = [len(write_alpha(PLANES["soft"], step)[0]) for step in (1, 4, 16, 64)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0] / 4


def test_planes_may_lie_in_memory_as_they_like() -> None:
    plane = random(20, 30)
    expected, _ = write_alpha(plane, 4)
    flipped = np.asfortranarray(plane)
    assert write_alpha(flipped, 4)[0] == expected
    wide = np.repeat(plane, 2, axis=1)
    assert write_alpha(wide[:, ::2], 4)[0] == expected


GOLDEN = {
    1: "01b3cb0c189c88af3321721968bb57453cd5774bcd581678cf0edf1e58bbb24064d2307c2a4a46546337f40f23cc1afa5d53"
    "bd6e60a92100e801",
    16: "106e8248b226a851d345a6932ab7ff07315952c80b293a0adf61a94eb5d429c28fce86214683f86ca1bc9e0015bb03",
}


def golden_plane() -> Plane:
    return np.array([[0, 10, 255], [128, 64, 255], [255, 255, 200]], np.uint8)


@pytest.mark.parametrize("step", GOLDEN)
def test_the_bytes_of_a_small_plane_stay(step: int) -> None:
    data, seen = round_trip(golden_plane(), step)
    assert data.hex() == GOLDEN[step]
    assert error(golden_plane(), seen) <= (0 if step == 1 else 0.75 * step)


@pytest.mark.parametrize("name", PLANES)
@pytest.mark.parametrize("step", [1, 5, 128])
def test_a_reader_of_the_specification_sees_the_same(name: str, step: int) -> None:
    plane = PLANES[name]
    data, seen = write_alpha(plane, step)
    assert decode_alpha_by_spec(data, plane.shape[1], plane.shape[0]) == seen.tolist()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_reader_of_the_specification_agrees_on_every_size(size: tuple[int, int]) -> None:
    for step in (1, 16):
        data, seen = write_alpha(random(*size, seed=1), step)
        assert decode_alpha_by_spec(data, size[1], size[0]) == seen.tolist()


@pytest.mark.parametrize("step", [0, 129, 2**32 - 1])
def test_a_step_that_no_writer_has_is_refused(step: int) -> None:
    with pytest.raises(CorruptFileError, match="step"):
        read_alpha(write_varint(step) + write_alpha(PLANES["soft"], 1)[0][1:], Header(50, 40))


def try_to_read(data: bytes, header: Header) -> Plane | None:
    """Read what may be anything: a plane, or a corrupt file, and nothing else."""
    try:
        plane = read_alpha(data, header)
    except CorruptFileError:
        return None
    assert plane.shape == (header.height, header.width)
    return plane


def test_truncated_bytes_are_corrupt() -> None:
    data, _ = write_alpha(PLANES["sharp"], 8)
    header = header_of(PLANES["sharp"])
    for n_bytes in (0, *range(2, len(data))):  # no words at all are a transparent plane
        assert try_to_read(data[:n_bytes], header) is None


def test_bytes_after_the_end_are_corrupt() -> None:
    data, _ = write_alpha(PLANES["soft"], 8)
    for more in (b"\0", b"\1", bytes(4), b"\1\2\3\4\5\6\7\x08"):
        assert try_to_read(data + more, header_of(PLANES["soft"])) is None


def test_changed_bytes_are_a_plane_or_corrupt() -> None:
    data, _ = write_alpha(PLANES["sharp"], 8)
    for at in range(len(data)):
        for change in (1, 255):
            changed = data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]
            try_to_read(changed, header_of(PLANES["sharp"]))


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (20, 33), (48, 64)], ids=str)
def test_random_bytes_are_a_plane_or_corrupt(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    for n_bytes in [*range(10), 40, 400]:
        for _ in range(2):
            try_to_read(rng.bytes(n_bytes), Header(size[1], size[0]))
            try_to_read(bytes([int(rng.integers(1, 128))]) + rng.bytes(n_bytes), Header(size[1], size[0]))


def test_words_of_another_size_are_corrupt() -> None:
    data, _ = write_alpha(random(20, 33), 1)
    for header in (Header(33, 21 + 16), Header(33 + 16, 20), Header(1, 1)):
        assert try_to_read(data, header) is None
