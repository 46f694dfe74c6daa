"""The answers of ``gsi view``: its pages, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from gicodec.browser.server import NOT_FOUND, Request, Response


class Viewer:
    """Pages of files: / is the first, /2 the second, and so on."""

    def __init__(self, pages: Sequence[str]) -> None:
        self._pages = {"/": pages[0], **{f"/{i}": page for i, page in enumerate(pages, 1)}}

    def respond(self, request: Request) -> Response:
        """Answer a request."""
        if request.method != "GET" or request.path not in self._pages:
            return NOT_FOUND
        return Response.of_page(self._pages[request.path])
