"""What ``gsi app`` answers: a token opens it, jobs go on beside each other, and stopping stops them."""

from __future__ import annotations

import io
import json
import time
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pictures import photograph
from PIL import Image

import gicodec
from gicodec.browser import app as app_module
from gicodec.browser.app import TOKEN_HEADER, App
from gicodec.browser.server import Request, Response

PATIENCE = 60  # seconds
QUICK = {"target": "bpp", "value": "3", "effort": "fast"}
ENDLESS = {"target": "bpp", "value": "1", "effort": "slow"}


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    yield made
    made.close()


def png(pixels: Any) -> bytes:
    stream = io.BytesIO()
    gicodec.write_image(stream, pixels)
    return stream.getvalue()


def noise() -> bytes:
    return png(np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8))


def ask(app: App, method: str, path: str, body: bytes = b"", **query: str) -> Response:
    return app.respond(Request(method, path, query, {TOKEN_HEADER: app.token}, lambda: body))


def test_without_the_token_no_body_is_read(app: App) -> None:
    def read() -> bytes:
        raise AssertionError

    assert app.respond(Request("POST", "/jobs", QUICK, {}, read)).status == 403


@pytest.mark.parametrize("seen", ["9" * 5000, "x", "-1", ""])
def test_any_number_may_be_seen(app: App, seen: str) -> None:
    assert ask(app, "GET", begin(app, b"no picture"), seen=seen).status == 200


def begin(app: App, body: bytes, options: dict[str, str] = QUICK) -> str:
    answer = ask(app, "POST", "/jobs", body, **options)
    assert answer.status == 201, answer.body
    return f"/jobs/{json.loads(answer.body)['job']}"


def state(app: App, job: str, seen: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ask(app, "GET", job, seen=str(seen)).body)
    return answer


def wait_for(app: App, job: str, *keys: str) -> dict[str, Any]:
    """Wait for a status, or for a field of the state."""
    end = time.monotonic() + PATIENCE
    while not {(now := state(app, job))["status"], *now} & set(keys):
        assert time.monotonic() < end, now
        time.sleep(0.02)
    return now


def test_a_picture_becomes_a_file(app: App) -> None:
    job = begin(app, png(photograph(40, 32)))
    assert ask(app, "GET", f"{job}/file").status == 404
    done = wait_for(app, job, "done")
    data = ask(app, "GET", f"{job}/file").body
    assert done["bytes"] == len(data) == len(gicodec.encode(photograph(40, 32), bpp=3, effort="fast").data)
    assert gicodec.decode(data).shape == (32, 40, 3)


@pytest.mark.parametrize("gray", [False, True])
def test_what_is_drawn_on_the_way_is_the_picture(app: App, gray: bool) -> None:
    pixels = np.full((48, 900, 3), 200, np.uint8)  # a base, and wider than the preview
    pixels[:, 300:600] = photograph(300, 48)
    job = begin(app, png(pixels[:, :, :1] if gray else pixels), ENDLESS)
    first = wait_for(app, job, "picture")
    assert "picture" not in state(app, job, 10**9)
    with Image.open(io.BytesIO(b64decode(first["picture"].partition(",")[2]))) as image:
        assert image.size == (640, 34)
        edge = np.array(image.convert("RGB"))[:, :100].astype(int)
    assert abs(edge - 200).max() <= 40
    ellipses = np.frombuffer(b64decode(first["ellipses"]), "<f4").reshape(-1, 5)
    assert 0 < len(ellipses) <= 3000
    assert np.isfinite(ellipses).all()
    ask(app, "DELETE", job)
    assert "picture" not in wait_for(app, job, "stopped")


def test_stopping_ends_the_thread_and_nothing_comes_of_it(app: App) -> None:
    job = begin(app, noise(), ENDLESS)
    wait_for(app, job, "stage")
    ask(app, "DELETE", job)
    stopped = wait_for(app, job, "stopped")
    assert not app._jobs[job.removeprefix("/jobs/")]._thread.is_alive()
    assert state(app, job)["seconds"] == stopped["seconds"]
    assert ask(app, "GET", f"{job}/file").status == 404


def test_jobs_wait_for_their_turn_and_can_be_stopped_before_it(app: App) -> None:
    running = [begin(app, noise(), ENDLESS) for _ in range(app_module.AT_ONCE)]
    waiting = [begin(app, png(photograph(40, 32))) for _ in range(2)]
    for job in running:
        wait_for(app, job, "stage")
    assert [state(app, job)["status"] for job in waiting] == ["waiting", "waiting"]
    ask(app, "DELETE", waiting[0])
    wait_for(app, waiting[0], "stopped")
    ask(app, "DELETE", running[0])
    wait_for(app, waiting[1], "done")
    assert state(app, running[1])["status"] == "encoding"


def test_an_abandoned_job_ends(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gicodec.browser.job.ABANDONED", 0.5)
    job = begin(app, noise(), ENDLESS)
    state(app, job)
    app._jobs[job.removeprefix("/jobs/")].join()
    assert state(app, job)["status"] == "stopped"


def test_a_job_that_nobody_asks_for_ends(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gicodec.browser.job.UNCLAIMED", 0.5)
    job = begin(app, noise(), ENDLESS)
    app._jobs[job.removeprefix("/jobs/")].join()
    assert state(app, job)["status"] == "stopped"


def test_old_jobs_make_room_and_running_ones_do_not(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "MAX_JOBS", 2)
    first = begin(app, b"no picture")
    wait_for(app, first, "failed")
    others = [begin(app, noise(), ENDLESS) for _ in range(2)]
    assert ask(app, "GET", first).status == 404
    assert ask(app, "POST", "/jobs", noise(), **QUICK).status == 503
    assert all(ask(app, "GET", job).status == 200 for job in others)


@pytest.mark.parametrize(
    ("body", "text"), [(b"", "empty"), (b"no picture", "picture"), (noise()[:900], "picture")]
)
def test_what_is_no_picture_fails_with_a_sentence(app: App, body: bytes, text: str) -> None:
    failed = wait_for(app, begin(app, body), "failed")
    assert text in failed["error"]
    assert "Traceback" not in failed["error"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {**QUICK, "target": "threads"},
        {**QUICK, "value": "x"},
        {**QUICK, "value": "nan"},
        {**QUICK, "effort": "y"},
    ],
)
def test_options_are_checked(app: App, query: dict[str, str]) -> None:
    assert ask(app, "POST", "/jobs", noise(), **query).status == 400


@pytest.mark.parametrize("token", ["", "x", "\u00e9"])
def test_all_but_the_page_needs_the_token(app: App, token: str) -> None:
    job = begin(app, b"no picture")
    for method, path in (("POST", "/jobs"), ("GET", job), ("DELETE", job), ("GET", f"{job}/file")):
        assert app.respond(Request(method, path, QUICK, {TOKEN_HEADER: token})).status == 403
    page = app.respond(Request("GET", "/"))
    assert page.status == 200
    assert app.token.encode() not in page.body
    assert page.policy is not None
    assert "default-src 'none'" in page.policy


@pytest.mark.parametrize("path", ["/jobs/", "/jobs/x", "/../app.html", "/app.html", "/web/app.js", "/jobs"])
def test_nothing_else_is_there(app: App, path: str) -> None:
    assert ask(app, "GET", path).status == 404
