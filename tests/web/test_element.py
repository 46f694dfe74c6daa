"""The element <gsi-image>: events, alternative text, and keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pictures import photograph
from waiting import wait_until

from gicodec import encode

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_it_loads_and_says_what_it_shows(harness: Page, url: str) -> None:
    harness.evaluate("(src) => gsi.show({ src, alt: 'a coast' })", url)  # resolves at the event load
    element = harness.locator("gsi-image")
    assert element.evaluate("(e) => [e.complete, e.naturalWidth, e.naturalHeight]") == [True, 40, 32]
    assert element.evaluate("(e) => e.alt") == "a coast"
    tree = harness.context.new_cdp_session(harness).send("Accessibility.getFullAXTree")
    shown = [(node["role"]["value"], node.get("name", {}).get("value")) for node in tree["nodes"]]
    assert ("image", "a coast") in shown
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


SOURCES = {
    "the attribute": "e.src = other",
    "bytes": "e.bytes = new Uint8Array(await (await fetch(other)).arrayBuffer())",
}


@pytest.fixture
def other(shelf: tuple[Path, str]) -> str:
    """Return the address of another picture, 16 pixels wide."""
    folder, address = shelf
    (folder / "other.gsi").write_bytes(encode(photograph(16, 24), bpp=4, effort="fast").data)
    return f"{address}/other.gsi"


@pytest.mark.parametrize("change", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("moved", ["e.remove(); {}; document.body.append(e)", "{}; document.body.append(e)"])
def test_it_shows_what_its_source_is_wherever_that_was_set(
    harness: Page, url: str, other: str, change: str, moved: str
) -> None:
    harness.evaluate("(src) => gsi.show({ src })", url)
    steps = f"async (other) => {{ const e = document.querySelector('gsi-image'); {moved.format(change)} }}"
    harness.evaluate(steps, other)
    wait_until(harness, "document.querySelector('gsi-image').naturalWidth === 16")


@pytest.mark.parametrize("way", ["e.removeAttribute('src')", "e.src = ''", "e.bytes = null; e.src = ''"])
def test_without_a_source_it_shows_nothing(harness: Page, url: str, way: str) -> None:
    harness.evaluate("(src) => gsi.show({ src })", url)
    harness.evaluate(f"const e = document.querySelector('gsi-image'); {way}")
    element = "document.querySelector('gsi-image')"
    assert harness.evaluate(f"{element}.complete") is False
    wait_until(harness, f"{element}.naturalWidth === 0 && !{element}.shadowRoot.querySelector('canvas')")


def test_who_listens_after_bytes_were_set_hears_of_an_error(harness: Page) -> None:
    harness.evaluate("""() => new Promise((heard) => {
        const e = document.createElement('gsi-image');
        document.body.append(e);
        e.bytes = new Uint8Array(5);
        e.addEventListener('error', heard);
    })""")


@pytest.mark.parametrize("call", ["zoomBy()", "zoomBy(NaN)", "zoomBy(0)", "zoomBy(-1)", "panBy(NaN, 1)"])
def test_numbers_that_mean_nothing_change_nothing(harness: Page, url: str, call: str) -> None:
    harness.evaluate("(src) => gsi.show({ src, width: 320 })", url)
    element = harness.locator("gsi-image")
    scale = element.evaluate("(e) => e.scale")
    element.evaluate(f"(e) => e.{call}")
    assert element.evaluate("(e) => [e.complete, e.scale]") == [True, scale]
    element.evaluate("(e) => e.zoomBy(2, {})")
    assert element.evaluate("(e) => e.scale") == 2 * scale


def test_sizes_are_those_of_an_image(harness: Page, url: str) -> None:
    harness.evaluate("(src) => gsi.show({ src, width: '50%' })", url)
    element = harness.locator("gsi-image")
    assert element.evaluate("(e) => e.width === e.parentElement.clientWidth / 2")
    element.evaluate("(e) => { e.width = 100; }")
    assert element.evaluate("(e) => [e.width, e.height]") == [100, 80]


@pytest.mark.parametrize("workers", ["'self'", "'none'"])
def test_it_needs_no_style_and_no_worker_that_a_policy_may_forbid(
    page: Page, shelf: tuple[Path, str], url: str, workers: str
) -> None:
    policy = f"default-src 'none'; script-src 'self'; connect-src 'self'; worker-src {workers}"
    text = f'''<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">
        <script type="module" src="web/element.js"></script><gsi-image src="{url}" width="80"></gsi-image>'''
    (shelf[0] / "strict.html").write_text(text)
    page.goto(f"{shelf[1]}/strict.html")
    wait_until(page, "document.querySelector('gsi-image').complete")
    box = page.locator("gsi-image").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (80, 64)
    decode = """async (url) => {
        const { decode } = await import('./web/index.js');
        const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
        const images = await Promise.all([decode(bytes), decode(bytes)]);
        return images.map(({ width, height }) => [width, height]);
    }"""
    size = page.locator("gsi-image").evaluate("(e) => [e.naturalWidth, e.naturalHeight]")
    assert page.evaluate(decode, url) == [size, size]


@pytest.mark.parametrize("alt", [None, "A boat", ""])
def test_without_meaning_it_is_no_picture_to_those_who_do_not_see_it(
    harness: Page, url: str, alt: str | None
) -> None:
    harness.evaluate("([src, alt]) => gsi.show({ src, ...(alt === null ? {} : { alt }) })", [url, alt])
    session = harness.context.new_cdp_session(harness)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    assert ("image" in [node["role"]["value"] for node in nodes]) == (alt != "")
