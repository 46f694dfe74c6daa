"""format/ stands alone: it can be read, tested and reused without the rest."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import gicodec.format

FORMAT = Path(__file__).parents[1] / "format"
ALLOWED = sys.stdlib_module_names | {"numpy", "constriction"}


def imported_modules(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("path", sorted(FORMAT.glob("*.py")), ids=lambda path: str(path.name))
def test_format_imports_nothing_of_ours_but_itself(path: Path) -> None:
    for module in imported_modules(path.read_text(encoding="utf-8")):
        is_own = module == "gicodec.format" or module.startswith("gicodec.format.")
        assert is_own or module.split(".")[0] in ALLOWED, module


def test_only_the_coder_knows_constriction() -> None:
    users = [
        path.name
        for path in FORMAT.glob("*.py")
        if "constriction" in imported_modules(path.read_text(encoding="utf-8"))
    ]
    assert users == ["coder.py"]


def test_public_names_are_sorted_and_there() -> None:
    names = gicodec.format.__all__
    assert len(set(names)) == len(names)
    assert all(hasattr(gicodec.format, name) for name in names)
