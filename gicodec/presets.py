"""What an effort stands for: the one table of how long every method works on a picture."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.options import Effort


@dataclass(frozen=True)
class Tuning:
    """How long to tune."""

    n_iterations: int
    last_rate: float
    """Rate of the last step, in those of the fit (speed.md: the shorter the tuning, the higher)."""


@dataclass(frozen=True)
class Preset:
    """The lengths of an effort's stages; docs/research/codec.md compares them."""

    n_fit: int
    """Iterations of the second fit, once more with waves."""
    alone: Tuning
    """Of Gaussians that are all of a file."""
    layered: Tuning
    """Where a layer follows: its Gaussians are few, and a step of theirs is fast."""
    n_freeze: int
    """Iterations between two parts that are rounded."""
    n_sweeps: int
    """Sweeps of the exact pass, at most."""
    n_papers: int
    """Iterations of the schedule of a paper's method; the papers have 50 000."""
    n_first: int = 150
    """Iterations of the first fit."""
    compares: bool = True
    """Whether to try how good Gaussians alone are; if not, all but the smallest files have a layer."""
    tolerance: float = 0.0
    """How far, as a share, the size of Gaussians may be off where a layer fills the rest of the file."""


PRESETS: dict[Effort, Preset] = {
    "fastest": Preset(
        50,
        alone=Tuning(60, 2.5),
        layered=Tuning(60, 2.5),
        n_freeze=1,
        n_sweeps=1,
        n_papers=500,
        n_first=40,
        compares=False,
        tolerance=0.3,
    ),
    "fast": Preset(
        170, alone=Tuning(320, 1.4), layered=Tuning(320, 1.4), n_freeze=5, n_sweeps=2, n_papers=2000
    ),
    "medium": Preset(
        450, alone=Tuning(1600, 1.4), layered=Tuning(3200, 0.6), n_freeze=10, n_sweeps=5, n_papers=10_000
    ),
    "slow": Preset(
        800, alone=Tuning(8000, 0.6), layered=Tuning(8000, 0.5), n_freeze=20, n_sweeps=12, n_papers=50_000
    ),
}
