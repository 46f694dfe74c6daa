"""The types of the compiled module are those that the compiler knows."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from gicodec import _native

STUB = Path(__file__).parents[2] / "gicodec" / "_native.pyi"


def signatures(stub: Path) -> list[str]:
    """Return the functions of a stub without docstrings, which differ between versions of nanobind."""
    functions = [node for node in ast.parse(stub.read_text()).body if isinstance(node, ast.FunctionDef)]
    return [f"{function.name}({ast.unparse(function.args)})" for function in functions]


@pytest.mark.skipif(importlib.util.find_spec("nanobind") is None, reason="needs nanobind")
def test_the_stub_is_what_nanobind_writes(tmp_path: Path) -> None:
    """To mend: ``python -m nanobind.stubgen -m gicodec._native -o gicodec/_native.pyi``, then ruff format."""
    fresh = tmp_path / "_native.pyi"
    stubgen = [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", _native.__name__, "-o", str(fresh)]
    subprocess.run(stubgen, check=True, capture_output=True, timeout=60)
    assert signatures(fresh) == signatures(STUB)
