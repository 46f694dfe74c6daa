"""What an effort stands for: the one table of how long every method works on a picture."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.options import Effort


@dataclass(frozen=True)
class Preset:
    """The lengths of an effort's stages; docs/research/codec.md compares them."""

    n_fit: int
    """Iterations of the second fit, once more with waves; the first is alike at every effort."""
    n_tune: int
    """Iterations of tuning."""
    n_tune_layered: int
    """The same where a layer follows: its Gaussians are few, and a step of theirs is fast."""
    last_rate: float
    """Rate of the last step of tuning, in those of the fit (speed.md: the shorter the tuning, the higher)."""
    n_freeze: int
    """Iterations between two parts that are rounded."""
    n_sweeps: int
    """Sweeps of the exact pass, at most."""
    n_papers: int
    """Iterations of the schedule of a paper's method; the papers have 50 000."""


PRESETS: dict[Effort, Preset] = {
    "fast": Preset(
        n_fit=170, n_tune=320, n_tune_layered=320, last_rate=1.4, n_freeze=5, n_sweeps=2, n_papers=2000
    ),
    "medium": Preset(
        n_fit=450, n_tune=1600, n_tune_layered=2400, last_rate=1.4, n_freeze=10, n_sweeps=5, n_papers=10_000
    ),
    "slow": Preset(
        n_fit=800, n_tune=8000, n_tune_layered=8000, last_rate=0.6, n_freeze=20, n_sweeps=12, n_papers=50_000
    ),
}
