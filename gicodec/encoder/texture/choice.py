"""How an encoding begins: by a first fit, and by whether a layer of cosines will follow its Gaussians.

Where one may, another fit has twice as many Gaussians: a layer codes what each leaves, and where, at the same
size, the larger number is clearly better, Gaussians are what this picture needs (texture.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gicodec.encoder.first_fit import FIRST_SHARE, first_fit
from gicodec.encoder.targets.base import Target
from gicodec.encoder.targets.budget_model import SIZE
from gicodec.encoder.texture.aims import Aim, SizeAim
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.fit import to_gaussians
from gicodec.format import Header
from gicodec.format.gsi.head import step_of
from gicodec.options import EncodeOptions, ProgressCallback
from gicodec.presets import PRESETS
from gicodec.render.cpu import Array
from gicodec.source import Source


@dataclass(frozen=True)
class Probe:
    """Gaussians of a short fit, and a layer of what they leave."""

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


@dataclass(frozen=True)
class FirstFit:
    """What a first fit has left."""

    parameters: Array
    """[N, 9 + C]."""
    n_bytes: int
    """That so many Gaussians are planned for."""

    @classmethod
    def within(
        cls,
        source: Source,
        n_bytes: int,
        options: EncodeOptions,
        device: str,
        progress: ProgressCallback | None,
        stage: str = "first",
    ) -> FirstFit:
        """Fit as many Gaussians as are planned for so many bytes."""
        n = int(8 * n_bytes / SIZE.bits_per_fitted_gaussian)
        return cls(first_fit(source, n, options, device, progress, stage), n_bytes)


@dataclass(frozen=True)
class Beginning:
    """What an encoding goes on from."""

    start: Array
    """The first fit's Gaussians, [N, 9 + C]."""
    split: Split | None
    """None: the file has no layer."""


def begin(
    source: Source,
    target: Target,
    aim: Aim | None,
    options: EncodeOptions,
    device: str,
    progress: ProgressCallback | None,
    *,
    first: FirstFit | None = None,
) -> Beginning:
    """Run the first fit, if there was none, and choose. Without an aim there is no layer."""
    how, header, wanted = (options, device, progress), source.header, bool(options.texture)
    least, n_bytes = _bytes_of(TEXTURE.least_bpp, header), _bytes_of(TEXTURE.probe_bpp, header)
    if isinstance(aim, SizeAim):
        if aim.n_bytes < least and not wanted:
            aim = None
        else:
            n_bytes = min(n_bytes, int(TEXTURE.probe_share * aim.n_bytes))
    if aim is None:
        if first is not None:
            return Beginning(first.parameters, None)
        n = int(FIRST_SHARE * target.n_fitted())
        return Beginning(first_fit(source, n, *how), None)
    if first is None or first.n_bytes > n_bytes:
        first = FirstFit.within(source, n_bytes, *how)
    alone = Beginning(first.parameters, None)
    few = _probe(source, aim, options, first)
    if few is None:
        return alone
    last: Probe | None = few
    if compares := PRESETS[options.effort].compares:
        last = _probe(source, aim, options, FirstFit.within(source, 2 * first.n_bytes, *how, "twice"))
    if last is None or (last.n_bytes < least and not wanted):
        return alone
    split = _split(few, last, header, wanted=wanted) if compares else _share(last, TEXTURE.few, header)
    return Beginning(first.parameters, split)


def _split(few: Probe, many: Probe, header: Header, *, wanted: bool) -> Split | None:
    """Return how much of the file should be Gaussians; None: all of it, without a layer."""
    # The layers are of one aim, but roughly: so errors are compared at one price of a byte.
    price = 8 * TEXTURE.price_of_bit * step_of(many.step_code) ** 2
    saved = few.error - many.error + price * (few.n_bytes - many.n_bytes)
    gain = 10 * math.log10(1 + max(saved / many.error, -0.9))
    bpp = 8 * many.n_bytes / header.n_pixels
    per_bpp, most = TEXTURE.alone_from
    if gain >= min(per_bpp * bpp, most) and bpp < TEXTURE.always_bpp and not wanted:
        return None
    return _share(many, TEXTURE.many if gain >= TEXTURE.many_from else TEXTURE.few, header)


def _share(probe: Probe, gaussians: tuple[float, float], header: Header) -> Split:
    """Give Gaussians this share of the file, and so many bpp at most."""
    share, most = gaussians
    return Split(min(int(share * probe.n_bytes), _bytes_of(most, header)), probe.step_code)


def _probe(source: Source, aim: Aim, options: EncodeOptions, fit: FirstFit) -> Probe | None:
    remainder = Remainder.of(source, to_gaussians(fit.parameters), options.threads)
    layer = aim.layer(remainder, fit.n_bytes, rough=True)
    if layer is None:
        return None
    n_bytes = fit.n_bytes + len(layer.payload)
    return Probe(n_bytes, layer.step_code, max(remainder.error_of(layer), 1e-12))


def _bytes_of(bpp: float, header: Header) -> int:
    return int(bpp * header.n_pixels / 8)
