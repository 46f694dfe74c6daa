"""Whether a picture gets a layer of cosines, and how much of the file its Gaussians then get.

Two short fits tell, of few Gaussians and of twice as many: a layer codes what each leaves, and where, at the
same size, the larger number is clearly better, Gaussians are what this picture needs (texture.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gicodec.encoder.targets.budget_model import SIZE
from gicodec.encoder.texture.aims import Aim, SizeAim
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.fit import FitSettings, fit, to_gaussians
from gicodec.format import Header
from gicodec.format.gsi.head import step_of
from gicodec.options import EncodeOptions
from gicodec.source import Source


@dataclass(frozen=True)
class Probe:
    """A short fit, and a layer of what it leaves."""

    n_bytes: int
    """Of both."""
    step_code: int
    """Of the layer."""
    error: float
    """Squared error of both."""


@dataclass(frozen=True)
class Split:
    """What of a file is Gaussians."""

    n_bytes: int
    """Of them."""
    step_code: int
    """Of the layer, nearly."""


def split(source: Source, aim: Aim, options: EncodeOptions, device: str) -> Split | None:
    """Return how much of the file should be Gaussians; None: all of it, without a layer."""
    header = source.header
    wanted, least = bool(options.texture), _bytes_of(TEXTURE.least_bpp, header)
    if isinstance(aim, SizeAim) and aim.n_bytes < least and not wanted:
        return None
    n_bytes = _bytes_of(TEXTURE.probe_bpp, header)
    if isinstance(aim, SizeAim):
        n_bytes = min(n_bytes, int(TEXTURE.probe_share * aim.n_bytes))
    few = _probe(source, aim, options, device, n_bytes, TEXTURE.first_code)
    many = few and _probe(source, aim, options, device, 2 * n_bytes, few.step_code)
    if few is None or many is None or (many.n_bytes < least and not wanted):
        return None
    # The layers are of one aim, but roughly: so errors are compared at one price of a byte.
    price = 8 * TEXTURE.price_of_bit * step_of(many.step_code) ** 2
    saved = few.error - many.error + price * (few.n_bytes - many.n_bytes)
    gain = 10 * math.log10(1 + max(saved / many.error, -0.9))
    bpp = 8 * many.n_bytes / header.n_pixels
    per_bpp, most = TEXTURE.alone_from
    if gain >= min(per_bpp * bpp, most) and bpp < TEXTURE.always_bpp and not wanted:
        return None
    share, most = TEXTURE.many if gain >= TEXTURE.many_from else TEXTURE.few
    return Split(min(int(share * many.n_bytes), _bytes_of(most, header)), many.step_code)


def _probe(
    source: Source, aim: Aim, options: EncodeOptions, device: str, n_bytes: int, near: int
) -> Probe | None:
    fitted = fit(
        source.target,
        max(1, int(8 * n_bytes / SIZE.bits_per_fitted_gaussian)),
        FitSettings(TEXTURE.n_probe),
        weights=source.weights,
        seed=options.seed,
        threads=options.threads,
        device=device,
    )
    remainder = Remainder.of(source, to_gaussians(fitted.parameters), options.threads)
    layer = aim.layer(remainder, n_bytes, near, rough=True)
    if layer is None:
        return None
    return Probe(n_bytes + len(layer.payload), layer.step_code, max(remainder.error_of(layer), 1e-12))


def _bytes_of(bpp: float, header: Header) -> int:
    return int(bpp * header.n_pixels / 8)
