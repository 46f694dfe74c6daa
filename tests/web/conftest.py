"""A headless browser of the system, and pages in it."""

from __future__ import annotations

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from waiting import wait_until
from web_files import WEB, files

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SOFTWARE_GPU = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")  # the same on every machine
PATIENCE = 60_000  # milliseconds


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium, without a sandbox only where it refuses to have one: as root."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"needs a browser of the system: {', '.join(NAMES)}")
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra dev")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    args = [*SOFTWARE_GPU, *["--no-sandbox"] * root]
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=args)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a new page that fails the test on an error that nobody catches."""
    errors: list[str] = []
    with browser.new_context(viewport={"width": 640, "height": 480}) as context:
        opened = context.new_page()
        opened.set_default_timeout(PATIENCE)
        opened.on("pageerror", lambda error: errors.append(str(error)))
        yield opened
    assert errors == []


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Return a folder, in which web/ is the package, and the address that it is served at."""
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "web").symlink_to(WEB)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def url(shelf: tuple[Path, str]) -> str:
    """Return the address of a picture of 40 x 32 pixels."""
    folder, address = shelf
    (folder / "photo.gsi").write_bytes(files()["photograph"])
    return f"{address}/photo.gsi"


@pytest.fixture
def harness(page: Page, shelf: tuple[Path, str]) -> Page:
    """Return the page of test/harness.html, whose window.gsi has the functions to test."""
    page.goto(f"{shelf[1]}/web/test/harness.html")
    wait_until(page, "window.gsi")
    return page
