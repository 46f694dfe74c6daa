"""GSI_ISA: the instruction set of a whole process, be it of a fit or of a decoder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import ISAS, correlate, correlate_waves, cotangent, forward
from engines import backward as gradients
from pictures import photograph
from scenes import has_wave, scattered

from gicodec import OptionError, _native, encode, processor, write_image
from gicodec.diagnostics import diagnostics
from gicodec.fit import Objective, as_target
from gicodec.format import Kernel

SETS = processor.instruction_sets()
FAST = ("--bpp", "1", "--effort", "fast")


def gsi(isa: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gicodec", *map(str, arguments)]
    environment = {**os.environ, "GSI_ISA": isa}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


@ISAS
def test_it_is_that_of_every_routine(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = has_wave(scattered(30, 40, 50))
    grad, frequencies = cotangent(scene, Kernel.COMPACT), (scene.centers / 50).astype(np.float32)

    def results(isa: str) -> list[bytes]:
        given = grad, Kernel.COMPACT
        drawn = forward(scene, Kernel.COMPACT, isa=isa), *gradients(scene, *given, isa=isa)
        products = *correlate(scene, *given, isa), *correlate_waves(scene, frequencies, *given, isa)
        return [array.tobytes() for array in (*drawn, *products)]

    explicit = results(isa)
    monkeypatch.setenv("GSI_ISA", SETS[0])
    assert results(isa) == explicit  # what is asked for by name comes first
    monkeypatch.setenv("GSI_ISA", isa)
    assert processor.instruction_set() == isa
    assert diagnostics()["CPU engine"].split()[1] == isa
    assert results("") == explicit


@ISAS
def test_it_is_that_of_a_fit(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used, run = set(), _native.residual_and_gradient

    def spy(*arguments: Any) -> None:
        used.add(arguments[-1])
        run(*arguments)

    monkeypatch.setattr(_native, "residual_and_gradient", spy)
    monkeypatch.setenv("GSI_ISA", isa)
    Objective(as_target(photograph())).residual_and_gradient(np.zeros((5, 12), np.float32))
    assert used == {isa}


@pytest.mark.parametrize("isa", [None, ""])
def test_without_one_the_best_is_used(isa: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GSI_ISA", raising=False)
    if isa is not None:
        monkeypatch.setenv("GSI_ISA", isa)
    assert processor.instruction_set() == SETS[-1]


@pytest.mark.parametrize("isa", ["abacus", "neon" if "neon" not in SETS else "avx2", "AVX2"])
def test_one_that_is_not_there_is_refused(isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GSI_ISA", isa)
    with pytest.raises(OptionError, match=f"GSI_ISA={isa}: .*{', '.join(SETS)}$"):
        forward(scattered(4, 8, 8), Kernel.COMPACT)
    with pytest.raises(OptionError, match=f"GSI_ISA={isa}"):
        Objective(as_target(photograph())).residual_and_gradient(np.zeros((5, 12), np.float32))


@pytest.mark.parametrize("isa", sorted({SETS[0], SETS[-1]}))
def test_a_process_encodes_with_it(isa: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    png, out = tmp_path / "in.png", tmp_path / "out.gsi"
    write_image(png, photograph())
    done = gsi(isa, "encode", png, out, *FAST, "--device", "cpu", "--threads", "1")
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("GSI_ISA", isa)
    same = encode(photograph(), bpp=1, effort="fast", device="cpu", threads=1).data
    assert out.read_bytes() == same


def test_a_process_without_it_ends_with_a_sentence(tmp_path: Path) -> None:
    png, coded = tmp_path / "in.png", tmp_path / "in.gsi"
    write_image(png, photograph())
    coded.write_bytes(encode(photograph(), gaussians=9, effort="fast", device="cpu").data)
    encoding = "encode", png, tmp_path / "out.gsi", *FAST, "--device", "cpu"
    for command in (encoding, ("decode", coded, tmp_path / "out.png"), ("doctor",)):
        done = gsi("abacus", *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("gsi: error: ")
        assert done.stderr.endswith(f"GSI_ISA=abacus: this machine has {', '.join(SETS)}\n")
        assert done.stderr.count("\n") == 1
    assert not list(tmp_path.glob("out*"))
