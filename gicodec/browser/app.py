"""The answers of ``gsi app``: its page, and what the page asks for.

GET /                       the page, its script, and the package gsi-image
POST /jobs?name=value...    encode the picture of the body; the query has options
GET /jobs/ID?seen=N         the state of an encoding, with a picture unless it is still the Nth
GET /jobs/ID/file           the .gsi file
DELETE /jobs/ID             stop

All but the page need the token of the server, which is random, in a header that pages of others cannot send.
"""

from __future__ import annotations

import hmac
import math
import re
import secrets
import threading
from base64 import b64encode
from collections.abc import Mapping

from gicodec.browser.job import Job, State
from gicodec.browser.server import NOT_FOUND, Request, Response
from gicodec.errors import GsiError, OptionError
from gicodec.options import EncodeOptions
from gicodec.web import BUNDLE, text_of

TOKEN_HEADER = "X-Gsi-Token"
AT_ONCE = 2  # encodings; they share the processor, and others wait
MAX_JOBS = 16  # that are remembered; the oldest of those that are over make room
TARGETS = ("bpp", "psnr", "quality")
SCRIPTS = {"/app.js": "app.js", "/gsi-image.min.js": BUNDLE}
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'unsafe-inline';"
    " img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'"
)


class App:
    """Encodings of the pages that are open, and the answers to what pages ask."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(AT_ONCE)

    def respond(self, request: Request) -> Response:
        """Answer a request."""
        if request.method == "GET" and request.path == "/":
            return Response.of_page(text_of("app.html"), POLICY)
        if request.method == "GET" and request.path in SCRIPTS:
            return Response(text_of(SCRIPTS[request.path]).encode(), "text/javascript; charset=utf-8")
        token = request.headers.get(TOKEN_HEADER) or ""
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return Response.of_text(
                "This page is not of the gsi app that runs now. Open the printed address.", 403
            )
        if (request.method, request.path) == ("POST", "/jobs"):
            return self._begin(request)
        _, _, rest = request.path.partition("/jobs/")
        name, _, part = rest.partition("/")
        job = self._jobs.get(name)
        if job is None:
            return NOT_FOUND
        return _answer(job, request, part)

    def close(self) -> None:
        """Stop all encodings, and wait for them."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.stop()
        for job in jobs:
            job.join()

    def _begin(self, request: Request) -> Response:
        try:
            options = _options_of(request.query)
        except GsiError as err:
            return Response.of_text(str(err), 400)
        picture = request.read_body()
        with self._lock:
            if not self._make_room():
                return Response.of_text("There are too many encodings: wait, or stop one.", 503)
            name = secrets.token_hex(8)
            self._jobs[name] = Job(picture, options, self._turns)
        return Response.of_json({"job": name}, 201)

    def _make_room(self) -> bool:
        """Forget the oldest job that is over, if there are too many; tell whether there is room."""
        over = (name for name, job in self._jobs.items() if job.state.is_over)
        if len(self._jobs) >= MAX_JOBS and (oldest := next(over, None)):
            del self._jobs[oldest]
        return len(self._jobs) < MAX_JOBS


def _options_of(query: Mapping[str, str]) -> EncodeOptions:
    """Return the options of a query: a target, its value, and an effort.

    Raises:
        OptionError: They are none.
    """
    target, value = query.get("target"), query.get("value", "")
    if target not in TARGETS:
        raise OptionError(f"the target must be one of {', '.join(TARGETS)}")
    try:
        number = float(value)
    except ValueError:
        raise OptionError(f"{target} must be a number, not {value!r}") from None
    return EncodeOptions(**{target: number, "effort": query.get("effort", "medium")})  # type: ignore[arg-type]


def _answer(job: Job, request: Request, part: str) -> Response:
    """Answer what is asked of a job."""
    if request.method == "DELETE" and not part:
        job.stop()
        return Response.of_json({})
    if request.method == "GET" and not part:
        seen = request.query.get("seen", "")
        return Response.of_json(
            _for_page(job.watch(), int(seen) if re.fullmatch(r"[0-9]{1,15}", seen) else 0)
        )
    encoded = job.state.encoded
    if request.method == "GET" and part == "file" and encoded is not None:
        return Response(encoded.data, "application/octet-stream")
    return NOT_FOUND


def _for_page(state: State, seen: int) -> dict[str, object]:
    """Return what a page shows of a state, with the picture if it is another than the one it has seen."""
    fields: dict[str, object] = {
        "status": state.status,
        "error": state.error,
        "warnings": state.warnings,
        "seconds": round(state.seconds, 1),
        "seen": state.n_snapshots,
    }
    if progress := state.progress:
        fields |= {"stage": progress.stage, "iteration": progress.done, "total": progress.total}
        fields |= {"psnr": _finite(progress.psnr), "gaussians": progress.n_gaussians}
    if encoded := state.encoded:
        fields |= {"psnr": _finite(encoded.psnr), "gaussians": encoded.n_gaussians}
        fields["bytes"] = len(encoded.data)
    if (snapshot := state.snapshot) and state.n_snapshots > seen:
        fields["picture"] = "data:image/png;base64," + b64encode(snapshot.png()).decode("ascii")
        fields["ellipses"] = snapshot.ellipses()
    return fields


def _finite(value: float) -> float | None:
    """Return a number for JSON, which has no infinity: None stands for exact."""
    return None if math.isinf(value) else value
