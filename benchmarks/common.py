"""What the benchmarks share: where the pictures are, and how to time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gicodec import read_image
from gicodec.gaussians import Gaussians
from gicodec.render import Splats, View, place

ROOT = Path(__file__).resolve().parent.parent
KODAK = Path(os.environ.get("GSI_KODAK", ROOT.parent / "shared" / "data" / "kodak"))


def kodak(number: int) -> NDArray[np.uint8]:
    """Read a Kodak picture, [H, W, 3]; GSI_KODAK says where they are."""
    return read_image(KODAK / f"kodim{number:02d}.png")[0].samples


def splats_of(gaussians: Gaussians, view: View) -> Splats[NDArray[np.float32]]:
    """Give what the engine takes."""
    return place(gaussians, view).map(lambda array: np.ascontiguousarray(array, dtype=np.float32))


def times(run: Callable[[], object], n_runs: int) -> NDArray[np.float64]:
    """Seconds of each of n_runs calls, after two that do not count."""
    seconds = []
    for _ in range(n_runs + 2):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return np.array(seconds[2:])
