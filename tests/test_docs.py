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
from gicodec.cli.main import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "format/SPEC.md"]
EXIT_CODES = re.compile(r"\b(\d+) ")
BASH = shutil.which("bash")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


SHELL = [block for block in blocks("sh") if "gsi " in block]
COMMANDS = sorted(cli.commands.items())


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with photo.png, small, and photo.gsi, as the README's lines expect."""
    folder = tmp_path_factory.mktemp("readme")
    pixels = gicodec.read_image(ROOT / "examples" / "images" / "kodim23.png")[0][200:264, 80:176]
    gicodec.write_image(folder / "photo.png", pixels)
    options = gicodec.EncodeOptions(bpp=2, effort="fast")
    (folder / "photo.gsi").write_bytes(gicodec.encode(pixels, options).data)
    return folder


@pytest.fixture
def here(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a copy of the shelf."""
    shutil.copytree(shelf, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_readme_python_lines_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = blocks("python")
    lines = [line for line in block.splitlines() if line]
    assert len(lines) == 6
    exec(block, {})
    assert re.fullmatch(r"\d+ bytes, \d+\.\d+ dB\n", capsys.readouterr().out)
    assert gicodec.read_image(here / "twice.png")[0].shape == (128, 192, 3)


@pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="needs bash")
@pytest.mark.parametrize("block", SHELL, ids=range(len(SHELL)))
def test_readme_shell_lines_run(block: str, here: Path) -> None:
    """Run a block, with this interpreter's gsi first on the path, as a user would."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path}
    command = [str(BASH), "-e", "-o", "pipefail", "-c", block]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=here, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


def test_readme_has_three_first_lines_and_six_of_python() -> None:
    assert [line.split()[1] for line in SHELL[0].splitlines()] == ["encode", "info", "decode"]


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    assert command.help
    row = next(line for line in README.splitlines() if re.match(rf"\| `gsi {name}[ `]", line))
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            for option in parameter.opts:
                assert re.search(rf"`{option}\b", row), option


def test_readme_names_every_exit_code_of_the_help() -> None:
    table = README.partition("Exit codes:")[2].partition("##")[0]
    in_help = EXIT_CODES.findall(str(cli.help).partition("Exit codes:")[2])
    assert len(in_help) > 7
    assert {code for code in in_help if f"| {code} |" not in table} == set()


def test_versions_agree() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    match = re.search(r'^version = "(.+)"$', pyproject, re.MULTILINE)
    assert match is not None
    done = subprocess.run(
        [sys.executable, "-m", "gicodec", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"gsi {match[1]}\n"
    assert version("gicodec") == match[1]
    assert match[1] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_documents_use_american_spelling() -> None:
    british = re.compile(r"\b\w*(?:colour|centre|quantis|optimis|initialis|normalis)\w*", re.IGNORECASE)
    for document in DOCUMENTS:
        assert british.findall((ROOT / document).read_text(encoding="utf-8")) == []
