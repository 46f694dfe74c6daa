"""Wait for what a page shows. Playwright's own way needs eval(), which our pages forbid."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 60  # seconds
INTERVAL = 50  # milliseconds


def wait_until(page: Page, expression: str) -> None:
    """Wait until a JavaScript expression is true."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < end, f"{expression} is not true; the page says: {page.inner_text('body')}"
        page.wait_for_timeout(INTERVAL)
