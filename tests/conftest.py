"""What every test shares."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"  # before anything imports Triton
if hasattr(os, "sched_setaffinity") and "PYTEST_XDIST_WORKER" in os.environ:
    # A core for each worker: else the threads of two encoders would wait for each other at every step.
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) % len(cores)]})
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a shell
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or the processes of tests would ignore it, too


@pytest.fixture(scope="session", autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave the root, where ``python -m gicodec`` would find the folder and not what is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield


@pytest.fixture
def one_torch_thread() -> Iterator[None]:
    """Let torch work as it does in an encoder."""
    from gicodec.papers.loss import one_torch_thread as one_thread

    with one_thread():
        yield


FITS = {
    "encoder",
    "fit",
    "papers/test_encodings.py",
    "test_decode.py",
    "test_encode.py",
}  # in tests/: judge what comes of a fit
TESTS = Path(__file__).parent


INTERPRETED = {"one", "tiny_waved", "1x1", "one_row", "narrower_than_16_waved", "3_channels"}  # scenes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what judges a fit, and what takes long in Triton's interpreter."""
    for item in items:
        path = item.path.relative_to(TESTS)
        if FITS & {path.as_posix(), path.parts[0]}:
            item.add_marker("fits")
        parameters = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        interpreted = parameters.get("isa") == "triton" and "TRITON_INTERPRET" in os.environ
        if interpreted and parameters.get("name") not in INTERPRETED:
            item.add_marker("slow")
