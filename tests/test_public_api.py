"""The names that a caller may rely on, and that importing them costs nothing."""

import ast
import doctest
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import gicodec
import gicodec.format
from gicodec import encode, read_image, write_image

PHOTO = Path(__file__).parents[1] / "examples" / "images" / "kodim23.png"
SOURCE = Path(str(gicodec.__file__))
LAZY = [gicodec, gicodec.format]


def imports_for_type_checkers(package: ModuleType) -> dict[str, str]:
    """Map name to module, as written under ``if TYPE_CHECKING``."""
    tree = ast.parse(Path(str(package.__file__)).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return {
        alias.name: str(node.module)
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("package", LAZY, ids=lambda package: package.__name__)
def test_all_is_sorted_and_agrees_with_both_tables(package: ModuleType) -> None:
    names = set(package.__all__) - {"__version__"}  # which has no home: it is of the installation
    assert sorted(package.__all__) == sorted(set(package.__all__))
    assert names == set(package._HOME_OF)
    assert imports_for_type_checkers(package) == package._HOME_OF
    assert dir(package) == sorted(package.__all__)


@pytest.mark.parametrize("package", LAZY, ids=lambda package: package.__name__)
def test_names_resolve_to_what_their_modules_hold(package: ModuleType) -> None:
    for name, home in package._HOME_OF.items():
        assert getattr(package, name) is getattr(import_module(home), name)


@pytest.mark.parametrize("name", gicodec.__all__)
def test_no_name_is_also_a_module(name: str) -> None:
    """Importing gicodec.fit would put the module where a function called fit was."""
    assert not (SOURCE.parent / name).exists()
    assert not (SOURCE.parent / f"{name}.py").exists()


@pytest.mark.parametrize("module", ["gicodec.fit", "gicodec.format"])
def test_names_of_parts_are_there(module: str) -> None:
    part = import_module(module)
    assert len(set(part.__all__)) == len(part.__all__)
    assert all(hasattr(part, name) for name in part.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'gicodec' has no attribute 'nothing'"):
        _ = gicodec.nothing


@pytest.mark.parametrize("module", ["gicodec", "gicodec.format.errors", "gicodec.cli.main"])
def test_import_is_weightless(module: str) -> None:
    program = f"import {module}, sys; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert "gicodec" in loaded
    assert not loaded & {"torch", "numpy", "PIL", "constriction", "rich"}
    assert ("click" in loaded) == (module == "gicodec.cli.main")


def test_doc_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = read_image(PHOTO)[0].samples
    write_image(tmp_path / "in.png", pixels[200:264, 80:176])
    large = encode(pixels[:200, :300], gaussians=20, effort="fast")
    (tmp_path / "out.gsi").write_bytes(large.data)
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestParser().get_examples(str(gicodec.__doc__))
    assert examples
    names: dict[str, Any] = {}
    exec("".join(example.source for example in examples), names)
    assert names["pixels"].shape == (128, 192, 3)
