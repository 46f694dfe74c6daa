"""In a browser, broken files end as they do for ``gsi``: with an error of the same kind, and soon."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from web_files import example, fault_of, files, mutations

if TYPE_CHECKING:
    from playwright.sync_api import Page

N_MUTATIONS = 2000
SLOWEST = 2000  # milliseconds for a file
FAULTS = """(files) => files.map((text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const start = performance.now();
    let kind = null;
    try {
        gsi.decodeSync(bytes, { crop: { x: 0, y: 0, width: 1, height: 1 } });
    } catch (error) {
        kind = error instanceof gsi.GsiError ? error.kind : String(error);
    }
    return [kind, performance.now() - start];
})"""


def assert_same_faults(page: Page, broken: list[bytes]) -> None:
    """Compare with ``gsi``."""
    found = page.evaluate(FAULTS, [b64encode(data).decode() for data in broken])
    pairs = [(fault_of(data), kind) for data, (kind, _) in zip(broken, found, strict=True)]
    assert {data.hex(): pair for data, pair in zip(broken, pairs, strict=True) if pair[0] != pair[1]} == {}
    assert max(milliseconds for _, milliseconds in found) < SLOWEST


@pytest.mark.parametrize("name", ["photograph with texture", "example waves", "gaussianimage++"])
def test_every_truncation_is_refused(harness: Page, name: str) -> None:
    data = files()[name]
    assert_same_faults(harness, [data[:n] for n in range(len(data))])


def test_mutated_files_are_decoded_or_refused_as_gsi_does(harness: Page) -> None:
    sources = [example(name) for name in ("five", "waves", "papers", "texture")]
    sources += [files()[name] for name in ("alpha", "gaussianimage")]
    broken = list(mutations(sources, N_MUTATIONS))
    assert len(broken) == N_MUTATIONS
    assert_same_faults(harness, broken)
