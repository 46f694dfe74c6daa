"""A page of one picture: the file and all that shows it inside, so that it needs no network."""

from __future__ import annotations

from gicodec.browser.template import caption_of, filled, script_of_bundle, script_of_bytes
from gicodec.codec import decode
from gicodec.options import DecodeOptions

LINK = '<a href="/{}" rel="{}">{}</a> '


def viewer_page(data: bytes, name: str, number: int = 1, n_pages: int = 1) -> str:
    """Return a page that shows a .gsi file.

    Args:
        data: The file.
        name: What to call it.
        number: Of the page; it is linked with those before and after.
        n_pages: How many there are.

    Raises:
        GsiError: The file cannot be decoded.
    """
    decode(data, DecodeOptions())  # a page that only says what is wrong helps nobody
    links = LINK.format(number - 1, "prev", "\u2039 previous") if number > 1 else ""
    links += LINK.format(number + 1, "next", "next \u203a") if number < n_pages else ""
    parts = {"links": links, "file": script_of_bytes(data), "bundle": script_of_bundle()}
    return filled("page.html", {"name": name, "caption": caption_of(data)}, parts)
