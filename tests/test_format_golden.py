"""The bytes of the format: SPEC.md's examples, and a decoder written from SPEC.md alone."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gicodec.format import GsiFile, Header, Payload, describe, nearest_step_code, step_of
from gicodec.format.ans import decode_planes, encode_planes
from gicodec.format.bits import ByteReader
from gicodec.format.models import Constant, Counts, Model, Uniform, read_model

SPEC = Path(__file__).parents[1] / "format" / "SPEC.md"


def spec_example(name: str) -> bytes:
    """Read the hex column of an example; remarks stand behind three blanks."""
    match = re.search(rf"```hex {name}\n(.*?)```", SPEC.read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None
    return bytes.fromhex(" ".join(re.split(" {3,}", row)[0] for row in match[1].splitlines()))


def int32(*values: int) -> NDArray[np.int32]:
    return np.array(values, dtype=np.int32)


def nothing() -> GsiFile:
    empty = int32()
    colors = np.stack([empty] * 3)
    return GsiFile(Header(1, 1), Payload((0,) * 5, empty, empty, empty, empty, empty, colors))


def three() -> GsiFile:
    payload = Payload(
        steps=(120, 104, 104, 104, 80),
        x=int32(8, 100, 300),
        y=int32(40, 16, 25),
        size=int32(2, 3, 2),
        elongation=int32(0, 0, 0),
        angle=int32(5, 5, 7),
        colors=np.stack([int32(9, -4, 2), int32(0, 1, 0), int32(-1, -1, -1)]),
    )
    return GsiFile(Header(768, 512), payload)


def assert_same(a: GsiFile, b: GsiFile) -> None:
    assert (a.header, a.payload.steps, a.ancillary) == (b.header, b.payload.steps, b.ancillary)
    for mine, theirs in zip(a.payload.planes(), b.payload.planes(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize(("name", "file"), [("nothing", nothing()), ("three", three())])
def test_files_are_the_bytes_of_the_spec(name: str, file: GsiFile) -> None:
    blob = spec_example(name)
    assert file.to_bytes() == blob
    assert_same(GsiFile.from_bytes(blob), file)


def test_counts_are_the_bytes_of_the_spec() -> None:
    blob = spec_example("counts")
    model = Counts(low=-2, shift=1, counts=(1, 0, 0, 5))
    assert model.to_bytes() == blob
    assert read_model(ByteReader(blob, "model")) == model


def bounds_by_spec(model: Model) -> list[int]:
    if isinstance(model, Counts):
        weights = [count for count in model.counts for _ in range(1 << model.shift)]
        scale = (2**24 - model.levels) / sum(weights)
        lower = [int(sum(weights[:i]) * scale) + i for i in range(model.levels)]
    else:
        lower = [i * (2**24 // model.levels) for i in range(model.levels)]
    return [*lower, 2**24]


def decode_by_spec(data: bytes, models: list[Model], n_symbols: int) -> list[list[int]]:
    """Spec section 6, in plain Python."""
    data += bytes(-len(data) % 4)
    words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]
    state = words.pop() if words else 0
    state = state << 32 | words.pop() if words else state
    planes = []
    for model in models:
        c = bounds_by_spec(model)
        symbols = []
        for _ in range(0 if isinstance(model, Constant) else n_symbols):
            slot = state % 2**24
            i = max(i for i in range(model.levels) if c[i] <= slot)
            state = (c[i + 1] - c[i]) * (state >> 24) + slot - c[i]
            if state < 2**32 and words:
                state = state << 32 | words.pop()
            symbols.append(model.low + i)
        planes.append(symbols or [model.low] * n_symbols)
    assert state == 0
    assert not words
    return planes


def test_spec_alone_is_enough_to_decode() -> None:
    rng = np.random.default_rng(5)
    models: list[Model] = [
        Counts(-2, 1, (1, 0, 0, 5)),
        Constant(7),
        Uniform(-50, 77),
        Counts(1000, 0, (3, *rng.integers(0, 256, 40).tolist(), 1)),
    ]
    planes = [rng.integers(model.low, model.low + model.levels, 200, dtype=np.int32) for model in models]
    data = encode_planes(planes, models)
    assert decode_by_spec(data, models, 200) == [plane.tolist() for plane in planes]
    for plane, decoded in zip(planes, decode_planes(data, models, 200), strict=True):
        np.testing.assert_array_equal(plane, decoded)


def test_fixed_part_of_a_kodak_file_is_under_32_bytes() -> None:
    rng = np.random.default_rng(0)
    planes = rng.integers(-8, 8, (8, 3912), dtype=np.int32)
    x, y, size, elongation, angle = planes[:5]
    payload = Payload((1, 2, 3, 4, 5), x, y, size, elongation, angle, planes[5:])
    data = GsiFile(Header(768, 512), payload).to_bytes()
    payload_bytes = dict(describe(data).sections)["gaussians"]
    count_and_steps = 2 + 5
    assert len(data) - payload_bytes + count_and_steps < 32


def test_steps_are_dyadic_and_found_again() -> None:
    for code in range(256):
        step = step_of(code)
        assert step == (8 + code % 8) / 8 * 2.0 ** (code // 8 - 16)
        assert nearest_step_code(step) == code
    assert nearest_step_code(0.0) == 0
    assert nearest_step_code(float("inf")) == 255
    with pytest.raises(ValueError, match="not a number"):
        nearest_step_code(float("nan"))
    with pytest.raises(ValueError, match="256"):
        step_of(256)
