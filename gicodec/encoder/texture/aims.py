"""What a layer is to reach, beside Gaussians that are given: a size, a PSNR, or the step of a quality."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

from gicodec.encoder.targets.ceiling import finest_step
from gicodec.encoder.targets.quality import step_of_quality
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.format.gsi.head import N_STEP_CODES, nearest_step_code
from gicodec.options import EncodeOptions
from gicodec.source import Source
from gicodec.texture.layer import CodedTexture


class Aim(ABC):
    """What was asked for."""

    @abstractmethod
    def layer(
        self, remainder: Remainder, n_bytes: int, near: int, *, rough: bool = False
    ) -> CodedTexture | None:
        """Return the layer that reaches it, if there is one.

        Args:
            remainder: What Gaussians leave.
            n_bytes: Of the file without a layer.
            near: A code of a step to begin with.
            rough: Whether nearly is enough.
        """


class SizeAim(Aim):
    """A file of at most so many bytes, but no finer than the samples of the picture."""

    def __init__(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes
        """Of the file, without alpha and metadata."""

    def layer(
        self, remainder: Remainder, n_bytes: int, near: int, *, rough: bool = False
    ) -> CodedTexture | None:
        """Find the step, and fill up what is left with a lower price of a bit."""
        budget = self.n_bytes - n_bytes - TEXTURE.framing
        if budget < TEXTURE.least_bytes:
            return None
        aim = math.sqrt(budget + 0.5)
        code = least_code(
            lambda code: math.sqrt(len(remainder.code(code).payload)),  # falls nearly in a line
            aim,
            near,
            first=nearest_step_code(finest_step(remainder.source.header)),
            tolerance=TEXTURE.rough_size * aim if rough else 0,
        )
        layer = remainder.code(code)
        if rough:
            return layer
        if len(layer.payload) > budget:
            return None
        return _refined(
            remainder,
            layer,
            1 / TEXTURE.max_price_change,
            lambda layer: len(layer.payload) <= budget,
            lambda layer: len(layer.payload) >= TEXTURE.nearly_full * budget,
        )


class PsnrAim(Aim):
    """A decoded picture of so many dB."""

    def __init__(self, psnr: float) -> None:
        self._psnr = psnr

    def layer(
        self, remainder: Remainder, n_bytes: int, near: int, *, rough: bool = False
    ) -> CodedTexture | None:
        """Find the largest step that is good enough."""
        tolerance = TEXTURE.rough_db if rough else 0
        code = least_code(
            lambda code: remainder.psnr_of(remainder.code(code)), self._psnr, near, tolerance=tolerance
        )
        layer = remainder.code(max(0, code - 1))
        if rough:
            return layer
        if remainder.psnr_of(layer) < self._psnr:
            return None
        return _refined(
            remainder,
            layer,
            TEXTURE.max_price_change,
            lambda layer: remainder.psnr_of(layer) >= self._psnr,
            lambda layer: remainder.psnr_of(layer) < self._psnr + TEXTURE.nearly_met,
        )


class StepAim(Aim):
    """A given step."""

    def __init__(self, quality: float) -> None:
        self._code = nearest_step_code(TEXTURE.step * step_of_quality(quality))

    def layer(
        self, remainder: Remainder, n_bytes: int, near: int, *, rough: bool = False
    ) -> CodedTexture | None:
        """Code it."""
        return remainder.code(self._code)


def _refined(
    remainder: Remainder,
    layer: CodedTexture,
    factor: float,
    is_good: Callable[[CodedTexture], bool],
    is_done: Callable[[CodedTexture], bool],
) -> CodedTexture:
    """Move the price of a bit, by a factor at most, as far as a layer that is good remains so."""
    low, high = 0.0, 1.0  # shares of the log of the factor: what is good, and what may not be
    for _ in range(TEXTURE.max_refinements):
        if is_done(layer):
            break
        middle = (low + high) / 2
        other = remainder.priced(layer, TEXTURE.price * factor**middle)
        if is_good(other):
            low, layer = middle, other
        else:
            high = middle
    return layer


def aim_of(options: EncodeOptions, source: Source) -> Aim | None:
    """Return the aim of an encoding; None where there is no layer, as a number of Gaussians has none."""
    kind, value = options.target
    if kind in ("bpp", "target_size"):
        return SizeAim(options.budget(source.header.n_pixels, source.n_other_bytes) - source.n_other_bytes)
    return {"psnr": PsnrAim, "quality": StepAim}[kind](value) if kind != "gaussians" else None


def least_code(
    value: Callable[[int], float], aim: float, near: int, *, first: int = 0, tolerance: float = 0.0
) -> int:
    """Return the least code of a step whose value is below an aim; the last if none is.

    Args:
        value: Of a code; it falls as codes rise.
        aim: See above.
        near: Where to begin.
        first: The least code there is.
        tolerance: How far from the aim a value may be, either way, to end the search with its code.
    """
    low, high = first - 1, N_STEP_CODES - 1
    known: dict[int, float] = {}
    code = min(max(near, first), high - 1)
    while high - low > 1:
        known[code] = value(code)
        if abs(known[code] - aim) < tolerance:
            return code
        low, high = (low, code) if known[code] < aim else (code, high)
        code = min(max(_crossing(known, aim, code), low + 1), high - 1)
    return high


def _crossing(known: dict[int, float], aim: float, code: int) -> int:
    """Return where a line through the two values next to the aim crosses it, or, after one, go on."""
    if len(known) == 1:
        return code + (TEXTURE.first_reach if known[code] > aim else -TEXTURE.first_reach)
    a, b = sorted(known, key=lambda code: abs(known[code] - aim))[:2]
    slope = (known[b] - known[a]) / (b - a)
    return a + (round((aim - known[a]) / slope) if slope < 0 else 0)
