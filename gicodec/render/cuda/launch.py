"""Starting programs: on how large blocks, on which device, and checks of what they are given."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gicodec.render.splats import Splats

TILE = 16, 8  # columns and rows of the pixels that one program draws
BLOCK = 128  # Gaussians that are prepared, and looked at, together
GROUP = 32  # blocks that are looked at together
PATCH = 16, 8  # columns and rows of the pixels at which a Gaussian is differentiated at once
OPTIONS = {"num_warps": 1, "enable_fp_fusion": True}  # sums within a warp need no memory


def start(program: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    """Start a program on the device of its first tensor: Triton would take the current one."""
    with torch.cuda.device_of(arguments[0]):  # type: ignore[no-untyped-call]
        program[grid](*arguments, **constants, **OPTIONS)


def checked_splats(splats: Splats[Tensor]) -> tuple[int, int]:
    """Return how many Gaussians and channels there are."""
    n, device = checked(splats.centers, splats.conics), splats.centers.device
    channels = splats.colors.shape[-1]
    check_shape("colors", splats.colors, (n, channels), device)
    if splats.waves is not None:
        check_shape("waves", splats.waves, (n, 4), device)
    if not channels:
        raise ValueError("colors have channels")
    return n, channels


def checked(centers: Tensor, conics: Tensor) -> int:
    """Return how many Gaussians there are."""
    n, device = len(centers), centers.device
    check_shape("centers", centers, (n, 2), device)
    check_shape("conics", conics, (n, 3), device)
    return n


def checked_image(image: Tensor, channels: int | None, device: torch.device) -> tuple[int, int]:
    """Return its height and width."""
    if image.ndim != 3:
        raise TypeError("an image is [C, height, width]")
    check_shape("image", image, (channels or len(image), *image.shape[1:]), device)
    if not image.numel():
        raise ValueError("an image has pixels")
    return image.shape[1], image.shape[2]


def check_shape(name: str, tensor: Tensor, shape: tuple[int, ...], device: torch.device) -> None:
    """Refuse any other tensor than one of this shape, of contiguous float32 on this device."""
    if tensor.dtype != torch.float32 or not tensor.is_contiguous() or tensor.device != device:
        raise TypeError(f"{name}: need contiguous float32 on {device}")
    if tensor.ndim != len(shape):
        raise TypeError(f"{name}: need {len(shape)} dimensions")
    if tensor.shape != shape:
        raise ValueError(f"{name}: need {list(shape)}, not {list(tensor.shape)}")
