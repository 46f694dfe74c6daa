"""Files for the commands, made once, and a terminal."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from commands import FAST, gsi, picture
from payloads import random_payload, random_records

from gicodec.format import GsiFile, Header, Kernel, Method
from gicodec.image.write import write_image


@pytest.fixture(scope="session")
def png(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "tiny.png"
    write_image(path, picture())
    return path


@pytest.fixture(scope="session")
def coded(png: Path) -> Path:
    """Return tiny.gsi, encoded by the command."""
    path = png.with_suffix(".gsi")
    done = gsi("encode", png, path, *FAST)
    assert done.returncode == 0, done.stderr.decode()
    return path


@pytest.fixture(scope="session")
def handmade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that the format layer wrote, for the commands that do not decode."""
    header = Header(64, 48)
    payload = random_payload(np.random.default_rng(0), 10, header, waves=0.3)
    path = tmp_path_factory.mktemp("handmade") / "ten.gsi"
    path.write_bytes(GsiFile(header, payload).to_bytes())
    return path


@pytest.fixture(scope="session")
def of_a_paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of GaussianImage that the format layer wrote."""
    header = Header(64, 48, kernel=Kernel.CUT, method=Method.GAUSSIANIMAGE)
    payload = random_records(np.random.default_rng(0), 10, header, any_order=True)
    path = tmp_path_factory.mktemp("paper") / "paper.gsi"
    path.write_bytes(GsiFile(header, payload).to_bytes())
    return path


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Yield our end and the process's end of a terminal."""
    ours, theirs = os.openpty()
    yield ours, theirs
    for fd in (ours, theirs):
        with suppress(OSError):
            os.close(fd)
