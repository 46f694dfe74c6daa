"""What the encoder expects of the layer of cosines: every number that was tuned, as in budget_model.py."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.format.gsi.head import step_of
from gicodec.presets import Preset
from gicodec.texture.huber import Huber


@dataclass(frozen=True)
class TextureModel:
    """Whether a file has a layer of cosines, and how much of it (texture.md)."""

    price: float = 0.12
    """Squared error per bit of the layer, in squared steps (texture.md)."""
    threshold: float = 0.5
    """Up to which coefficients count as squares while Gaussians are fitted that a layer follows, in steps."""
    n_eased: int = 17
    """How often it is computed anew how much less larger ones count, in the iterations of a fit. By hand."""
    least_eased: int = 8
    """Iterations between two times, at least. By hand."""
    step: float = 1.29
    """Step of the layer in those of Gaussians, where a bit of both costs the same. By arithmetic."""
    framing: int = 4
    """Bytes of a section beside its payload, at most, but in files of more than 2 MB."""
    least_bytes: int = 32
    """Bytes that a layer should have to be tried. By hand."""
    rounded_to_zero: float = 0.5
    """Which coefficients are expected to be, in steps. By hand."""
    bytes_per_log: float = 0.35
    """Bytes expected of another one, for a log2(1 + x) of 1, where it is x steps large (speed.md)."""
    max_expected: int = 5
    """Layers coded, at most, before the search for a step halves what is left. By hand."""
    rough_log_size: float = 0.08
    """How far from an aim the size of a layer may be that is only tried: the log of their ratio."""
    rough_db: float = 0.3
    """The same for a PSNR."""
    max_refinements: int = 5
    """Layers coded, at most, to meet an aim by the price of a bit. By hand."""
    max_log_price: float = 1.0
    """Log of its factor, at most: where it hardly changes anything, it would grow beyond bounds. By hand."""
    log_size_per_price: float = -0.7
    """How the log of a layer's size follows that of the price."""
    db_per_price: float = -1.0
    """How a picture's dB follow it."""
    nearly_full: float = 0.998
    """Share of a size from which it is not filled any more. By hand."""
    nearly_met: float = 0.02
    """dB above a PSNR up to which it is not lowered any more. By hand."""
    least_bpp: float = 0.18
    """Rate of a file, bpp, from which a layer is tried (texture.md)."""
    probe_bpp: float = 0.1
    """What the first takes of the file, bpp; the second takes twice as much."""
    probe_share: float = 1 / 3
    """The same as a share of the file, at most. By hand."""
    price_of_bit: float = 0.13
    """What a bit of the layer saves of the squared error, in squared steps."""
    few: tuple[float, float] = (0.55, 0.22)
    """Share of the file, and bpp at most, that Gaussians get where more are hardly worth their bits."""
    many: tuple[float, float] = (0.7, 0.45)
    """The same where they are."""
    many_from: float = 0.3
    """dB for a doubling of Gaussians, at the same size, from which there are many of them."""
    alone_from: tuple[float, float] = (1.5, 0.6)
    """dB for a doubling of Gaussians from which there is no layer: for each bpp of the file, and at most."""
    always_bpp: float = 1.5
    """Rate of a file, bpp, from which there is one whatever they give. By hand."""

    def huber(self, preset: Preset, step_code: int) -> Huber:
        """Return the loss for Gaussians at an effort that a layer of a step will follow, by its code."""
        return Huber(self.threshold * step_of(step_code), max(preset.n_fit // self.n_eased, self.least_eased))


TEXTURE = TextureModel()
