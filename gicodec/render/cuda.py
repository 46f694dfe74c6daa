"""The Triton engine: the reference's signature on torch tensors of one device, float32.

Values agree with the reference as the C++ engine's do; results are the same, bit for bit, on every run.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import triton
from torch import Tensor

from gicodec.format import Kernel
from gicodec.render import triton_kernels as kernels

TILE = 16, 8  # columns and rows of the pixels that one program draws
CHUNK = 128  # Gaussians that it looks at together
PATCH = 16, 8  # columns and rows of the pixels at which a Gaussian is differentiated at once
BLOCK = 128  # Gaussians that are prepared together
OPTIONS = {"num_warps": 1, "enable_fp_fusion": True}  # sums within a warp need no memory
CUTOFFS = {Kernel.COMPACT: 4.5, Kernel.CUT: math.log(255)}


def forward(
    centers: Tensor,
    conics: Tensor,
    colors: Tensor,
    height: int,
    width: int,
    kernel: Kernel,
    *,
    waves: Tensor | None = None,
    background: Tensor | None = None,
    image: Tensor | None = None,
) -> Tensor:
    """Render: as ``reference.forward``.

    Args:
        centers: [N, 2].
        conics: [N, 3].
        colors: [N, C].
        height: Rows of the image.
        width: Columns of the image.
        kernel: Which weight.
        waves: [N, 4]; without them no Gaussian has one, which is faster.
        background: [C, height, width] that the Gaussians are added to; none is zero.
        image: [C, height, width], where the result goes, which may be the background; none is a new tensor.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    _, channels = _checked(centers, conics, colors, waves)
    if image is None:
        image = torch.empty(channels, height, width, device=centers.device)
    _check_shape("image", image, (channels, height, width), centers.device)
    if background is not None:
        _check_shape("background", background, (channels, height, width), centers.device)
    _draw((centers, conics, colors), image, kernel, waves, background, None)
    return image


def forward_batch(
    centers: Tensor,
    conics: Tensor,
    colors: Tensor,
    starts: Tensor,
    height: int,
    width: int,
    kernel: Kernel,
    *,
    waves: Tensor | None = None,
) -> Tensor:
    """Render several pictures of one size at once: to start each by itself takes longer than to draw it.

    Args:
        centers: [N, 2], those of one picture after those of another.
        conics: [N, 3].
        colors: [N, C].
        starts: [B + 1], int32, from 0 to N: where each picture's Gaussians begin, and the last one's end.
        height: Rows of each image.
        width: Columns of each image.
        kernel: Which weight.
        waves: [N, 4]; without them no Gaussian has one, which is faster.

    Returns:
        The images, [B, C, height, width].

    Raises:
        TypeError: A tensor is not of contiguous float32 (starts: int32), or on another device.
        ValueError: Shapes do not match.
    """
    _, channels = _checked(centers, conics, colors, waves)
    if starts.dtype != torch.int32 or starts.ndim != 1 or starts.device != centers.device:
        raise TypeError(f"starts: need one dimension of int32 on {centers.device}")
    images = torch.empty(len(starts) - 1, channels, height, width, device=centers.device)
    _draw((centers, conics, colors), images, kernel, waves, None, starts)
    return images


def _draw(
    gaussians: tuple[Tensor, Tensor, Tensor],
    images: Tensor,
    kernel: Kernel,
    waves: Tensor | None,
    background: Tensor | None,
    starts: Tensor | None,
) -> None:
    """Render into one image [C, H, W], or a batch of them."""
    *_, channels, height, width = images.shape
    if min(height, width) < 1:
        raise ValueError("an image has pixels")
    centers, conics, colors = gaussians
    numbers, bounds, phases = _prepared(centers, conics, waves, height, width, kernel)
    n_tiles = triton.cdiv(width, TILE[0]) * triton.cdiv(height, TILE[1])
    _launch(
        kernels.forward,
        (n_tiles, 1 if starts is None else len(images)),
        numbers,
        bounds,
        phases,
        waves if waves is not None else phases,
        colors,
        background if background is not None else images,
        images,
        starts if starts is not None else bounds,
        len(centers),
        channels,
        height,
        width,
        CUT=kernel is Kernel.CUT,
        HAS_WAVES=waves is not None,
        HAS_BACKGROUND=background is not None,
        BATCHED=starts is not None,
        CHANNELS=triton.next_power_of_2(channels),
        TILE_X=TILE[0],
        TILE_Y=TILE[1],
        CHUNK=CHUNK,
    )


def backward(
    centers: Tensor,
    conics: Tensor,
    colors: Tensor,
    grad_image: Tensor,
    kernel: Kernel,
    *,
    waves: Tensor | None = None,
) -> tuple[Tensor, ...]:
    """Differentiate ``sum(grad_image * image)``: as ``reference.backward``.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    n, channels = _checked(centers, conics, colors, waves)
    height, width = _checked_image(grad_image, channels, centers.device)
    grads = [torch.empty_like(t) for t in (centers, conics, colors, *([] if waves is None else [waves]))]
    numbers, bounds, phases = _prepared(centers, conics, waves, height, width, kernel)
    if n:
        _launch(
            kernels.backward,
            (n,),
            numbers,
            bounds,
            phases,
            waves if waves is not None else phases,
            colors,
            grad_image,
            *grads[:3],
            grads[3] if waves is not None else phases,
            channels,
            height,
            width,
            CUT=kernel is Kernel.CUT,
            HAS_WAVES=waves is not None,
            CHANNELS=triton.next_power_of_2(channels),
            PATCH_X=PATCH[0],
            PATCH_Y=PATCH[1],
        )
    return tuple(grads)


def correlate(centers: Tensor, conics: Tensor, image: Tensor, kernel: Kernel) -> tuple[Tensor, Tensor]:
    """Multiply weights with themselves and with an image [C, height, width]: as ``reference.correlate``.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    squares, products, _ = _correlated(centers, conics, None, image, kernel)
    return squares, products


