"""The bytes of the format: SPEC.md's examples, and a decoder written from SPEC.md alone."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from payloads import assert_same, gsi_payload, random_payload
from spec_decoder import decode_by_spec
from spec_decoder.cosines import draw_texture_by_spec
from spec_decoder.texture import decode_texture_by_spec

from gicodec import decode
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
from gicodec.format.gsi.head import nearest_step_code, step_of
from gicodec.format.gsi.lattice import energy_classes
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.format.records.gaussianimage_plus import GaussianImagePlus
from gicodec.quantize import dequantize
from gicodec.texture.layer import write_texture

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


def textured() -> GsiFile:
    """Two blocks, from a table of the amplitudes that are not 0."""
    rows = [row.split(":")[1].split() for row in spec_block("symbols texture").splitlines()]
    column, i, j, amplitudes = np.array(rows, np.int64)
    layer = np.zeros((1, 1, 2, 8, 8), np.float32)
    layer[0, 0, column, i, j] = amplitudes * step_of(196)
    coded = write_texture(layer, np.ones((1, 2), np.float32), 196, price=0)
    return GsiFile(Header(16, 8, 1, base=(128,)), GsiPayload.empty(1), coded.payload)


EXAMPLES = {"nothing": nothing, "five": five, "waves": waves, "texture": textured}


@pytest.mark.parametrize("name", EXAMPLES)
def test_files_are_the_bytes_of_the_spec(name: str) -> None:
    file = EXAMPLES[name]()
    blob = spec_bytes(name)
    assert file.to_bytes().hex(" ") == blob.hex(" ")
    read = GsiFile.from_bytes(blob)
    assert read.header == file.header
    assert_same(read.payload, file.payload)
    assert read.texture == file.texture


def test_the_layer_of_the_example_is_that_of_the_spec() -> None:
    payload = textured().texture
    assert payload is not None
    step, amplitudes, trace = decode_texture_by_spec(payload, 16, 8, 1)
    assert spec_block("trace texture").split() == trace
    assert f"D is {step}." in SPEC
    (drawn,) = draw_texture_by_spec(step, amplitudes, *([x + 0.5 for x in range(n)] for n in (16, 8)))
    by_spec = [[math.floor(255 * (128 / 255 + value) + 0.5) for value in row] for row in drawn]
    samples = [[int(sample) for sample in row.split()] for row in spec_block("samples texture").splitlines()]
    assert samples == by_spec
    assert samples == np.asarray(decode(spec_bytes("texture"))).tolist()


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
    header = [Header(768, 512), Header(40, 1, channels=1 + seed % 2 * 2), Header(65535, 4096)][seed % 3]
    n = min(header.max_gaussians, int(rng.choice([1, 2, 17, 40, 700])))
    assert_spec_decodes(GsiFile(header, random_payload(rng, n, header)))


@pytest.mark.parametrize("waves", [0, 0.3])
@pytest.mark.parametrize("n", [1, 300, 1000])
def test_spec_alone_is_enough_to_decode_gray(n: int, waves: float) -> None:
    rng, header = np.random.default_rng(n), Header(192, 128, channels=1, bit_depth=16)
    assert_spec_decodes(GsiFile(header, random_payload(rng, n, header, waves=waves)))


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
