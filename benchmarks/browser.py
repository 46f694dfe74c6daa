"""Time gsi-image in a headless Chromium: python benchmarks/browser.py [NUMBERS OF PICTURES].

Kodak's pictures, at 0.3 bpp, of effort fast. In milliseconds: how long a page of `gsi html` takes from its
opening to its first drawing (by the GPU, which SwiftShader stands for); decode() and putImageData() in a page
that has just been opened, when neither the code is compiled nor a worker started; and the same again, median
of four. And frames per second at a zoom of 16, while the picture moves, from 1.5 s on.
"""

from __future__ import annotations

import base64
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chromium import chromium
from common import kodak
from playwright.sync_api import Browser, Page

import gicodec
from gicodec.browser.page import viewer_page
from gicodec.web import BUNDLE, text_of

SHOWN = """document.addEventListener("load", (event) => {
    if (event.target.localName !== "gsi-image") return;
    requestAnimationFrame(() => { window.shown = performance.now(); });
}, true)"""
DECODE = """async ([file, n]) => {
    const bytes = Uint8Array.from(atob(file), (char) => char.charCodeAt(0));
    const taken = [];
    for (let i = 0; i < n; i++) {
        const start = performance.now();
        const image = await gsiImage.decode(bytes);
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.width, image.height];
        canvas.getContext("2d").putImageData(image, 0, 0);
        taken.push(performance.now() - start);
    }
    return taken;
}"""
MOVE = """async (milliseconds) => {
    const image = document.querySelector("gsi-image");
    image.zoomBy(16 / image.scale);
    const start = performance.now();
    let frames = 0;
    while (performance.now() < start + milliseconds) {
        image.panBy(frames % 100 < 50 ? 4 : -4, 2);
        await new Promise(requestAnimationFrame);
        frames++;
    }
    return 1000 * frames / (performance.now() - start);
}"""


@contextmanager
def opened(browser: Browser, html: str) -> Iterator[Page]:
    """Open a page in a context of its own, so that nothing is kept of the pages before."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.add_init_script(SHOWN)
        context.route("http://page.test/", lambda route: route.fulfill(body=html, content_type="text/html"))
        page = context.new_page()
        page.goto("http://page.test/")
        yield page


def measure(browser: Browser, file: bytes, name: str) -> list[float]:
    """Return the milliseconds of a page, of the first decode, and of the others, and frames per second."""
    with opened(browser, viewer_page(file, name)) as page:
        while not page.evaluate("window.shown"):
            page.wait_for_timeout(20)
        shown = page.evaluate("window.shown")
        page.evaluate(MOVE, 1500)  # until drawings are as coarse as the GPU is slow
        frames = page.evaluate(MOVE, 3000)
    with opened(browser, f"<!doctype html><script>{text_of(BUNDLE)}</script>") as page:
        first, *others = page.evaluate(DECODE, [base64.b64encode(file).decode(), 5])
    return [shown, first, statistics.median(others), frames]


def main() -> None:
    print("| picture | page shown, ms | first decode, ms | decode again, ms | frames/s at 16 x |", flush=True)
    print("|---|---|---|---|---|", flush=True)
    rows = []
    with chromium() as browser:
        for number in map(int, sys.argv[1:] or range(1, 25)):
            file = gicodec.encode(kodak(number), bpp=0.3, effort="fast").data
            rows.append(measure(browser, file, f"kodim{number:02d}"))
            print(
                f"| kodim{number:02d} |",
                " | ".join(f"{x:.0f}" for x in rows[-1][:3]),
                f"| {rows[-1][3]:.1f} |",
                flush=True,
            )
    for name, of in (("median", statistics.median), ("greatest", max), ("least", min)):
        print(f"| {name} |", " | ".join(f"{of(column):.1f}" for column in zip(*rows, strict=True)), "|")


if __name__ == "__main__":
    main()
