"""Imports go down the house, never up or around; heavy ones stay where they are needed."""

import ast
from pathlib import Path

import pytest
from modules import (
    BELOW_CLI,
    CLI,
    FORMAT,
    LIBRARY,
    ROOT,
    WEB,
    imported,
    imports,
    module_of,
    name_of,
    tree_of,
    within,
)

FLOORS = [
    {"gicodec.format", "gicodec._native", "gicodec.web"},
    {"gicodec.errors"},
    {
        "gicodec.files",
        "gicodec.gaussians",
        "gicodec.device",
        "gicodec.processor",
        "gicodec.methods",
        "gicodec.option_types",
    },
    {"gicodec.quantize", "gicodec.symbols"},
    {"gicodec.texture"},
    {"gicodec.image", "gicodec.options", "gicodec.render"},
    {"gicodec.presets"},
    {"gicodec.metrics", "gicodec.fit"},
    {"gicodec.source", "gicodec.opacity", "gicodec.drawing"},
    {"gicodec.chunked"},
    {"gicodec.encoder", "gicodec.papers"},
    {"gicodec.codec", "gicodec.diagnostics"},
    {"gicodec.compare", "gicodec.pillow", "gicodec.batch"},
    {"gicodec.api", "gicodec.browser"},
    {"gicodec.cluster"},
    {"gicodec.cli"},
]
"""From the ground up: a module imports from its own folder, or from below."""

TORCH = {"torch", "vector_quantize_pytorch", "pytorch_msssim", "gsplat"}
WITH_TORCH = {"gicodec.papers", "gicodec.diagnostics", "gicodec.fit.triton_engine"}
WITH_TORCH |= {"gicodec.render.cuda", "gicodec.render.on_device"}
LATE_TORCH = {
    "gicodec.device",
    "gicodec.compare",
}  # where there is a driver, and for SSIM
WITH_PILLOW = {"gicodec.image", "gicodec.api", "gicodec.pillow"}
EXITS = {"sys.exit", "os._exit", "exit", "quit", "SystemExit"}
LONGEST = 250  # lines
MODULES = {module_of(path): path for path in [*LIBRARY, *FORMAT, *CLI, WEB]}


def floor_of(name: str) -> tuple[int, str]:
    """Return the floor of a module, and the room on it."""
    return next((i, room) for i, floor in enumerate(FLOORS) for room in floor if within(name, {room}))


@pytest.mark.parametrize("path", [*LIBRARY, *FORMAT, *CLI], ids=name_of)
def test_no_import_runs_up_the_house(path: Path) -> None:
    name = module_of(path)
    if name in ("gicodec", "gicodec.__main__"):  # the door: it only names what is inside
        return
    floor, room = floor_of(name)
    for other in imported(tree_of(path)):
        if within(other, {"gicodec"}):
            below, other_room = floor_of(other)
            assert below < floor or other_room == room, f"{name} imports {other}"


def test_no_imports_run_in_a_circle() -> None:
    """Follow what modules import when they are loaded."""
    early = {
        name: {
            next((m for m in (other, other.rpartition(".")[0]) if m in MODULES), name)
            for other in imported(tree_of(path).body)
            if within(other, {"gicodec"})
        }
        - {name}
        for name, path in MODULES.items()
    }
    while leaves := [name for name, others in early.items() if not others]:
        early = {name: others - set(leaves) for name, others in early.items() if name not in leaves}
    assert not early


@pytest.mark.parametrize("path", BELOW_CLI, ids=name_of)
def test_nothing_below_cli_knows_of_it(path: Path) -> None:
    assert not imports(path, {"gicodec.cli", "click", "rich"})


@pytest.mark.parametrize("path", [*BELOW_CLI, *CLI], ids=name_of)
def test_torch_stays_where_pictures_are_fitted_or_gpus_used(path: Path) -> None:
    assert within(module_of(path), WITH_TORCH | LATE_TORCH) or not imports(path, TORCH)


@pytest.mark.parametrize("path", [*BELOW_CLI, *CLI], ids=name_of)
def test_what_imports_torch_is_imported_late(path: Path) -> None:
    """So that neither decoding nor encoding on the CPU imports it, which takes seconds."""
    early = [name for name in imported(tree_of(path).body) if within(name, WITH_TORCH | TORCH)]
    assert within(module_of(path), WITH_TORCH) or not early


@pytest.mark.parametrize("path", [*LIBRARY, *FORMAT, *CLI], ids=name_of)
def test_pillow_stays_where_its_files_and_images_are_read_and_written(path: Path) -> None:
    assert within(module_of(path), WITH_PILLOW) or not imports(path, {"PIL"})


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


def test_no_file_is_long() -> None:
    folders = "gicodec", "format", "cli", "tests", "benchmarks", "examples"
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.[pch]*")]
    code = [path for path in files if path.suffix in (".py", ".cpp", ".hpp")]  # nanobind writes the stub
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in code}
    assert len(lengths) > 100
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}
