"""Every example runs, here on a small part of its photograph, and stays short."""

import runpy
import sys
from pathlib import Path

import pytest

from gicodec import read_image, write_image

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("examples") / "small.png"
    pixels = read_image(EXAMPLES / "images" / "kodim23.png")[0].samples
    write_image(path, pixels[200:264, 80:176])
    return path


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_runs(
    script: Path,
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(script), str(small)])
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    assert printed
    assert "warning" not in printed
    for line in printed.splitlines():  # "file: what it is", where it wrote one
        name = line.partition(":")[0]
        if name.startswith("build/"):
            assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_is_short_and_says_how_to_run_it(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    assert source.count("\n") < 40
    assert f"python examples/{script.name}" in source.splitlines()[0]
