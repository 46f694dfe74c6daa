"""What pages are made of: templates, and the package gsi-image in one file, which scripts/web builds."""

from __future__ import annotations

from pathlib import Path

BUNDLE = "dist/gsi-image.min.js"


def text_of(name: str) -> str:
    """Return the text of a file of this folder."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
