"""The demo: one of the two commands that the README promises."""

import shutil
import subprocess

import pytest
from modules import ROOT


@pytest.mark.skipif(
    shutil.which("bash") is None or not (ROOT / ".venv").exists(), reason="needs scripts/setup"
)
def test_the_demo_runs() -> None:
    done = subprocess.run(["bash", ROOT / "scripts" / "demo"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "dB against the photograph" in done.stdout
