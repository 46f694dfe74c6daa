"""The element <gsi-image>: events, alternative text, and keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from web_files import files

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def url(shelf: tuple[Path, str]) -> str:
    """Return the address of a picture."""
    folder, address = shelf
    (folder / "photo.gsi").write_bytes(files()["photograph"])
    return f"{address}/photo.gsi"


def test_it_loads_and_says_what_it_shows(harness: Page, url: str) -> None:
    harness.evaluate("(src) => gsi.show({ src, alt: 'a coast' })", url)  # resolves at the event load
    element = harness.locator("gsi-image")
    assert element.evaluate("(e) => [e.complete, e.naturalWidth, e.naturalHeight]") == [True, 40, 32]
    assert element.evaluate("(e) => [e.alt, e.role, e.ariaLabel]") == ["a coast", "img", "a coast"]
    box = element.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (40, 32)


@pytest.mark.parametrize("address", ["/nothing.gsi", "/web/README.md"])
def test_what_it_cannot_show_is_an_event_and_the_alternative_text(
    harness: Page, url: str, address: str
) -> None:
    failed = harness.evaluate(
        "(src) => gsi.show({ src, alt: 'a coast' }).then(() => '', (error) => error.message)", address
    )
    assert failed
    element = harness.locator("gsi-image")
    assert element.evaluate("(e) => [e.complete, e.alt]") == [False, "a coast"]
    assert element.evaluate("(e) => e.shadowRoot.querySelector('div').textContent") == "a coast"


def test_keys_zoom_and_show_gaussians(harness: Page, url: str) -> None:
    harness.evaluate("(src) => gsi.show({ src, width: 320 })", url)
    element = harness.locator("gsi-image")
    whole = element.evaluate("(e) => e.scale")
    assert whole == pytest.approx(8)
    element.focus()
    harness.keyboard.press("+")
    assert element.evaluate("(e) => e.scale") > whole
    harness.keyboard.press("ArrowRight")
    harness.keyboard.press("0")
    assert element.evaluate("(e) => e.scale") == whole
    harness.keyboard.press("g")
    assert element.get_attribute("gaussians") is not None
