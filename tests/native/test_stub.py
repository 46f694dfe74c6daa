"""The types of the compiled module are those that the compiler knows."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from gicodec import _native

STUB = Path(__file__).parents[2] / "gicodec" / "_native.pyi"


@pytest.mark.skipif(importlib.util.find_spec("nanobind") is None, reason="needs nanobind")
def test_the_stub_is_what_nanobind_writes(tmp_path: Path) -> None:
    """To mend: ``python -m nanobind.stubgen -m gicodec._native -o gicodec/_native.pyi``, then ruff format."""
    fresh = tmp_path / "_native.pyi"
    stubgen = [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", _native.__name__, "-o", str(fresh)]
    subprocess.run(stubgen, check=True, capture_output=True, timeout=60)
    ruff = [sys.executable, "-m", "ruff", "format", "-q", "--line-length", "110", str(fresh)]
    subprocess.run(ruff, check=True, capture_output=True, timeout=60)
    assert fresh.read_text(encoding="utf-8") == STUB.read_text(encoding="utf-8")
