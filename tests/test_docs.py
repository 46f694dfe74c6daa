"""What the documents say is so: lines run, options are named, links lead somewhere."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

import gicodec
from gicodec import errors
from gicodec.cli.failures import INTERRUPTED, TERMINATED
from gicodec.cli.main import cli

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "format/SPEC.md",
    "benchmarks/results/README.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
]
SERVING = re.compile(r"^gsi (?:view|app)\b.*\n", re.MULTILINE)  # until Ctrl-C: tests/cli/test_serving.py
EXIT_CODES = re.compile(r"\b(\d+) ")
BASH = shutil.which("bash")


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", read(document), re.DOTALL)


def shell_blocks(document: str) -> list[str]:
    """Return the blocks to run: marked "sh", and with gsi in them."""
    return [block for block in blocks(document, "sh") if re.search(r"\bgsi ", block)]


SHELL = [
    pytest.param(SERVING.sub("", block), id=f"{document}-{i}")
    for document in DOCUMENTS
    if document == "README.md" or document.startswith("docs/")
    for i, block in enumerate(shell_blocks(document))
]
COMMANDS = sorted(cli.commands.items())


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with photo.png, small, and photo.gsi, as the documents' lines expect."""
    folder = tmp_path_factory.mktemp("documents")
    pixels = gicodec.read_image(ROOT / "examples" / "images" / "kodim23.png")[0].samples[200:264, 80:176]
    gicodec.write_image(folder / "photo.png", pixels)
    (folder / "photo.gsi").write_bytes(gicodec.encode(pixels, bpp=2, effort="fast").data)
    return folder


@pytest.fixture
def here(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a copy of the shelf."""
    shutil.copytree(shelf, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_five_python_lines_of_the_readme_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = blocks("README.md", "python")
    assert len([line for line in block.splitlines() if line.strip()]) == 5
    exec(block, {})
    assert re.fullmatch(r"\d+ bytes, \d+\.\d+ dB\n", capsys.readouterr().out)
    assert gicodec.read_image(here / "twice.png")[0].samples.shape == (128, 192, 3)


@pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="needs bash")
@pytest.mark.parametrize("block", SHELL)
def test_shell_lines_run(block: str, here: Path) -> None:
    """Run a block, with this interpreter's gsi first on the path, as a user would."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path}
    command = [str(BASH), "-e", "-o", "pipefail", "-c", block]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=here, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


def test_readme_begins_with_one_line_for_each_command() -> None:
    block, *_ = shell_blocks("README.md")
    lines = [line.split()[:2] for line in block.splitlines()]
    assert [program for program, _ in lines] == ["gsi"] * len(COMMANDS)
    assert sorted(name for _, name in lines) == [name for name, _ in COMMANDS]


def test_readme_names_the_scripts_of_a_fresh_clone() -> None:
    for script in ("scripts/demo", "scripts/test"):
        assert script in read("README.md")
        assert (ROOT / script).exists()


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    assert command.help
    text = read("docs/commands.md")
    assert re.search(rf"^\| `gsi {name}[ `]", text, re.MULTILINE)
    section = text.partition(f"\n## `gsi {name}`\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `-")]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            for option in [*parameter.opts, *parameter.secondary_opts]:
                assert any(re.search(rf"`{option}[ `]", row) for row in rows), option


def test_every_documented_option_exists() -> None:
    for name, command in COMMANDS:
        section = read("docs/commands.md").partition(f"\n## `gsi {name}`\n")[2].partition("\n## ")[0]
        rows = re.findall(r"^\| (`-.*?) \|", section.replace(r"\|", ""), re.MULTILINE)
        known = {opt for parameter in command.params for opt in [*parameter.opts, *parameter.secondary_opts]}
        assert set(re.findall(r"`(--?[\w-]+)", " ".join(rows))) == {opt for opt in known if opt[0] == "-"}


def test_every_exit_code_is_documented() -> None:
    documented = re.findall(r"^\| (\d+) \|", read("docs/exit-codes.md"), re.MULTILINE)
    classes = (vars(errors)[name] for name in errors.__all__ if name.endswith("Error"))
    codes = {0, *(kind.exit_code for kind in classes), INTERRUPTED, TERMINATED}
    assert sorted(codes) == [int(code) for code in documented]
    in_help = EXIT_CODES.findall(str(cli.help).partition("Exit codes:")[2])
    assert len(in_help) > 7
    assert set(in_help) <= set(documented)


def test_versions_agree() -> None:
    pyproject = read("pyproject.toml")
    match = re.search(r'^version = "(.+)"$', pyproject, re.MULTILINE)
    assert match is not None
    done = subprocess.run(
        [sys.executable, "-m", "gicodec", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"gsi {match[1]}\n"
    assert version("gicodec") == match[1]
    assert match[1] in read("CHANGELOG.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[\w-]*)?\)", read(document))
    folder = (ROOT / document).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_documents_use_american_spelling() -> None:
    british = re.compile(r"\b\w*(?:colour|centre|quantis|optimis|initialis|normalis)\w*", re.IGNORECASE)
    for document in DOCUMENTS:
        assert british.findall(read(document)) == []


def test_research_pages_are_listed_and_begin_with_a_summary() -> None:
    index = read("docs/research/README.md")
    for path in (ROOT / "docs" / "research").glob("[!R]*.md"):
        assert f"]({path.name})" in index
        title, _, rest = path.read_text(encoding="utf-8").partition("\n\n")
        assert title.startswith("# ")
        assert rest.startswith("## Summary\n"), path.name
