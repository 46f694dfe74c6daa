"""An HTTP server that only this machine reaches, and only pages that it has served itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from gicodec.errors import OptionError
from gicodec.files import reason

LOOPBACK = "127.0.0.1"
IDLE = 30.0  # seconds without a byte, after which a connection is closed
MAX_DIGITS = 20  # of a length
MAX_BODY = 2**26  # bytes of an upload: pictures of cameras have less


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    read_body: Callable[[], bytes] = bytes
    """Reads the body: whoever may not send one fills no memory."""


@dataclass(frozen=True)
class Response:
    """The answer."""

    body: bytes
    content_type: str
    status: int = 200
    policy: str | None = None
    """Content-Security-Policy; None: the page has its own."""

    @classmethod
    def of_text(cls, text: str, status: int = 200) -> Response:
        """Answer with plain text."""
        return cls(text.encode(), "text/plain; charset=utf-8", status)

    @classmethod
    def of_page(cls, page: str, policy: str | None = None) -> Response:
        """Answer with a page."""
        return cls(page.encode(), "text/html; charset=utf-8", policy=policy)

    @classmethod
    def of_json(cls, value: object, status: int = 200) -> Response:
        """Answer with JSON."""
        return cls(json.dumps(value).encode(), "application/json", status)


NOT_FOUND = Response.of_text("There is nothing here.", 404)


class LocalServer(ThreadingHTTPServer):
    """Answers requests by a function, one thread each; on the loopback interface.

    A request must name this server as its Host, so that no other name can be bound to it (DNS rebinding), and
    one of a page must come from a page of this server (Origin).
    """

    daemon_threads = True

    def __init__(self, respond: Callable[[Request], Response], port: int = 0) -> None:
        """Listen; port 0 is any free one.

        Raises:
            OptionError: The port cannot be used.
        """
        self.respond = respond
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as err:
            raise OptionError(f"port {port}: {reason(err)}") from err
        self.hosts = {f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")}
        if self.server_port == 80:  # which clients do not name
            self.hosts |= {LOOPBACK, "localhost"}

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave a client alone that has gone; errors of our own are answered with 500."""


class _Handler(BaseHTTPRequestHandler):
    """One connection with one request."""

    server: LocalServer
    timeout = IDLE
    server_version, sys_version = "gsi", ""

    def do_GET(self) -> None:  # names of the standard library
        self._answer()

    do_HEAD = do_POST = do_DELETE = do_GET  # noqa: N815

    def _answer(self) -> None:
        response = self._refusal() or self._response()
        self.send_response(response.status)
        headers = {
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        if response.policy:
            headers["Content-Security-Policy"] = response.policy
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _refusal(self) -> Response | None:
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in self.server.hosts:
            return Response.of_text("This server has another name.", 421)
        if origin is not None and origin not in {f"http://{host}" for host in self.server.hosts}:
            return Response.of_text("Only pages of this server may ask.", 403)
        length = self.headers.get("Content-Length", "0")
        if (
            not (length.isascii() and length.isdecimal())
            or len(length) > MAX_DIGITS
            or "Transfer-Encoding" in self.headers
        ):
            return Response.of_text("The length of the body is not known.", 411)
        if int(length) > MAX_BODY:
            return Response.of_text(f"More than {MAX_BODY} bytes are not taken.", 413)
        return None

    def _response(self) -> Response:
        length = int(self.headers.get("Content-Length", "0"))
        method = "GET" if self.command == "HEAD" else self.command
        try:
            address = urlsplit(self.path)
        except ValueError as err:
            return Response.of_text(f"This is no address: {err}", 400)
        query = dict(parse_qsl(address.query))
        request = Request(method, address.path, query, self.headers, lambda: self.rfile.read(length))  # type: ignore[arg-type]
        try:
            return self.server.respond(request)
        except Exception as err:  # whatever it is, the client is told, and others are served
            return Response.of_text(f"{type(err).__name__}: {err}", 500)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
