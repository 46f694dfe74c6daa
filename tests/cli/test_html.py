"""``gsi html``: outputs, names, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import assert_fails, gsi


def test_a_page_is_written(coded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    done = gsi("html", coded, out)
    assert done.returncode == 0, done.stderr
    text = out.read_text(encoding="utf-8")
    assert "<title>tiny.gsi</title>" in text
    assert done.stdout.decode().strip().endswith(f"out.html: {len(text.encode())} bytes")


def test_pages_of_a_folder_and_streams(coded: Path, tmp_path: Path) -> None:
    done = gsi("html", coded, "-o", tmp_path / "pages", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    page = (tmp_path / "pages" / "tiny.html").read_bytes()
    streamed = gsi("html", "-", "-", data=coded.read_bytes())
    assert streamed.stdout.replace(b"picture.gsi", b"tiny.gsi") == page
    assert streamed.stderr.startswith(b"standard output: ")


def test_an_original_is_compared(coded: Path, png: Path, tmp_path: Path) -> None:
    done = gsi("html", "--compare", png, coded, tmp_path / "out.html")
    assert done.returncode == 0, done.stderr
    assert "JPEG" in (tmp_path / "out.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("args", [("a.gsi", "b.gsi"), ("a.gsi", "new.png")])
def test_another_name_is_refused(coded: Path, tmp_path: Path, args: tuple[str, str]) -> None:
    for name in ("a.gsi", "b.gsi"):
        (tmp_path / name).write_bytes(coded.read_bytes())
    assert_fails(2, "is not named .html", "html", *(tmp_path / name for name in args))
    assert (tmp_path / "b.gsi").read_bytes() == coded.read_bytes()


def test_files_that_are_there_are_kept_or_not_replaced(coded: Path, png: Path, tmp_path: Path) -> None:
    for name, content in (("picture.html", png), ("coded.html", coded)):
        (tmp_path / name).write_bytes(content.read_bytes())
        assert_fails(5, "remove it first", "html", coded, tmp_path / name)
        assert (tmp_path / name).read_bytes() == content.read_bytes()
    (tmp_path / "page.html").write_text("before")
    assert b"exists, skipped" in gsi("html", coded, tmp_path / "page.html", "-n").stderr
    assert (tmp_path / "page.html").read_text() == "before"
    assert gsi("html", coded, tmp_path / "page.html").returncode == 0
    assert (tmp_path / "page.html").read_text() != "before"


def test_failures_have_the_exit_codes_of_all_commands(coded: Path, png: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert_fails(4, "signature", "html", png, out)
    assert_fails(3, "nothing", "html", tmp_path / "nothing.gsi", out)
    assert_fails(2, "same file", "html", coded, coded)
    assert_fails(5, "no such", "html", coded, tmp_path / "none" / "out.html")
    assert_fails(3, "nothing", "html", "--compare", tmp_path / "nothing.png", coded, out)
    assert_fails(2, "--compare is for one file", "html", "--compare", png, coded, "-o", tmp_path)
    assert not out.exists()
