"""Imports go cli -> gicodec -> gicodec.format, never back; heavy ones stay where they are needed.

What format/ may import is in test_format_layering.py.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = sorted(
    path
    for path in (ROOT / "gicodec").rglob("*.py")
    if not {"format", "cli"} & set(path.relative_to(ROOT / "gicodec").parts[:-1])
)
FORMAT = sorted((ROOT / "format").glob("*.py"))
CLI = sorted((ROOT / "cli").glob("*.py"))
BELOW_CLI = [path for path in LIBRARY if path.name != "__main__.py"] + FORMAT

FITTING = {"torch", "vector_quantize_pytorch", "gsplat"}
DEVICE = {f"gicodec/{name}.py" for name in ("device", "doctor", "render/there")}
TARGETS = "count", "fidelity", "quality", "size", "target"
SEARCH = {f"gicodec/{name}.py" for name in ("contest", "published", "rate", *TARGETS)}
EXITS = {"sys.exit", "os._exit", "exit", "quit", "SystemExit"}


def name_of(path: object) -> str:
    return path.relative_to(ROOT).as_posix() if isinstance(path, Path) else str(path)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports anywhere, with ``from a import b`` as a.b."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(path: Path, packages: set[str]) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for name in imported(path) for package in packages)


def fits(path: Path) -> bool:
    """Tell whether a file belongs to the fitting side, or to that of GPUs."""
    return (
        name_of(path).startswith(("gicodec/fit/", "gicodec/render/cuda/")) or name_of(path) in SEARCH | DEVICE
    )


def test_every_layer_has_files() -> None:
    assert {"gicodec/codec.py", "gicodec/fit/loop.py", "gicodec/render/cpu.py"} <= set(map(name_of, LIBRARY))
    assert len(FORMAT) > 5
    assert len(CLI) > 5


@pytest.mark.parametrize("path", BELOW_CLI, ids=name_of)
def test_nothing_below_cli_knows_of_it(path: Path) -> None:
    assert not imports(path, {"gicodec.cli", "click", "rich"})


@pytest.mark.parametrize("path", [*BELOW_CLI, *CLI], ids=name_of)
def test_only_the_fitting_side_imports_torch(path: Path) -> None:
    assert fits(path) or not imports(path, FITTING)


@pytest.mark.parametrize("path", [*BELOW_CLI, *CLI], ids=name_of)
def test_the_fitting_side_is_imported_late(path: Path) -> None:
    """So that decoding does not import torch: encode() reaches it from inside the function."""
    early = [str(node.module) for node in tree_of(path).body if isinstance(node, ast.ImportFrom)]
    late = {
        "gicodec.fit",
        "gicodec.render.cuda",
        *(file[: -len(".py")].replace("/", ".") for file in SEARCH | DEVICE),
    }
    assert fits(path) or not any(f"{name}.".startswith(f"{module}.") for name in early for module in late)


def test_only_image_py_knows_pillow() -> None:
    users = [name_of(path) for path in [*LIBRARY, *FORMAT, *CLI] if imports(path, {"PIL"})]
    assert users == ["gicodec/image.py"]


@pytest.mark.parametrize("path", BELOW_CLI, ids=name_of)
def test_nothing_below_cli_prints_or_exits(path: Path) -> None:
    nodes = list(ast.walk(tree_of(path)))
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    raised = {ast.unparse(node.exc) for node in nodes if isinstance(node, ast.Raise) and node.exc}
    used = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    assert not called & {"print", *EXITS}
    assert not raised & EXITS
    assert not used & {"sys.stdout", "sys.stderr"}


@pytest.mark.parametrize("path", CLI, ids=name_of)
def test_cli_leaves_arithmetic_on_pixels_to_the_library(path: Path) -> None:
    assert not imports(path, {"numpy", "PIL", "constriction", "gicodec.render", "gicodec._native"})
