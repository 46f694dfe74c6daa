"""The modules of the project, and what they import: for the tests of the layers."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORMAT = sorted((ROOT / "format").rglob("*.py"))
CLI = sorted((ROOT / "cli").rglob("*.py"))
WEB = ROOT / "web" / "__init__.py"
LIBRARY = sorted(
    path
    for path in (ROOT / "gicodec").rglob("*.py")
    if not {"format", "cli", "web"} & set(path.relative_to(ROOT / "gicodec").parts[:1])
)
BELOW_CLI = [path for path in LIBRARY if path.name != "__main__.py"] + FORMAT + [WEB]


def name_of(path: object) -> str:
    return path.relative_to(ROOT).as_posix() if isinstance(path, Path) else str(path)


def module_of(path: Path) -> str:
    """Return the name that a file is imported by."""
    name = name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return name if name.startswith("gicodec") else f"gicodec.{name}"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(nodes: ast.AST | list[ast.stmt]) -> Iterator[str]:
    """Yield what is imported in a tree, or by some statements alone, with ``from a import b`` as a.b."""
    for node in ast.walk(nodes) if isinstance(nodes, ast.AST) else nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, packages: set[str]) -> bool:
    """Tell whether a module, or something in it, belongs to one of some packages."""
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def imports(path: Path, packages: set[str]) -> bool:
    return any(within(name, packages) for name in imported(tree_of(path)))
