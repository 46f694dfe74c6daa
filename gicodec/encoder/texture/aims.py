"""What a layer is to reach, beside Gaussians that are given: a size, a PSNR, or the step of a quality."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from gicodec.encoder.targets.ceiling import finest_step
from gicodec.encoder.targets.quality import step_of_quality
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.format.arrays import FloatArray
from gicodec.format.gsi.head import N_STEP_CODES, nearest_step_code
from gicodec.options import EncodeOptions
from gicodec.source import Source
from gicodec.texture.layer import CodedTexture


class Aim(ABC):
    """What was asked for."""

    @abstractmethod
    def layer(self, remainder: Remainder, n_bytes: int, *, rough: bool = False) -> CodedTexture | None:
        """Return the layer that reaches it, if there is one.

        Args:
            remainder: What Gaussians leave.
            n_bytes: Of the file without a layer.
            rough: Whether nearly is enough.
        """


class SizeAim(Aim):
    """A file of at most so many bytes, but no finer than the samples of the picture."""

    def __init__(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes
        """Of the file, without alpha and metadata."""

    def layer(self, remainder: Remainder, n_bytes: int, *, rough: bool = False) -> CodedTexture | None:
        """Find the step, and fill up what is left with a lower price of a bit."""
        budget = self.n_bytes - n_bytes - TEXTURE.framing
        if budget < TEXTURE.least_bytes:
            return None
        full = math.log(budget + 0.5)
        code = least_code(
            lambda code: _log_size(remainder.code(code)),
            full,
            remainder.expected.log_size,
            first=nearest_step_code(finest_step(remainder.source.header)),
            tolerance=TEXTURE.rough_log_size if rough else 0,
        )
        layer = remainder.code(code)
        if rough:
            return layer
        if len(layer.payload) > budget:
            return None
        return _priced(
            remainder,
            layer,
            _log_size,
            (full + math.log(TEXTURE.nearly_full), full),
            TEXTURE.log_size_per_price,
        )


class PsnrAim(Aim):
    """A decoded picture of so many dB."""

    def __init__(self, psnr: float) -> None:
        self._psnr = psnr

    def layer(self, remainder: Remainder, n_bytes: int, *, rough: bool = False) -> CodedTexture | None:
        """Find the largest step that is good enough, and use up what is too good with a higher price."""
        code = least_code(
            lambda code: remainder.psnr_of(remainder.code(code)),
            self._psnr,
            remainder.expected.psnr,
            tolerance=TEXTURE.rough_db if rough else 0,
        )
        layer = remainder.code(max(0, code - 1))
        if rough:
            return layer
        if remainder.psnr_of(layer) < self._psnr:
            return None
        met = self._psnr + TEXTURE.nearly_met, self._psnr
        return _priced(remainder, layer, remainder.psnr_of, met, TEXTURE.db_per_price)


class StepAim(Aim):
    """A given step."""

    def __init__(self, quality: float) -> None:
        self._code = nearest_step_code(TEXTURE.step * step_of_quality(quality))

    def layer(self, remainder: Remainder, n_bytes: int, *, rough: bool = False) -> CodedTexture:
        """Code it."""
        return remainder.code(self._code)


def _log_size(layer: CodedTexture) -> float:
    return math.log(max(1, len(layer.payload)))


def _priced(
    remainder: Remainder,
    layer: CodedTexture,
    value: Callable[[CodedTexture], float],
    aims: tuple[float, float],
    slope: float,
) -> CodedTexture:
    """Move the price of a bit until a value is between two aims, and never beyond the second.

    Args:
        remainder: What to code.
        layer: Whose value is not beyond it.
        value: Of a layer.
        aims: See above.
        slope: Of the value, by the log of the price, nearly.
    """
    best = value(layer)
    log_price, nearest = 0.0, best
    middle, last = sum(aims) / 2, aims[1]
    for _ in range(TEXTURE.max_refinements):
        if min(aims) <= best <= max(aims) or math.isinf(nearest):
            break
        most = TEXTURE.max_log_price
        tried = min(max(log_price + (middle - nearest) / slope, -most), most)
        other = remainder.priced(layer.step_code, TEXTURE.price * math.exp(tried))
        found = value(other)
        if (found - last) * (middle - last) >= 0 and abs(found - last) < abs(best - last):
            layer, best = other, found
        if tried == log_price:
            break
        change = (found - nearest) / (tried - log_price)
        slope = change if change * slope > 0 else slope / 2  # what is missing may be less than chance
        if abs(found - middle) < abs(nearest - middle):
            log_price, nearest = tried, found
    return layer


def aim_of(options: EncodeOptions, source: Source) -> Aim | None:
    """Return the aim of an encoding; None where there is no layer, as a number of Gaussians has none."""
    kind, value = options.target
    if kind in ("bpp", "target_size"):
        return SizeAim(options.budget(source.header.n_pixels, source.n_other_bytes) - source.n_other_bytes)
    return {"psnr": PsnrAim, "quality": StepAim}[kind](value) if kind != "gaussians" else None


def least_code(
    value: Callable[[int], float],
    aim: float,
    expected: FloatArray,
    *,
    first: int = 0,
    tolerance: float = 0.0,
) -> int:
    """Return the least code of a step whose value is below an aim; the last if none is.

    Args:
        value: Of a code; it falls as codes rise.
        aim: See above.
        expected: The value of each code, but for what is nearly the same for all.
        first: The least code there is.
        tolerance: How far from the aim a value may be, either way, to end the search with its code.
    """
    low, high = first - 1, N_STEP_CODES - 1
    missed: dict[int, float] = {}
    while high - low > 1:
        code = (low + high) // 2
        if len(missed) < TEXTURE.max_expected:
            corrected = expected + _between(missed, len(expected))
            code = int(next(iter(np.flatnonzero(corrected < aim)), high))
        code = min(max(code, low + 1), high - 1)
        found = value(code)
        if abs(found - aim) < tolerance:
            return code
        low, high = (low, code) if found < aim else (code, high)
        missed[code] = found - expected[code]
    return high


def _between(known: dict[int, float], n: int) -> FloatArray:
    """Return values of 0 to n - 1 [n], where some are known."""
    codes = sorted(known)
    return np.interp(np.arange(n), codes, [known[code] for code in codes]) if codes else np.zeros(n)
