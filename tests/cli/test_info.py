"""``gsi info``, ``gsi check`` and ``gsi doctor``: what they tell of files and of the machine."""

import json
from pathlib import Path

import pytest
from commands import gsi, n_waves

from gicodec.format import GsiFile, GsiPayload, Header, bits_by_attribute


def test_info(handmade: Path) -> None:
    done = gsi("info", handmade)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    for part in (str(handmade), "64x48", "10 Gaussians", "experimental", "method gsi"):
        assert part in text
    assert "angle" not in text


def test_info_says_what_each_attribute_costs(handmade: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.gsi"
    empty.write_bytes(GsiFile(Header(5, 5), GsiPayload.empty(3)).to_bytes())
    done = gsi("info", "-v", handmade, empty)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    costs = [line for line in lines if line.startswith("  bits per Gaussian: ")]
    bits = bits_by_attribute(handmade.read_bytes())
    for attribute in (
        "cells",
        "wave",
        "amplitude",
        "frequency",
        "color0",
        "color2",
        "size",
        "angle",
        "center",
    ):
        assert f" {attribute} {bits[attribute] / 10:.1f}," in costs[0]
    assert costs[0].endswith(f", total {sum(bits.values()) / 10:.1f}")
    assert costs[1:] == []
    assert f", {n_waves(handmade)} Gaussians with a wave" in done.stdout.decode()
    assert sum(line.startswith("  quantization step ") for line in lines) == 1


def test_info_as_json_lines(handmade: Path, tmp_path: Path) -> None:
    done = gsi("info", "--json", handmade, tmp_path / "missing.gsi", handmade)
    assert done.returncode == 3
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == second
    size = handmade.stat().st_size
    expected = {
        "file": str(handmade),
        "width": 64,
        "height": 48,
        "channels": 3,
        "bit_depth": 8,
        "color_space": "srgb",
        "version": 4,
        "experimental": True,
        "method": "gsi",
        "kernel": "compact",
        "n_gaussians": 10,
        "n_waves": n_waves(handmade),
        "bytes": size,
        "bpp": 8 * size / (64 * 48),
    }
    assert expected.items() <= first.items()
    assert [section["name"] for section in first["sections"]] == ["header", "gaussians"]
    bits = first["bits"]
    assert list(bits)[:2] == ["cells", "class"]
    assert sum(bits.values()) == pytest.approx(8 * first["sections"][1]["bytes"], rel=0.1)
    assert 2**-10 <= first["step"] < 4


def test_check(coded: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gsi"
    bad.write_bytes(coded.read_bytes()[:-1])
    done = gsi("check", bad, coded)
    assert done.returncode == 4
    assert done.stdout.decode() == f"{coded}: ok\n"
    assert done.stderr.decode().startswith(f"gsi: error: {bad}: ")


def test_doctor() -> None:
    done = gsi("doctor")
    assert (done.returncode, done.stderr) == (0, b"")
    for name in (b"CPU engine", b"CUDA engine", b"torch", b"threads"):
        assert name in done.stdout
