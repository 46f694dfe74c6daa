"""The bytes of the format: SPEC.md's examples, and a decoder written from SPEC.md alone."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from payloads import assert_same, gsi_payload, random_payload
from spec_decoder import cos_sin_by_spec, decode_by_spec, exp_by_spec

from gicodec.format import (
    GsiFile,
    GsiPayload,
    Header,
    Kernel,
    Method,
    RecordPayload,
    bits_by_attribute,
    describe,
)
from gicodec.format.exact import cos_sin, exp
from gicodec.format.gsi.lattice import Shapes, energy_classes, nearest_step_code, step_of
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.format.records.gaussianimage_plus import GaussianImagePlus
from gicodec.quantize import dequantize

SPEC = (Path(__file__).parents[2] / "format" / "SPEC.md").read_text(encoding="utf-8")
NAMES = [field.name for field in fields(QuantizedGaussians) if field.name != "wave_classes"]


def spec_block(name: str) -> str:
    match = re.search(rf"```{name}\n(.*?)```", SPEC, re.DOTALL)
    assert match is not None
    return match[1]


def spec_bytes(name: str) -> bytes:
    """Read the hex column of an example; remarks stand behind three blanks."""
    rows = spec_block(f"hex {name}").splitlines()
    return bytes.fromhex(" ".join(re.split(" {3,}", row)[0] for row in rows))


def spec_payload(name: str) -> GsiPayload:
    """Read a table of symbols: name, then one column for every Gaussian."""
    table = {}
    for row in spec_block(f"symbols {name}").splitlines():
        attribute, values = row.split(":")
        table[attribute.strip()] = np.array([int(value) for value in values.split()], np.int64)
    cells = np.stack([table[key] for key in ("x", "y", "width", "height")], axis=1)
    colors = np.stack([table[f"color {c}"] for c in range(3)], axis=1)
    rest = (table[key] for key in ("size", "elongation", "angle", "column", "row"))
    none = np.zeros_like(table["class"])
    amplitudes = np.stack([table.get(key, none) for key in ("amplitude 0", "amplitude 1")])
    frequencies = np.stack([table.get(key, none) for key in ("along", "across")])
    planes = [*rest, amplitudes.T, energy_classes(amplitudes), frequencies.T]
    gaussians = QuantizedGaussians(table["class"], colors, *planes)
    return GsiPayload(int(table["step code"][0]), cells, gaussians)


# The examples


def nothing() -> GsiFile:
    return GsiFile(Header(1, 1), GsiPayload.empty(3))


def five() -> GsiFile:
    return GsiFile(Header(768, 512), spec_payload("five"))


def waves() -> GsiFile:
    return GsiFile(Header(192, 128), spec_payload("waves"))


EXAMPLES = {"nothing": nothing, "five": five, "waves": waves}


@pytest.mark.parametrize("name", EXAMPLES)
def test_files_are_the_bytes_of_the_spec(name: str) -> None:
    file = EXAMPLES[name]()
    blob = spec_bytes(name)
    assert file.to_bytes().hex(" ") == blob.hex(" ")
    read = GsiFile.from_bytes(blob)
    assert read.header == file.header
    assert_same(read.payload, file.payload)


def test_a_file_of_a_paper_is_the_bytes_of_the_spec() -> None:
    header = Header(64, 48, 1, kernel=Kernel.CUT, method=Method.GAUSSIANIMAGE_PLUS)
    scales = np.array([1 / 4, 3 / 16, 1 / 8, 1 / 2, 1 / 8, 1 / 16], np.float32)
    model = GaussianImagePlus((8, 6, 4), scales, np.array([0, 0, -1, -16, -1, 0], np.float32))
    rows = [row.split(":")[1].split() for row in spec_block("symbols papers").splitlines()]
    records = np.array(rows, np.int64).T
    blob = spec_bytes("papers")
    for order in (slice(None), slice(None, None, -1)):
        file = GsiFile(header, RecordPayload(model, records[order], any_order=True))
        assert file.to_bytes().hex(" ") == blob.hex(" ")
    read = GsiFile.from_bytes(blob)
    assert read.header == header
    assert_same(read.payload, RecordPayload(model, records, any_order=True))


def assert_spec_decodes(file: GsiFile) -> list[str]:
    """Decode the spec's way, compare everything, and return what was decoded under which size."""
    decoded, trace = decode_by_spec(file.payload.to_bytes(file.header), file.header)
    payload = gsi_payload(file)
    np.testing.assert_array_equal(decoded["cells"], payload.cells)
    for name in NAMES:
        ours = getattr(payload.gaussians, name)
        np.testing.assert_array_equal(decoded[name], ours.T, err_msg=name)
    if file.header.channels == 3:
        gaussians = dequantize(file.payload)
        for name, ours in (
            ("centers", gaussians.centers),
            ("turns", gaussians.angles),
            ("rgb", gaussians.colors),
            ("waves", np.zeros((len(gaussians.centers), 4)) if gaussians.waves is None else gaussians.waves),
        ):
            np.testing.assert_array_equal(decoded[name], ours, err_msg=name)  # to the last bit
    return trace


@pytest.mark.parametrize("name", ["five", "waves"])
def test_spec_alone_is_enough_to_decode_its_examples(name: str) -> None:
    trace = assert_spec_decodes(EXAMPLES[name]())
    rows = spec_block(f"trace {name}").splitlines()
    assert ", ".join(row.split(":")[1].strip() for row in rows) == ", ".join(trace)


