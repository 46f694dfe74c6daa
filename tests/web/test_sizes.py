"""<gsi-image> has the size that <img> would have, and tells when it is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from waiting import wait_until
from web_files import files

if TYPE_CHECKING:
    from playwright.sync_api import Page

AROUND = {
    "nothing": "",
    "a block": "width: 500px",
    "a grid": "display: grid; width: 500px",
    "a flexbox": "display: flex; width: 500px; align-items: start",
    "little room": "width: 25px",
}
OWN = {
    "nothing": "",
    "a block": "display: block",
    "a width": "width: 100px",
    "a height": "height: 64px",
    "all of the width": "width: 100%",
    "the room that there is": "max-width: 100%; height: auto",
}
ATTRIBUTES: list[dict[str, str]] = [
    {},
    {"width": "80"},
    {"height": "64"},
    {"width": "80", "height": "64"},
    {"width": "80px"},
]
ATTRIBUTES += [{"width": "50.5"}, {"width": "50%"}]
PAIRS: list[tuple[str, dict[str, str]]] = [(own, {}) for own in OWN.values()]
PAIRS += [("", attributes) for attributes in ATTRIBUTES]
PAIRS += [
    (OWN["the room that there is"], {"width": "80", "height": "64"}),
    ("display: block", {"height": "64"}),
]
BOXES = """async ([src, attributes, around, own, isLoaded]) => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="32"/>';
    const sources = { img: `data:image/svg+xml,${encodeURIComponent(svg)}`, 'gsi-image': src };
    const sizes = [];
    for (const [name, source] of Object.entries(sources)) {
        const parent = document.createElement('div');
        parent.style.cssText = around;
        const element = document.createElement(name);
        element.style.cssText = own;
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        const loaded = new Promise((resolve) => element.addEventListener('load', resolve, { once: true }));
        parent.append(element);
        document.body.append(parent);
        if (isLoaded) {
            element.src = source;
            await loaded;
        }
        const { width, height } = element.getBoundingClientRect();
        sizes.push([width, height]);
        parent.remove();
    }
    return sizes;
}"""


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_its_size_is_that_of_img(harness: Page, url: str, around: str) -> None:
    for own, attributes in PAIRS:
        img, ours = harness.evaluate(BOXES, [url, attributes, around, own, True])
        assert ours == pytest.approx(img, abs=1), f"{own} {attributes}"


def test_its_attributes_keep_its_place_until_it_is_there(harness: Page, url: str) -> None:
    """An `img` without `src` has no place: so this is compared with what it has in the end."""
    attributes, own = {"width": "80", "height": "64"}, OWN["the room that there is"]
    before = harness.evaluate(BOXES, [url, attributes, "width: 50px", own, False])[1]
    assert before == harness.evaluate(BOXES, [url, attributes, "width: 50px", own, True])[0] == [50, 40]


@pytest.mark.parametrize("style", ["display: none", "width: 0.3px", "height: 0"])
def test_without_a_size_it_tells_when_it_is_loaded(harness: Page, url: str, style: str) -> None:
    harness.evaluate("([src, style]) => gsi.show({ src, style })", [url, style])
    element = harness.locator("gsi-image")
    assert element.evaluate("(e) => [e.complete, e.naturalWidth]") == [True, 40]


def test_the_same_source_is_tried_again(harness: Page, shelf: tuple[Path, str], url: str) -> None:
    late = url.replace("photo", "late")
    failed = "(src) => gsi.show({ src }).then(() => false, () => true)"
    assert harness.evaluate(failed, late)
    (shelf[0] / "late.gsi").write_bytes(files()["photograph"])
    harness.evaluate("const e = document.querySelector('gsi-image'); e.src = e.src")
    wait_until(harness, "document.querySelector('gsi-image').complete")
