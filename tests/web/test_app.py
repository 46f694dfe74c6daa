"""``gsi app`` in a browser: a picture goes in, is watched, and a file comes out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from commands import posix
from pictures import photograph
from served import serving
from waiting import wait_until

import gicodec

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = posix
LIVE = "document.getElementById('live').src.startsWith('data:image/png')"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving("app") as address:
        yield address


def png(pixels: Any) -> FilePayload:
    """Return a picture as a browser's file."""
    stream = io.BytesIO()
    gicodec.write_image(stream, pixels)
    return {"name": "photo.png", "mimeType": "image/png", "buffer": stream.getvalue()}


def begin(page: Page, url: str, pixels: Any, effort: str, bpp: str) -> None:
    page.goto(url)
    page.set_input_files("#file", png(pixels))
    page.select_option("#effort", effort)
    page.fill("#value", bpp)
    page.click("#start")


def wait_for_status(page: Page, text: str) -> None:
    wait_until(page, f"document.getElementById('status').textContent.includes('{text}')")


def save(page: Page) -> bytes:
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.suggested_filename == "photo.gsi"
    return download.value.path().read_bytes()


def test_a_picture_is_watched_and_saved_while_another_tab_has_its_own(page: Page, url: str) -> None:
    begin(page, url, photograph(), "slow", "2")  # long enough for the page to ask more than once
    wait_until(page, LIVE)
    assert "dB" in page.inner_text("#numbers")
    other = page.context.new_page()
    begin(other, url, photograph(40, 32), "fast", "3")
    sizes = []
    for tab in (page, other):
        wait_for_status(tab, "Done")
        wait_until(tab, "document.querySelector('gsi-image')?.complete")
        sizes.append(gicodec.decode(save(tab)).shape)
    assert sizes == [(48, 64, 3), (32, 40, 3)]


def test_an_encoding_is_stopped(page: Page, url: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    begin(page, url, noise, "slow", "1")
    page.check("#show-ellipses")
    wait_until(page, LIVE)
    page.click("#stop")
    wait_for_status(page, "Stopped")
    assert page.locator("#save").is_hidden()


def test_another_picture_ends_the_encoding_of_the_last(page: Page, url: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    begin(page, url, noise, "slow", "1")
    wait_until(page, LIVE)
    page.set_input_files("#file", {**png(photograph()), "name": "other.png"})
    wait_for_status(page, "other.png")
    page.wait_for_timeout(1000)
    assert "other.png" in page.inner_text("#status")
    assert page.locator("#stop").is_disabled()
    assert page.locator("#save").is_hidden()


def test_another_picture_ends_an_encoding_that_is_still_being_sent(page: Page, url: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    page.goto(url)
    page.set_input_files("#file", png(noise))
    page.select_option("#effort", "slow")
    with page.expect_request(lambda request: request.method == "DELETE") as ended:
        page.evaluate("""() => {
            document.getElementById('start').click();
            document.getElementById('file').dispatchEvent(new Event('change'));
        }""")
    answer = ended.value.response()
    assert answer is not None
    assert answer.ok


def test_what_is_no_picture_is_said(page: Page, url: str) -> None:
    page.goto(url)
    page.set_input_files("#file", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.click("#start")
    wait_for_status(page, "This did not work")


def test_without_the_token_nothing_is_encoded(page: Page, url: str) -> None:
    page.goto(url.partition("#")[0])
    page.set_input_files("#file", png(photograph()))
    page.click("#start")
    wait_for_status(page, "Open the printed address")
