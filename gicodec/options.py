"""What a caller may ask of the encoder and the decoder: plain values, checked once, here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from gicodec.errors import OptionError, TargetError
from gicodec.format.constants import Method
from gicodec.format.header import Header
from gicodec.methods import SPECS

Effort = Literal["fast", "medium", "slow"]
EFFORTS: tuple[str, ...] = get_args(Effort)
TARGETS = {
    "bpp": "{:g} bpp",
    "target_size": "{:.0f} bytes",
    "psnr": "{:g} dB",
    "quality": "quality {:g}",
    "gaussians": "{:.0f} Gaussians",
}
"""What can be aimed at, by the name of the option, and how a value is written with its unit."""
DEFAULT_BPP = 0.3
METHODS = tuple(method.label for method in Method)


@dataclass(frozen=True)
class EncodeOptions:
    """How to encode one picture, and what to aim at: one of the first five, by default a bpp of DEFAULT_BPP.

    Raises:
        OptionError: A value is out of its range, or several targets are given.
    """

    bpp: float | None = None
    """Bits per pixel of the whole file, > 0; never exceeded, and met within 2 %."""
    target_size: int | None = None
    """Bytes of the whole file, > 0; never exceeded, and met within 2 %."""
    psnr: float | None = None
    """dB of the decoded 8-bit picture, > 0; met within 0.1 dB."""
    quality: float | None = None
    """0 to 100: the step D of all quantization, 2**(-quality / 18); the same for every picture."""
    gaussians: int | None = None
    """How many Gaussians, 1 to the number of pixels; fewer where the picture has no use for more."""
    effort: Effort = "medium"
    """How long to fit."""
    method: str = "gsi"
    """One of METHODS; all that follow it, down to filters, are of the papers' methods only."""
    bits_back: bool = False
    """Whether to save the bits that an order of the Gaussians would take."""
    iterations: int | None = None
    """Of each of the method's schedules, at least 1; by default by effort."""
    bits: tuple[int, int, int] | None = None
    """Of gaussianimage++, 1 to 16: of each number of centers, covariances, colors; by default 12, 10, 6."""
    densify: bool | None = None
    """Whether half of the Gaussians come where the error is; by default with gaussianimage++."""
    filters: bool | None = None
    """Whether a new Gaussian is widened by its share of the picture; by default with gaussianimage++."""
    waves: bool | None = None
    """Whether Gaussians may carry waves where that is better: one more fit. By default at every effort but
    fast; never at a number of Gaussians."""
    seed: int = 0
    """The same seed and picture give the same bytes; 0 to 2**63 - 1."""
    threads: int = 0
    """Threads to use, 0 for one per core; the bytes do not depend on it."""
    device: str = "auto"
    """Where to fit: "cpu", "cuda", "cuda:1"; "auto" is the first CUDA device, where there is one that can be
    used. The bytes depend on which kind it is."""

    def __post_init__(self) -> None:
        given = [name for name in TARGETS if getattr(self, name) is not None]
        if len(given) > 1:
            raise OptionError(f"give one target, not {' and '.join(given)}")
        kind, value = self.target
        if kind == "quality" and not 0 <= value <= 100:
            raise OptionError(f"quality must be 0 to 100, not {value}")
        if not (math.isfinite(value) and (value > 0 or kind == "quality")):
            raise OptionError(f"{kind} must be positive and finite, not {value}")
        if kind in ("target_size", "gaussians") and value != int(value):
            raise OptionError(f"{kind} must be a whole number, not {value}")
        if self.effort not in EFFORTS:
            raise OptionError(f"effort must be one of {', '.join(EFFORTS)}, not {self.effort!r}")
        self._check_method()
        if not 0 <= self.seed < 2**63:
            raise OptionError(f"seed must be 0 to 2**63 - 1, not {self.seed}")
        _check_threads(self.threads)
        _check_device(self.device)

    def _check_method(self) -> None:
        """Refuse what the method has no use for, rather than ignore it."""
        if self.method not in METHODS:
            raise OptionError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")
        for name, hint in SPECS[Method.of(self.method)].refused.items():
            value = getattr(self, name)
            if value is not None and value is not False:  # a quality of 0 is one
                raise OptionError(f"method {self.method} has no {name}{hint}")
        if self.iterations is not None and self.iterations < 1:
            raise OptionError(f"iterations must be 1 or more, not {self.iterations}")
        if self.bits is not None and not (len(self.bits) == 3 and all(1 <= n <= 16 for n in self.bits)):
            raise OptionError(f"bits must be three numbers of 1 to 16, not {self.bits}")

    @property
    def target(self) -> tuple[str, float]:
        """The one of TARGETS that is aimed at, and its value."""
        given = ((name, getattr(self, name)) for name in TARGETS if getattr(self, name) is not None)
        return next(given, ("bpp", DEFAULT_BPP))

    def budget(self, n_pixels: int) -> int:
        """Return the bytes that a target of bpp or bytes allows the file of a picture."""
        kind, value = self.target
        return int(value * n_pixels / 8) if kind == "bpp" else int(value)

    def gaussians_of(self, header: Header) -> int:
        """Return the number of Gaussians that was asked for.

        Raises:
            TargetError: The picture of this header cannot have so many.
        """
        _, value = self.target
        n_max = min(header.n_pixels, header.max_gaussians)
        if value > n_max:
            size = f"{header.width}x{header.height}"
            raise TargetError(f"{value:.0f} Gaussians are too many: a {size} picture can have {n_max}")
        return int(value)

    @property
    def tries_waves(self) -> bool:
        """Whether to fit with waves too."""
        return self.effort != "fast" if self.waves is None else self.waves


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
        OptionError: A value is out of its range, or both scale and size are given.
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
    device: str = "auto"
    """Where to render: "cpu", "cuda", "cuda:1"; "auto" is the CPU, since to wake a GPU takes longer than to
    decode a picture. One sample in a thousand may differ, by one level of 255."""

    def __post_init__(self) -> None:
        if self.scale is not None and self.size is not None:
            raise OptionError("give a scale or a size, not both")
        if self.scale is not None and not (math.isfinite(self.scale) and self.scale > 0):
            raise OptionError(f"scale must be positive and finite, not {self.scale}")
        if self.size is not None and min(self.size) < 1:
            raise OptionError(f"size must be at least 1x1, not {self.size[0]}x{self.size[1]}")
        if self.bits not in (8, 16):
            raise OptionError(f"bits must be 8 or 16, not {self.bits}")
        _check_threads(self.threads)
        _check_device(self.device)


def _check_device(device: str) -> None:
    if not re.fullmatch(r"auto|cpu|cuda(:[0-9]{1,3})?", device):
        raise OptionError(f"device must be auto, cpu, cuda or cuda:1, not {device!r}")


def _check_threads(threads: int) -> None:
    if threads < 0:
        raise OptionError(f"threads must be 0 (one per core) or more, not {threads}")


@dataclass(frozen=True)
class Progress:
    """One report of a running encode."""

    stage: str
    """"fit", "waves" (the fit once more, with them) or "tune"; "fit" or "quantize" of the papers' methods."""
    done: int
    total: int
    psnr: float
    """dB over the samples of the current, unrounded picture; inf where it is exact."""
    n_gaussians: int


ProgressCallback = Callable[[Progress], None]