def correlate_waves(
    centers: Tensor, conics: Tensor, frequencies: Tensor, image: Tensor, kernel: Kernel
) -> tuple[Tensor, Tensor, Tensor]:
    """Multiply weights, plain and oscillating, as ``reference.correlate_waves``.

    Raises:
        TypeError: A tensor is not of contiguous float32, or on another device.
        ValueError: Shapes do not match.
    """
    _check_shape("frequencies", frequencies, (len(centers), 2), centers.device)
    grams, products, wave_products = _correlated(centers, conics, frequencies, image, kernel)
    return grams.view(-1, 3, 3), products, wave_products


def _correlated(
    centers: Tensor, conics: Tensor, frequencies: Tensor | None, image: Tensor, kernel: Kernel
) -> tuple[Tensor, Tensor, Tensor]:
    """Return squares [N], or Gram matrices [N, 9], and products with the channels, and those of waves."""
    n, has_waves = _checked(centers, conics)[0], frequencies is not None
    height, width = _checked_image(image, None, centers.device)
    waves = None
    if frequencies is not None:
        waves = torch.cat([torch.ones_like(frequencies), frequencies], dim=1)
    shapes = (9,) if has_waves else (), (len(image),), (2,)
    sums = [torch.zeros(n, *shape, device=centers.device) for shape in shapes]
    numbers, bounds, phases = _prepared(centers, conics, waves, height, width, kernel)
    if n:
        _launch(
            kernels.correlate,
            (n,),
            numbers,
            bounds,
            phases,
            image,
            *sums,
            len(image),
            height,
            width,
            CUT=kernel is Kernel.CUT,
            HAS_WAVES=has_waves,
            CHANNELS=triton.next_power_of_2(len(image)),
            PATCH_X=PATCH[0],
            PATCH_Y=PATCH[1],
        )
    return sums[0], sums[1], sums[2]


def _prepared(
    centers: Tensor, conics: Tensor, waves: Tensor | None, height: int, width: int, kernel: Kernel
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the table: numbers [N, 8], bounds [N, 4] and, where there are waves, phases [N, 3]."""
    n, device = len(centers), centers.device
    numbers = torch.empty(n, kernels.N_NUMBERS, device=device)
    bounds = torch.empty(n, kernels.N_BOUNDS, dtype=torch.int32, device=device)
    n_phases = 0 if waves is None else n
    phases = torch.empty(n_phases, kernels.N_PHASES, dtype=torch.int32, device=device)
    if n:
        _launch(
            kernels.prepare,
            (triton.cdiv(n, BLOCK),),
            centers,
            conics,
            waves if waves is not None else centers,
            numbers,
            bounds,
            phases,
            n,
            height,
            width,
            CUTOFFS[kernel],
            HAS_WAVES=waves is not None,
            BLOCK=BLOCK,
        )
    return numbers, bounds, phases


def _launch(program: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    """Start a program on the device of its first tensor: Triton would take the current one."""
    with torch.cuda.device_of(arguments[0]):  # type: ignore[no-untyped-call]
        program[grid](*arguments, **constants, **OPTIONS)


def _checked(
    centers: Tensor, conics: Tensor, colors: Tensor | None = None, waves: Tensor | None = None
) -> tuple[int, int]:
    """Return how many Gaussians and channels there are."""
    n, device = len(centers), centers.device
    _check_shape("centers", centers, (n, 2), device)
    _check_shape("conics", conics, (n, 3), device)
    if waves is not None:
        _check_shape("waves", waves, (n, 4), device)
    if colors is None:
        return n, 0
    channels = colors.shape[-1]
    _check_shape("colors", colors, (n, channels), device)
    if not channels:
        raise ValueError("colors have channels")
    return n, channels


def _checked_image(image: Tensor, channels: int | None, device: torch.device) -> tuple[int, int]:
    """Return its height and width."""
    if image.ndim != 3:
        raise TypeError("an image is [C, height, width]")
    _check_shape("image", image, (channels or len(image), *image.shape[1:]), device)
    if not image.numel():
        raise ValueError("an image has pixels")
    return image.shape[1], image.shape[2]


def _check_shape(name: str, tensor: Tensor, shape: tuple[int, ...], device: torch.device) -> None:
    if tensor.dtype != torch.float32 or not tensor.is_contiguous() or tensor.device != device:
        raise TypeError(f"{name}: need contiguous float32 on {device}")
    if tensor.ndim != len(shape):
        raise TypeError(f"{name}: need {len(shape)} dimensions")
    if tensor.shape != shape:
        raise ValueError(f"{name}: need {list(shape)}, not {list(tensor.shape)}")
