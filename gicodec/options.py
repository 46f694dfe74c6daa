"""What a caller may ask of the encoder and the decoder: plain values, checked once, here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Effort = Literal["fast", "medium", "slow"]
EFFORTS: tuple[str, ...] = get_args(Effort)


@dataclass(frozen=True)
class EncodeOptions:
    """How to encode one picture.

    Raises:
        ValueError: A value is out of its range.
    """

    bpp: float = 0.3
    """Bits per pixel of the whole file, > 0; never exceeded."""
    effort: Effort = "medium"
    """How long to fit."""
    seed: int = 0
    """The same seed and picture give the same bytes; 0 to 2**63 - 1."""
    threads: int = 0
    """Threads to use, 0 for one per core; the bytes do not depend on it."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.bpp) and self.bpp > 0):
            raise ValueError(f"bpp must be positive and finite, not {self.bpp}")
        if self.effort not in EFFORTS:
            raise ValueError(f"effort must be one of {', '.join(EFFORTS)}, not {self.effort!r}")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"seed must be 0 to 2**63 - 1, not {self.seed}")
        _check_threads(self.threads)


@dataclass(frozen=True)
class Crop:
    """A rectangle of the decoded (already scaled) picture, in its pixels."""

    width: int
    height: int
    x: int
    y: int


@dataclass(frozen=True)
class DecodeOptions:
    """At which size, and which part, to decode.

    Raises:
        ValueError: A value is out of its range, or both scale and size are given.
    """

    scale: float | None = None
    """Output pixels per coded pixel; the size is rounded, at least 1x1."""
    size: tuple[int, int] | None = None
    """Output (width, height) instead of a scale; the two axes may scale differently."""
    crop: Crop | None = None
    """Render only this part of the output; it must lie inside."""
    bits: Literal[8, 16] = 8
    """Bits per sample of the output."""
    threads: int = 0
    """Threads to use, 0 for one per core; the pixels do not depend on it."""

    def __post_init__(self) -> None:
        if self.scale is not None and self.size is not None:
            raise ValueError("give a scale or a size, not both")
        if self.scale is not None and not (math.isfinite(self.scale) and self.scale > 0):
            raise ValueError(f"scale must be positive and finite, not {self.scale}")
        if self.size is not None and min(self.size) < 1:
            raise ValueError(f"size must be at least 1x1, not {self.size[0]}x{self.size[1]}")
        if self.bits not in (8, 16):
            raise ValueError(f"bits must be 8 or 16, not {self.bits}")
        _check_threads(self.threads)


def _check_threads(threads: int) -> None:
    if threads < 0:
        raise ValueError(f"threads must be 0 (one per core) or more, not {threads}")


@dataclass(frozen=True)
class Progress:
    """One report of a running encode."""

    stage: str
    """"fit" or "tune"."""
    done: int
    total: int
    psnr: float
    """dB over the samples of the current, unrounded picture; inf where it is exact."""
    n_gaussians: int


ProgressCallback = Callable[[Progress], None]
