"""format/ stands alone: it can be read, tested and reused without the rest."""

import sys
from pathlib import Path

import pytest
from modules import FORMAT, imported, imports, name_of, tree_of, within

import gicodec.format

ALLOWED = sys.stdlib_module_names | {"numpy", "constriction", "sortedcontainers"}


@pytest.mark.parametrize("path", FORMAT, ids=name_of)
def test_format_imports_nothing_of_ours_but_itself(path: Path) -> None:
    for module in imported(tree_of(path)):
        assert within(module, {"gicodec.format"}) or module.split(".")[0] in ALLOWED, module


def test_only_the_entropy_coder_knows_constriction() -> None:
    users = [name_of(path) for path in FORMAT if imports(path, {"constriction"})]
    assert users == ["format/entropy/ans.py"]


def test_public_names_are_sorted_and_there() -> None:
    names = gicodec.format.__all__
    constants = [name for name in names if name.isupper()]
    assert names == [*sorted(constants), *sorted(set(names) - set(constants))]
    assert all(hasattr(gicodec.format, name) for name in names)
