"""The workers of a page: none is lost, none works for nobody, and a waiting task can be given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from waiting import wait_until
from web_files import files

if TYPE_CHECKING:
    from playwright.sync_api import Page

BAD = ["{ width: () => 3 }", "{ width: 10n }", "{ crop: 5 }", "{ crop: { x: 10n } }", "{ height: {} }"]
LARGE = "{ width: 2000 }"


@pytest.fixture
def loaded(harness: Page) -> Page:
    """Return the harness, in which `file` has the bytes of a file."""
    harness.evaluate("(bytes) => { window.file = Uint8Array.from(bytes); }", list(files()["photograph"]))
    return harness


@pytest.mark.parametrize("options", BAD)
def test_wrong_options_are_an_error_and_no_worker_is_lost(loaded: Page, options: str) -> None:
    kinds = loaded.evaluate(f"""async () => {{
        const kinds = [];
        for (let i = 0; i < 5; i++) await gsi.decode(file, {options}).catch(({{ kind }}) => kinds.push(kind));
        return kinds;
    }}""")
    assert kinds == ["argument"] * 5
    assert loaded.evaluate("gsi.decode(file, null).then(({ width }) => width)") == 40


def test_bytes_that_went_to_a_worker_are_an_error(loaded: Page) -> None:
    assert loaded.evaluate("""() => {
        const copy = file.slice();
        structuredClone(copy.buffer, { transfer: [copy.buffer] });
        return Promise.all([copy, copy.buffer].map((bytes) => gsi.decode(bytes).catch(({ kind }) => kind)));
    }""") == ["argument", "argument"]


def test_a_task_that_waits_is_given_up_at_once(loaded: Page) -> None:
    name, is_early = loaded.evaluate(f"""async () => {{
        const ending = new AbortController();
        let isDone = false;
        const others = [1, 2, 3, 4].map(() => gsi.decode(file, {LARGE}).then(() => {{ isDone = true; }}));
        const waiting = gsi.decode(file, {{ signal: ending.signal }}).catch(({{ name }}) => [name, !isDone]);
        ending.abort();
        const result = await waiting;
        await Promise.all(others);
        return result;
    }}""")
    assert (name, is_early) == ("AbortError", True)
    assert loaded.evaluate("gsi.decode(file).then(({ width }) => width)") == 40


def test_a_removed_element_draws_no_more(loaded: Page) -> None:
    """Workers draw what is smaller than the picture: 4 of them, for seconds, if nobody stopped them."""
    loaded.evaluate("(bytes) => { window.many = Uint8Array.from(bytes); }", list(files()["4 megapixels"]))
    loaded.evaluate("""async () => {
        for (let i = 0; i < 40; i++) {
            const e = document.createElement('gsi-image');
            e.width = 300;
            document.body.append(e);
            e.bytes = many;
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
        document.body.replaceChildren();
        window.start = performance.now();
        gsi.decode(file).then(() => { window.taken = performance.now() - start; });
    }""")
    wait_until(loaded, "window.taken")
    assert loaded.evaluate("window.taken") < 3000
