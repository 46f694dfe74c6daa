"""What ``gsi html`` writes shows the picture in a browser, from a file, with no network."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pictures import photograph
from PIL import Image
from waiting import wait_until
from web_files import files

import gicodec
from gicodec.browser.comparison import comparison_page
from gicodec.browser.page import viewer_page
from gicodec.image.picture import Picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

NEAR = 3.0  # levels, the mean over a screenshot of a smooth enlargement
BOX = "(e) => { const r = e.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }"


def open_file(page: Page, path: Path, text: str) -> list[str]:
    """Open a page from a file; return the addresses that it asks for."""
    path.write_text(text, encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return asked


def show(page: Page, tmp_path: Path, name: str = "photo.gsi") -> list[str]:
    """Show the photograph; return the addresses that the page asks for."""
    asked = open_file(page, tmp_path / "page.html", viewer_page(files()["photograph"], name))
    wait_until(page, "document.querySelector('gsi-image').complete")
    page.wait_for_timeout(500)  # milliseconds, to draw it
    return asked


def test_a_screenshot_is_the_decoded_picture(page: Page, tmp_path: Path) -> None:
    asked = show(page, tmp_path)
    with Image.open(io.BytesIO(page.screenshot())) as screenshot:
        shown = np.array(screenshot.convert("RGB")).astype(float)
    left, top, width, height = page.locator("gsi-image").evaluate(BOX)
    scale = min(width / 40, height / 32)
    size = round(40 * scale), round(32 * scale)
    x, y = round(left + (width - size[0]) / 2), round(top + (height - size[1]) / 2)
    expected = gicodec.decode(files()["photograph"], size=size).astype(float)
    difference = np.abs(shown[y : y + size[1], x : x + size[0]] - expected)
    assert difference.mean() < NEAR
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


def test_the_caption_and_a_hostile_name_are_text(page: Page, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>\"'&amp;{{file}}.gsi"
    show(page, tmp_path, name)
    assert page.title() == name
    assert page.locator("footer b").text_content() == name
    assert page.locator("gsi-image").get_attribute("alt") == name
    assert page.locator("img").count() == 0
    caption = page.locator("#caption").text_content()
    assert caption is not None
    assert caption.startswith(f"40\u00d732 \u00b7 {len(files()['photograph'])} bytes")


def test_keys_change_colors_and_hide_the_caption(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path)
    color = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(color)
    page.keyboard.press("d")
    assert page.evaluate(color) != light
    page.keyboard.press("h")
    assert not page.locator("footer").is_visible()


def test_the_file_can_be_saved(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path)
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.path().read_bytes() == files()["photograph"]
    assert download.value.suggested_filename == "photo.gsi"


def test_pictures_are_compared_under_a_slider(page: Page, tmp_path: Path) -> None:
    text = comparison_page(Picture(photograph(40, 32)), files()["photograph"], "photo.gsi")
    asked = open_file(page, tmp_path / "compare.html", text)
    wait_until(page, "document.querySelector('#right canvas').width === 40")
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    labels = page.locator("#of-left option").all_text_contents()
    assert [label.partition(",")[0] for label in labels][:3] == ["gsi", "original", "JPEG"]
    assert "dB" in labels[0]
    before = page.locator("#stage").get_attribute("aria-valuenow")
    page.keyboard.press("ArrowRight")
    assert page.locator("#stage").get_attribute("aria-valuenow") != before
    page.select_option("#of-right", index=1)
    context = "document.querySelector('#right canvas').getContext('2d')"
    pixel = f"{context}.getImageData(20, 16, 1, 1).data.slice(0, 3).join()"
    wait_until(page, f"{pixel} === '{','.join(map(str, photograph(40, 32)[16, 20]))}'")
