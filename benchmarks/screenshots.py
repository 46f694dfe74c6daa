"""Make the pictures of docs/browser.md: python benchmarks/screenshots.py. Needs a Chromium."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from chromium import chromium
from common import ROOT
from PIL import Image
from playwright.sync_api import Page

import gicodec
from gicodec.browser.comparison import comparison_page
from gicodec.browser.page import viewer_page

PHOTO = ROOT / "examples" / "images" / "kodim23.png"
IMAGES = ROOT / "docs" / "images"
COLORS = 128  # of a palette: so that a file has less than 200 kB
SHOWN = 1500  # milliseconds, until what was decoded is drawn
INTERVAL = 100  # milliseconds between looks
DECODED = """document.querySelector("gsi-image")?.complete
    ?? document.querySelector("#right canvas").width === 768"""


def save(page: Page, name: str) -> None:
    """Take a screenshot."""
    with Image.open(io.BytesIO(page.screenshot())) as image:
        reduced = image.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    path = IMAGES / f"{name}.png"
    reduced.save(path, optimize=True)
    print(path.relative_to(ROOT), path.stat().st_size, "bytes")


def save_app(page: Page) -> None:
    """Take a screenshot of an encoding that goes on."""
    command = [sys.executable, "-m", "gicodec", "app", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        page.goto(app.stdout.readline().strip())
        page.set_input_files("#file", PHOTO)
        page.check("#show-ellipses")
        page.click("#start")
        while "fit" not in page.inner_text("#status"):
            page.wait_for_timeout(INTERVAL)
        page.wait_for_timeout(SHOWN)
        save(page, "app")
        page.click("#stop")
        app.send_signal(signal.SIGINT)


def main() -> None:
    picture, _ = gicodec.read_image(PHOTO)
    data = gicodec.encode(picture, bpp=0.3, effort="fast").data
    pages = {
        "page": viewer_page(data, "kodim23.gsi"),
        "compare": comparison_page(picture, data, "kodim23.gsi"),
    }
    IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, chromium() as browser:
        page = browser.new_page(viewport={"width": 720, "height": 500})
        for name, text in pages.items():
            file = Path(folder, f"{name}.html")
            file.write_text(text, encoding="utf-8")
            page.goto(file.as_uri())
            while not page.evaluate(DECODED):
                page.wait_for_timeout(INTERVAL)
            page.wait_for_timeout(SHOWN)
            save(page, name)
        save_app(page)


if __name__ == "__main__":
    main()
