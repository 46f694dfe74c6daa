"""The layers of all chunks: of one step, and of two prices of a bit with which they meet an aim together."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gicodec.encoder.targets.ceiling import finest_step
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.errors import TargetError
from gicodec.format.arrays import FloatArray
from gicodec.format.gsi.head import N_STEP_CODES, nearest_step_code
from gicodec.metrics import squared_error
from gicodec.texture.layer import CodedTexture

SAMPLED = 4  # chunks that tell how wrong expectations are
MAX_PASSES = 12  # over all chunks; three or four most of the time
FAR = 16  # steps to move on, where a price is not enough
SPARE = 0.004  # how far, as a log, a pass aims beyond the limit, so that the other side is reached
NEARLY = 0.995  # of the limit: it is met
TINY = 1e-12

Remainders = Sequence[Callable[[], Remainder]]
"""What the layer of each chunk is to draw. They are large: each is made when it is needed."""
Layers = list[tuple[bytes, float]]
"""The payload of each chunk's, and what is measured of it: amplitudes are larger than the picture."""


@dataclass(frozen=True)
class Measure:
    """A number of each layer whose sum has a limit."""

    expected: Callable[[Remainder], FloatArray]
    """Of layers of all steps, nearly, by code."""
    of: Callable[[Remainder, CodedTexture], float]
    limit: float
    """Of the sum."""
    per_price: float
    """How the log of the sum follows that of the price of a bit."""


def measure_of_size(n_bytes: int) -> Measure:
    """Let all payloads together have at most so many bytes."""

    def expected(remainder: Remainder) -> FloatArray:
        return np.asarray(np.exp(remainder.expected.log_size))

    return Measure(expected, lambda _, layer: len(layer.payload), n_bytes, TEXTURE.log_size_per_price)


def measure_of_error(error: float) -> Measure:
    """Let all decoded chunks together have at most an error: a sum as of ``metrics.squared_error``."""

    def expected(remainder: Remainder) -> FloatArray:
        header = remainder.source.header
        return np.array([squared_error(psnr, header) for psnr in remainder.expected.psnr])

    def of(remainder: Remainder, layer: CodedTexture) -> float:
        return squared_error(remainder.psnr_of(layer), remainder.source.header)

    return Measure(expected, of, error, -TEXTURE.db_per_price * math.log(10) / 10)


def payload_of(layer: CodedTexture) -> bytes:
    """Return the bytes of a layer; none where it draws nothing."""
    return b"" if layer.texture.is_empty else layer.payload


def layers_within(remainders: Remainders, measure: Measure) -> list[bytes]:
    """Code the layers of all chunks, as near to the limit as two prices bring them; return their payloads.

    Raises:
        TargetError: They cannot be within it.
    """
    expected, finest = np.zeros((len(remainders), N_STEP_CODES)), 0
    for i, make in enumerate(remainders):
        remainder = make()
        expected[i] = measure.expected(remainder)
        finest = nearest_step_code(finest_step(remainder.source.header))
    sample = range(0, len(remainders), -(-len(remainders) // SAMPLED))

    def coded(i: int, code: int, price: float) -> tuple[bytes, float]:
        remainder = remainders[i]()
        layer = remainder.priced(code, price)
        return payload_of(layer), measure.of(remainder, layer)

    def nearest(off: float) -> int:
        logs = np.log(np.maximum(off * expected.sum(axis=0), TINY) / measure.limit)
        return max(finest, int(np.argmin(np.abs(logs))))

    code = nearest(1.0)
    measured = sum(coded(i, code, TEXTURE.price)[1] for i in sample)
    code = nearest(measured / max(expected[sample, code].sum(), TINY))
    log_price, passes = 0.0, dict[bool, tuple[float, float, Layers]]()  # by whether they are within the limit
    for _ in range(MAX_PASSES):
        price = TEXTURE.price * math.exp(log_price)
        layers = [coded(i, code, price) for i in range(len(remainders))]
        log_excess = math.log(max(_sum(layers), TINY) / measure.limit)
        passes[log_excess <= 0] = log_price, log_excess, layers
        if len(passes) == 2:
            if _sum(_mixed(passes[True][2], passes[False][2], measure.limit)) > NEARLY * measure.limit:
                break
            (low, below, _), (high, above, _) = passes[True], passes[False]
            log_price = low + (high - low) * min(max((-SPARE - below) / (above - below), 0.1), 0.9)
            continue
        if log_excess <= 0 and code == finest:
            break
        log_price -= (log_excess + math.copysign(SPARE, log_excess)) / measure.per_price
        if abs(log_price) > TEXTURE.max_log_price:  # the expectation was far off
            steps = round(math.copysign(FAR, -log_excess * measure.per_price))
            code, log_price = min(max(code + steps, finest), N_STEP_CODES - 1), 0.0
            passes.clear()
    if True not in passes:
        raise TargetError("the target cannot be met by a texture")
    within = passes[True][2]
    return [payload for payload, _ in _mixed(within, passes.get(False, passes[True])[2], measure.limit)]


def _mixed(within: Layers, beyond: Layers, limit: float) -> Layers:
    """Take layers of the second kind, from the first chunk on, as long as the sum is within the limit."""
    mixed = list(within)
    for i, layer in enumerate(beyond):
        before, mixed[i] = mixed[i], layer
        if _sum(mixed) > limit:
            mixed[i] = before
    return mixed


def _sum(layers: Layers) -> float:
    return math.fsum(value for _, value in layers)
