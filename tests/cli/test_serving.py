"""``gsi view`` and ``gsi app`` as processes: addresses, ports, and an end."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from commands import assert_fails, posix
from served import serving


def get(url: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as err:
        with err:
            return err.code, err.read()


@posix
def test_view_serves_its_files_and_nothing_else(coded: Path, png: Path) -> None:
    with serving("view", coded, coded) as url:
        assert b"<title>tiny.gsi</title>" in get(url)[1]
        assert b'rel="prev"' in get(f"{url}2")[1]
        for path in ("3", coded.name, str(coded), "../etc/passwd", "%2e%2e/etc/passwd"):
            assert get(url + path)[0] == 404
        assert get(url, Host="evil.example")[0] == 421


@posix
def test_app_prints_an_address_with_its_token() -> None:
    with serving("app") as url:
        address, _, token = url.partition("#")
        assert len(token) == 32
        assert b"<title>gsi app</title>" in get(address)[1]
        assert get(f"{address}jobs/x")[0] == 403


def test_what_cannot_be_shown_is_said_before_anything_is_served(
    coded: Path, png: Path, tmp_path: Path
) -> None:
    assert_fails(4, "signature", "view", coded, png, "--no-open")
    assert_fails(3, "nothing", "view", tmp_path / "nothing.gsi", "--no-open")
    assert_fails(2, "99999", "view", coded, "--port", "99999")


@pytest.mark.parametrize("command", ["view", "app"])
def test_a_port_that_is_taken_is_an_error(command: str, coded: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        files = [coded] if command == "view" else []
        assert_fails(2, f"port {port}", command, *files, "--port", port, "--no-open")
