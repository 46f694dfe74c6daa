"""Arrays to a CUDA device, and the picture back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from gicodec.device import find_device, one_line_errors
from gicodec.format import Kernel
from gicodec.render.splats import Splats

Array = NDArray[np.float32]

BAND = 2**24  # pixels drawn at once: 200 MB of the device's memory, whatever the size of the picture


def render_there(splats: Splats[Array], height: int, width: int, kernel: Kernel, device: str) -> Array:
    """Render N Gaussians on a device: [C, height, width], band by band.

    Raises:
        DeviceError: There is no such device, or it failed.
    """
    found = find_device(device)
    from gicodec.render import cuda  # imports Triton, of whose absence find_device() tells

    with one_line_errors():
        there = splats.map(lambda array: torch.from_numpy(array).to(found))
        image = np.empty((there.colors.shape[1], height, width), np.float32)
        n_rows = max(1, BAND // width)
        for top in range(0, height, n_rows):
            rows = image[:, top : top + n_rows]
            moved = replace(there, centers=there.centers - torch.tensor([0, top], device=found))
            rows[:] = cuda.forward(moved, rows.shape[1], width, kernel).cpu().numpy()
        return image