@pytest.mark.parametrize("seed", range(12))
def test_spec_alone_is_enough_to_decode_anything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    header = [Header(768, 512), Header(40, 1, channels=1 + seed % 4), Header(65535, 4096)][seed % 3]
    n = min(header.max_gaussians, int(rng.choice([1, 2, 17, 40, 700])))
    assert_spec_decodes(GsiFile(header, random_payload(rng, n, header)))


@pytest.mark.parametrize("name", ["five", "waves"])
def test_the_numbers_of_the_examples_are_those_of_the_spec(name: str) -> None:
    gaussians = dequantize(EXAMPLES[name]().payload)
    columns = {
        "x": gaussians.centers[:, 0],
        "y": gaussians.centers[:, 1],
        "m": gaussians.log_sizes,
        "r": gaussians.log_elongations,
        "theta": gaussians.angles,
        "red": gaussians.colors[:, 0],
        "green": gaussians.colors[:, 1],
        "blue": gaussians.colors[:, 2],
    }
    if gaussians.waves is not None:
        columns |= dict(zip(("A", "B", "kx", "ky"), gaussians.waves.T, strict=True))
    for row in spec_block(f"values {name}").splitlines():
        name, values = row.split(":")
        np.testing.assert_allclose([float(v) for v in values.split()], columns.pop(name.strip()), atol=6e-5)
    assert not columns


# Arithmetic: these bit patterns are part of the format


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, "0x1.0000000000000p+0"),
        (1.0, "0x1.5bf0a8b14576ap+1"),
        (-1.0, "0x1.78b56362cef38p-2"),
        (0.1, "0x1.1aec7b35a00d4p+0"),
        (0.34657359027997264, "0x1.6a09e667f3bccp+0"),
        (7.2, "0x1.4edb91a4d293ap+10"),
        (14.0, "0x1.259ac48bf05d7p+20"),
        (-4.2, "0x1.eb600403a9684p-7"),
    ],
)
def test_exp_has_these_bits(x: float, expected: str) -> None:
    assert exp(np.array([x]))[0].hex() == expected
    assert exp_by_spec(x).hex() == expected


@pytest.mark.parametrize(
    ("x", "cos", "sin"),
    [
        (0.0, "0x1.0000000000000p+0", "0x0.0p+0"),
        (0.5, "0x1.c1528065b7d50p-1", "0x1.eaee8744b05f0p-2"),
        (2.0, "-0x1.aa22657537205p-2", "0x1.d18f6ead1b446p-1"),
        (4.0, "-0x1.4eaa606db24c0p-1", "-0x1.837b9dddc1eb0p-1"),
        (6.0, "0x1.eb9b7097822f6p-1", "-0x1.1e1f18ab0a2bcp-2"),
    ],
)
def test_cos_and_sin_have_these_bits(x: float, cos: str, sin: str) -> None:
    ours = cos_sin(np.array([x]))
    assert (ours[0][0].hex(), ours[1][0].hex()) == (cos, sin)
    assert tuple(v.hex() for v in cos_sin_by_spec(x)) == (cos, sin)


def test_exp_is_right_to_the_last_bit_but_one() -> None:
    x = np.concatenate([np.linspace(-15, 15, 20_001), np.linspace(-690, 690, 999)])
    exact = np.array([math.exp(value) for value in x])
    assert (abs(exp(x) - exact) <= np.spacing(exact)).all()


def test_cos_and_sin_are_right_to_the_last_bit() -> None:
    x = np.linspace(0, 2 * np.pi, 20_001)[:-1]
    cos, sin = cos_sin(x)
    assert abs(cos - [math.cos(value) for value in x]).max() < 4e-16  # 2 in the last place of 1 ...
    assert abs(sin - [math.sin(value) for value in x]).max() < 4e-16  # ... n pi / 2 is rounded once


def test_steps_have_these_bits() -> None:
    symbols = [np.array([v]) for v in (9, 20, 7, 31)]
    shapes = Shapes.of(*symbols)
    assert shapes.row_steps[0].hex() == "0x1.0ab7f043ee6b0p-3"
    assert shapes.column_steps[0].hex() == "0x1.801e25b473cadp-4"


# Sizes


def test_fixed_part_of_a_kodak_file_is_under_32_bytes() -> None:
    header = Header(768, 512)
    data = GsiFile(header, random_payload(np.random.default_rng(0), 3912, header)).to_bytes()
    words = dict(describe(data).sections)["gaussians"] - 2 - 2  # N and the step
    assert len(data) - words < 32


def test_step_codes_name_dyadic_numbers() -> None:
    for code in range(384):
        assert step_of(code) == (32 + code % 32) / 32 * 2.0 ** (code // 32 - 10)
        assert nearest_step_code(step_of(code)) == code
        assert nearest_step_code(step_of(code) * 1.005) == code
    assert nearest_step_code(0.0) == 0
    assert nearest_step_code(math.inf) == 383
    for bad in (-1, 384):
        with pytest.raises(ValueError, match="0 to 383"):
            step_of(bad)


def test_the_examples_say_what_they_cost() -> None:
    bits = bits_by_attribute(five().to_bytes())
    colors = ["color0", "color1", "color2"]
    assert list(bits) == ["cells", "class", "size", "elongation", "wave", *colors, "angle", "center"]
    assert bits["wave"] == 1
    bits = bits_by_attribute(waves().to_bytes())
    assert list(bits)[4:8] == ["wave", "amplitude", "frequency", "color0"]
    assert bits_by_attribute(nothing().to_bytes()) == {}
