"""Options of the encoder and the decoder. Values are checked here, once.

Error texts use names of options only to mean the option: the command line shows them as it spells them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from gicodec.errors import OptionError, TargetError
from gicodec.format.constants import Method
from gicodec.format.header import Header
from gicodec.methods import SPECS
from gicodec.option_types import check_types

if TYPE_CHECKING:
    from gicodec.gaussians import Gaussians

Effort = Literal["fastest", "fast", "medium", "slow"]
EFFORTS: tuple[str, ...] = get_args(Effort)
TARGETS = {
    "bpp": "{:g} bpp",
    "target_size": "{:.0f} bytes",
    "psnr": "{:g} dB",
    "quality": "quality {:g}",
    "gaussians": "{:.0f} Gaussians",
}
"""What can be aimed at, by the name of the option, and how a value is written with its unit."""
QUALITY_PER_OCTAVE = 18.0  # of D; quality 0 is D = 1
DEFAULT_BPP, DEFAULT_BYTES = 0.3, 200  # whichever is more
METHODS = tuple(method.label for method in Method)


@dataclass(frozen=True)
class EncodeOptions:
    """How to encode one picture. The first five fields are targets: give one at most.

    The default is bpp=0.3, or 200 bytes if that is more.

    Raises:
        OptionError: A value is out of range, there are several targets, or the method lacks an option.
    """

    bpp: float | None = None
    """Target: bits per pixel of the whole file, > 0; never exceeded, met within 2 %."""
    target_size: int | None = None
    """Target: bytes of the whole file, > 0; never exceeded, met within 2 %."""
    psnr: float | None = None
    """Target: PSNR of the decoded 8-bit picture, dB, > 0. It may be 0.1 dB less, and is more where nothing
    smaller was found."""
    quality: float | None = None
    """Target: 0 to 100. Sets the quantization step D = 2**(-quality / 18) for every picture."""
    gaussians: int | None = None
    """Target: number of Gaussians, 1 to the number of pixels; fewer only if the picture cannot use them."""
    effort: Effort = "medium"
    """How long to fit: "fastest", "fast", "medium", or "slow"."""
    method: str = "gsi"
    """"gsi", or a paper's method: "gaussianimage", "gaussianimage-rs", or "gaussianimage++"
    (arXiv:2403.08551; GaussianImage++, AAAI 2026). The next five fields are for the papers' methods only."""
    bits_back: bool = False
    """Do not spend bits on the order of the Gaussians."""
    iterations: int | None = None
    """Length of each schedule, 1 or more. Defaults by effort: 2000, 10000, 50000."""
    bits: tuple[int, int, int] | None = None
    """gaussianimage++: bits per number of centers, covariances, and colors, 1 to 16. Default: 12, 10, 6."""
    densify: bool | None = None
    """Add half of the Gaussians where the error is largest. Default: only for gaussianimage++."""
    filters: bool | None = None
    """Widen new Gaussians to their share of the picture. Default: only for gaussianimage++."""
    waves: bool | None = None
    """Allow Gaussians that carry a wave (an oscillation, for texture); this fits a second time. Default: at
    efforts "medium" and "slow". Not used with a target of gaussians."""
    texture: bool | None = None
    """Code texture as a layer of cosines under the Gaussians. Default: where that is better, from 0.18 bpp.
    Not used with a target of gaussians."""
    seed: int = 0
    """Random seed, 0 to 2**63 - 1. The same picture, options, version, and machine give the same bytes."""
    threads: int = 0
    """Number of threads; 0 means one per core. Does not change the bytes."""
    device: str = "auto"
    """Where to fit: "cpu", "cuda", "cuda:1", or "auto" (the first CUDA device if CUDA works, otherwise the
    CPU). CPU and CUDA give different bytes."""

    def __post_init__(self) -> None:
        check_types(self)
        if len(given := self._given()) > 1:
            raise OptionError(f"give one target, not {' and '.join(given)}")
        kind, value = self.target
        if kind == "quality" and not 0 <= value <= 100:
            raise OptionError(f"quality must be 0 to 100, not {value}")
        if not (math.isfinite(value) and (value > 0 or kind == "quality")):
            raise OptionError(f"{kind} must be positive and finite, not {value}")
        if kind == "gaussians" and self.texture:
            raise OptionError("texture does not apply to a target of gaussians")
        if self.effort not in EFFORTS:
            raise OptionError(f"effort must be one of {', '.join(EFFORTS)}, not {self.effort!r}")
        self._check_method()
        if not 0 <= self.seed < 2**63:
            raise OptionError(f"seed must be 0 to 2**63 - 1, not {self.seed}")
        _check_threads(self.threads)
        _check_device(self.device)

    def _check_method(self) -> None:
        """Refuse options that do not apply to the method, rather than ignore them."""
        if self.method not in METHODS:
            raise OptionError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")
        for name, hint in SPECS[Method.of(self.method)].refused.items():
            value = getattr(self, name)
            if value is not None and value is not False:  # a quality of 0 is one
                raise OptionError(f"{name} does not apply to method {self.method}{hint}")
        if self.iterations is not None and self.iterations < 1:
            raise OptionError(f"iterations must be 1 or more, not {self.iterations}")
        if self.bits is not None and not all(1 <= n <= 16 for n in self.bits):
            raise OptionError(f"bits must be three numbers of 1 to 16, not {self.bits}")

    @property
    def target(self) -> tuple[str, float]:
        """Name and value of the target."""
        for name in self._given():
            return name, getattr(self, name)
        return "bpp", DEFAULT_BPP

    def budget(self, n_pixels: int, n_other_bytes: int = 0) -> int:
        """Return how many bytes a target of bpp or target_size allows for a picture of ``n_pixels``.

        Where no target was given, Gaussians get DEFAULT_BYTES at least, whatever the bytes beside them.
        """
        kind, value = self.target
        n_bytes = int(value * n_pixels / 8) if kind == "bpp" else int(value)
        return n_bytes if self._given() else max(n_bytes, DEFAULT_BYTES + n_other_bytes)

    @property
    def is_default(self) -> bool:
        """Whether no target was given."""
        return not self._given()

    def _given(self) -> list[str]:
        """Return the names of the targets that were given."""
        return [name for name in TARGETS if getattr(self, name) is not None]

    def gaussians_of(self, header: Header) -> int:
        """Return the target number of Gaussians.

        Raises:
            TargetError: A picture of this size cannot have so many.
        """
        _, value = self.target
        n_max = min(header.n_pixels, header.max_gaussians)
        if value > n_max:
            size = f"{header.width}x{header.height}"
            raise TargetError(
                f"{value:.0f} Gaussians are too many: a {size} picture can have at most {n_max}"
            )
        return int(value)

    @property
    def tries_waves(self) -> bool:
        """Whether to fit with waves, too."""
        return self.effort in ("medium", "slow") if self.waves is None else self.waves


