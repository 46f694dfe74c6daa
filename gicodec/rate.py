"""Rate control for the experimental payload: how many Gaussians, and how finely quantized, fill a file.

1. Guess a number of Gaussians from what one is expected to cost, and fit them.
2. Round their shapes; find the steps and the number at which the file is just small enough.
3. Solve for the colors that go best with the rounded shapes; search once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gicodec.fit import FitSettings, as_target, fit, to_gaussians
from gicodec.fit.colors import solve_colors
from gicodec.format import GsiFile, Header, Payload, TargetError, step_of
from gicodec.gaussians import Gaussians
from gicodec.options import EncodeOptions, Progress, ProgressCallback
from gicodec.quantize import Steps, dequantize, quantize, strongest
from gicodec.render import View, place

COARSE = Steps.near(position=0.3, size=0.05, elongation=0.05, angle=math.pi / 256, color=0.02)
MAX_FINENESS = 40  # step codes below COARSE: five octaves, beyond which 8 bits show nothing
OTHER_BITS = 36.0  # of a Gaussian but its center at COARSE; measured on photographs
TABLE_BYTES = 250  # of a file but its Gaussians; likewise
RESERVE = 0.02  # of the Gaussians, kept until the colors are solved
COLOR_LEEWAY = 4  # step codes that the colors may end coarser than the shapes
N_COLOR_ITERATIONS = 30
SPARE_BYTES = 8  # a Gaussian at COARSE may need more than the one that we try


@dataclass(frozen=True)
class _Choice:
    """One way to fill the file: how many step codes finer than COARSE, and how many Gaussians."""

    shape_fineness: int
    color_fineness: int
    n_gaussians: int


def encode_at_rate(
    pixels: NDArray[np.uint8],
    header: Header,
    options: EncodeOptions,
    progress: ProgressCallback | None,
) -> Payload:
    """Encode a picture [H, W, C] into at most ``options.bpp`` bits per pixel of the whole file.

    Raises:
        TargetError: Not even one Gaussian fits.
    """
    budget = int(options.bpp * header.n_pixels / 8)
    _check_reachable(header, budget)
    result = fit(
        pixels,
        _expected_gaussians(header, budget),
        FitSettings.of(options.effort),
        seed=options.seed,
        threads=options.threads,
        progress=progress,
    )
    search = _Search(header, budget)
    gaussians = to_gaussians(result.parameters)
    choice = search.first_choice(gaussians)
    rounded = dequantize(search.payload(gaussians, choice))
    settled = _settle_colors(pixels, rounded, header, options.threads)
    choice = search.last_choice(settled, choice)
    if progress is not None:
        progress(Progress("quantize", 1, 1, result.psnr, choice.n_gaussians))
    return search.payload(settled, choice)


class _Search:
    """Looks for the finest steps, and then the most Gaussians, that a budget of bytes holds."""

    def __init__(self, header: Header, budget: int) -> None:
        self._header, self._budget = header, budget

    def payload(self, gaussians: Gaussians, choice: _Choice) -> Payload:
        """Quantize as chosen."""
        finer = (*[choice.shape_fineness] * 4, choice.color_fineness)
        codes = (code - less for code, less in zip(COARSE.as_tuple(), finer, strict=True))
        return quantize(strongest(gaussians, choice.n_gaussians), Steps(*codes))

    def first_choice(self, gaussians: Gaussians) -> _Choice:
        """Choose all steps together; a few Gaussians too many, for the last choice to drop."""
        n = gaussians.n_gaussians
        fineness = _first(lambda f: not self._fits(gaussians, _Choice(f, f, n)), 0, MAX_FINENESS)
        choice = self._most(gaussians, _Choice(fineness, fineness, n))
        return replace(choice, n_gaussians=min(n, math.ceil(choice.n_gaussians * (1 + RESERVE))))

    def last_choice(self, gaussians: Gaussians, choice: _Choice) -> _Choice:
        """Choose the step of the colors and the number; shapes are rounded already."""
        choice = replace(choice, n_gaussians=gaussians.n_gaussians)
        fineness = _first(
            lambda f: not self._fits(gaussians, replace(choice, color_fineness=f)),
            max(0, choice.color_fineness - COLOR_LEEWAY),
            MAX_FINENESS,
        )
        return self._most(gaussians, replace(choice, color_fineness=fineness))

    def _most(self, gaussians: Gaussians, choice: _Choice) -> _Choice:
        """Take as many Gaussians as fit, at the steps of a choice; at least one."""

        def with_n(n: int) -> _Choice:
            return replace(choice, n_gaussians=n)

        n = _first(lambda n: not self._fits(gaussians, with_n(n)), 1, gaussians.n_gaussians + 1) - 1
        while n > 1 and not self._fits(gaussians, with_n(n)):  # sizes are not quite monotonic
            n -= 1
        return with_n(max(1, n))

    def _fits(self, gaussians: Gaussians, choice: _Choice) -> bool:
        file = GsiFile(self._header, self.payload(gaussians, choice))
        return len(file.to_bytes()) <= self._budget


def _first(predicate: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first number of [low, high) for which an increasing predicate holds, else high."""
    while low < high:
        middle = (low + high) // 2
        if predicate(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _expected_gaussians(header: Header, budget: int) -> int:
    """Guess how many Gaussians a budget of bytes holds at COARSE."""
    position = step_of(COARSE.position)
    position_bits = sum(max(0.0, math.log2(side / position)) for side in (header.width, header.height))
    tables = min(TABLE_BYTES, budget // 4)
    return max(1, int(8 * (budget - tables) / (position_bits + OTHER_BITS)))


def _check_reachable(header: Header, budget: int) -> None:
    one = Gaussians(np.zeros((1, 2)), np.zeros(1), np.zeros(1), np.zeros(1), np.ones((1, 3)))
    smallest = len(GsiFile(header, quantize(one, COARSE)).to_bytes()) + SPARE_BYTES
    if budget < smallest:
        size = f"{header.width}x{header.height}"
        rate = math.ceil(8e4 * smallest / header.n_pixels) / 1e4
        raise TargetError(f"{budget} bytes are too few: a {size} picture needs at least {rate} bpp")


def _settle_colors(pixels: NDArray[np.uint8], rounded: Gaussians, header: Header, threads: int) -> Gaussians:
    """Solve for the colors again, now that the shapes are rounded."""
    view = View(header.width, header.height)
    arrays = (np.ascontiguousarray(a, dtype=np.float32) for a in place(rounded, view))
    colors = solve_colors(
        as_target(pixels).numpy(), *arrays, n_iterations=N_COLOR_ITERATIONS, threads=threads
    )
    return replace(rounded, colors=colors.astype(np.float64))
