"""``gsi view`` in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commands import posix
from served import serving
from waiting import wait_until
from web_files import files

if TYPE_CHECKING:
    from playwright.sync_api import Page

COMPLETE = "document.querySelector('gsi-image').complete"


@posix
def test_files_are_shown_one_a_page(page: Page, tmp_path: Path) -> None:
    for name in ("photograph", "gaussianimage"):
        (tmp_path / f"{name}.gsi").write_bytes(files()[name])
    with serving("view", tmp_path / "photograph.gsi", tmp_path / "gaussianimage.gsi") as url:
        page.goto(url)
        wait_until(page, COMPLETE)
        assert page.title() == "photograph.gsi"
        page.click("text=next")
        wait_until(page, COMPLETE)
        assert page.title() == "gaussianimage.gsi"
        assert page.locator("gsi-image").evaluate("(e) => e.info.method") == "gaussianimage"
        assert page.locator("text=next").count() == 0
