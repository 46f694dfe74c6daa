"""Fill the pages of ``gicodec.web``; what comes from files is escaped here."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from html import escape

from gicodec.format import describe
from gicodec.web import BUNDLE, text_of


def filled(name: str, texts: Mapping[str, object], parts: Mapping[str, str]) -> str:
    """Return a page with its {{names}} replaced, all at once, so that no value is read as a name.

    Args:
        name: The template.
        texts: Text, which is escaped.
        parts: HTML, as of :func:`script_of_bytes`.
    """
    values = {**{key: escape(str(text)) for key, text in texts.items()}, **parts}
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], text_of(name))


def script_of_bytes(data: bytes) -> str:
    """Return bytes as the content of a script element."""
    return b64encode(data).decode("ascii")


def script_of_json(value: object) -> str:
    """Return a value as the content of a script element; no text in it can end the element."""
    return json.dumps(value).replace("<", r"\u003c")


def script_of_bundle() -> str:
    """Return the package gsi-image, as the content of a script element."""
    return text_of(BUNDLE)


def caption_of(data: bytes) -> str:
    """Return one line about a .gsi file.

    Raises:
        GsiError: It is none.
    """
    about = describe(data)
    size, n = f"{about.header.width}\u00d7{about.header.height}", about.n_gaussians
    gaussians = f"{n} {'Gaussian' if n == 1 else 'Gaussians'}"
    return " \u00b7 ".join([size, f"{about.n_bytes} bytes", f"{about.bpp:.3f} bpp", gaussians])
