"""Servers answer this machine and their own pages, and nobody else."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest

from gicodec.browser.server import MAX_BODY, LocalServer, Request, Response
from gicodec.browser.viewer import Viewer
from gicodec.errors import OptionError


def respond(request: Request) -> Response:
    """Say what was asked for; one path is not to be asked for."""
    if request.path == "/fails":
        raise RuntimeError("no luck")
    n = len(request.read_body())
    return Response.of_text(f"{request.method} {request.path} {dict(request.query)} {n}")


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer(respond) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def ask(
    server: LocalServer, method: str = "GET", path: str = "/", body: bytes | None = None, **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_it_listens_on_the_loopback_interface_alone(server: LocalServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.server_port}/"


def test_requests_are_answered(server: LocalServer) -> None:
    assert ask(server, "POST", "/a/../b?x=1", b"abc") == (200, "POST /a/../b {'x': '1'} 3")
    assert ask(server, "HEAD", "/a") == (200, "")
    assert ask(server, "PUT")[0] == 501
    assert ask(server, "GET", "/fails") == (500, "RuntimeError: no luck")
    assert ask(server, Host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])
def test_another_name_of_this_server_is_refused(server: LocalServer, host: str) -> None:
    assert ask(server, Host=host)[0] == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
def test_pages_of_others_are_refused(server: LocalServer, origin: str) -> None:
    assert ask(server, "POST", Origin=origin)[0] == 403
    assert ask(server, "POST", Origin=f"http://127.0.0.1:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    ("length", "status"), [(str(MAX_BODY + 1), 413), ("-1", 411), ("x", 411), ("9" * 5000, 411)]
)
def test_bodies_have_a_limit(server: LocalServer, length: str, status: int) -> None:
    assert ask(server, "POST", Content_Length=length)[0] == status


def test_what_is_no_address_is_said(server: LocalServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.sendall(f"GET http://[ HTTP/1.0\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode())
        assert b" 400 " in connection.recv(100)


def test_a_port_that_is_taken_is_an_option_that_cannot_be_used(server: LocalServer) -> None:
    with pytest.raises(OptionError, match=f"port {server.server_port}"):
        LocalServer(respond, server.server_port)


@pytest.mark.parametrize("path", ["/0", "/3", "/etc/passwd", "/../pyproject.toml", "/1/", "//1", "/%31", ""])
def test_a_viewer_has_its_pages_and_nothing_else(path: str) -> None:
    viewer = Viewer(["one", "two"])
    assert [viewer.respond(Request("GET", known)).body for known in ("/", "/1", "/2")] == [
        b"one",
        b"one",
        b"two",
    ]
    assert viewer.respond(Request("GET", path)).status == 404
    assert viewer.respond(Request("POST", "/")).status == 404
