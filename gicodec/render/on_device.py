"""Arrays to a CUDA device, and the picture back."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from gicodec.device import find_device, one_line_errors
from gicodec.format import Kernel

Array = NDArray[np.float32]

BAND = 2**24  # pixels drawn at once: 200 MB of the device's memory, whatever the size of the picture


def render_there(arrays: list[Array], height: int, width: int, kernel: Kernel, device: str) -> Array:
    """Render centers [N, 2], conics [N, 3], colors [N, C] and any waves [N, 4]: [C, height, width].

    Raises:
        DeviceError: There is no such device, or it failed.
    """
    found = find_device(device)
    from gicodec.render import cuda  # imports Triton, of whose absence find_device() tells

    with one_line_errors():
        centers, conics, colors, *waves = (torch.from_numpy(array).to(found) for array in arrays)
        image = np.empty((colors.shape[1], height, width), np.float32)
        n_rows = max(1, BAND // width)
        for top in range(0, height, n_rows):
            rows = image[:, top : top + n_rows]
            size = rows.shape[1], width
            moved = centers - torch.tensor([0, top], device=found)
            band = cuda.forward(moved, conics, colors, *size, kernel, waves=waves[0] if waves else None)
            rows[:] = band.cpu().numpy()
        return image