@dataclass(frozen=True)
class Crop:
    """A rectangle of the output, in pixels of the scaled picture; x and y are of its top left corner."""

    width: int
    height: int
    x: int
    y: int


@dataclass(frozen=True)
class DecodeOptions:
    """How to decode one file: size, crop, bits. Give scale or size, not both; the default is the coded size.

    Raises:
        OptionError: A value is out of range, or both scale and size are given.
    """

    scale: float | None = None
    """Output pixels per coded pixel, > 0. The size is rounded, at least 1x1."""
    size: tuple[int | None, int | None] | int | None = None
    """Output (width, height) in pixels, 1 or more each; the two axes may scale differently. If one is None,
    it follows from the other. One number: the longer side."""
    crop: Crop | None = None
    """Render only this part of the output; it must lie inside."""
    bits: Literal[8, 16] | None = None
    """Bits per sample of the output. Default: those of the picture that was coded."""
    threads: int = 0
    """Number of threads; 0 means one per core. Does not change the pixels."""
    device: str = "auto"
    """Where to render: "cpu", "cuda", "cuda:1", or "auto" (the CPU: starting a GPU takes longer than decoding
    one picture). On CUDA, one 8-bit sample in a thousand may differ, by one level."""

    def __post_init__(self) -> None:
        check_types(self)
        if self.scale is not None and self.size is not None:
            raise OptionError("give scale or size, not both")
        if self.scale is not None and not (math.isfinite(self.scale) and self.scale > 0):
            raise OptionError(f"scale must be positive and finite, not {self.scale}")
        sides = self.size if isinstance(self.size, tuple) else (self.size,)
        if self.size == (None, None) or any(side is not None and side < 1 for side in sides):
            text = "x".join("" if side is None else str(side) for side in sides)
            raise OptionError(f"size must be at least 1x1, not {text}")
        if self.bits not in (None, 8, 16):
            raise OptionError(f"bits must be 8 or 16, not {self.bits}")
        _check_threads(self.threads)
        _check_device(self.device)


def _check_device(device: str) -> None:
    if not re.fullmatch(r"auto|cpu|cuda(:[0-9]{1,3})?", device):
        raise OptionError(f"device must be auto, cpu, cuda, or cuda:N, not {device!r}")


def _check_threads(threads: int) -> None:
    if threads < 0:
        raise OptionError(f"threads must be 0 (one per core) or more, not {threads}")


@dataclass(frozen=True)
class Progress:
    """A progress report of the encoder."""

    stage: str
    """Of a picture that is divided: "start" (few Gaussians in each chunk), then "chunks". Of others: "first"
    (few Gaussians), "twice" (twice as many, where a layer of cosines may be better), "fit",
    "waves" (another fit, with waves), "tune", or "round" (a part of the numbers after the other; again where
    the target is not met). Papers' methods: "fit" or "quantize"."""
    done: int
    """Iterations, or parts, done in this stage."""
    total: int
    """Iterations, or parts, of this stage."""
    psnr: float
    """PSNR of the current picture, before its samples are rounded, dB; inf if it is exact."""
    n_gaussians: int
    """Current number of Gaussians."""
    snapshot: Callable[[], Gaussians]
    """Copies the current Gaussians, not yet quantized; call it before the callback returns. Those of method
    gsi have three channels, even of gray, and are added to one color where much of the picture has it."""


ProgressCallback = Callable[[Progress], None]
