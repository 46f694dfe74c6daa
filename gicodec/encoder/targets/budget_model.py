"""What the encoder expects of pictures: every number that was tuned, of the targets and of the search.

A page in parentheses, of docs/research/, has the measurement. "By hand" is what was chosen when the target
was written, and never compared alone. What D, N and lambda are, codec.md says.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanModel:
    """How many Gaussians a picture deserves, while it is fitted for a PSNR or a quality."""

    pixels_per_gaussian: int = 130
    """Pixels for each Gaussian of the first plan, before anything is known of the picture. By hand."""
    balance: float = 0.36
    """N D^2 over the squared error that the float Gaussians leave, both before tuning (targets.md: 0.25 to
    0.5 make files as good)."""
    db_per_doubling_while_fitting: float = 6.0
    """dB for each doubling of N while the fit goes on, which converges meanwhile (targets.md: with 4 small
    pictures at 40 dB are planned too large)."""
    least_pixels_per_gaussian: int = 3
    """Pixels for each Gaussian, at least: such files are larger than lossless ones. By hand."""
    always_useful: int = 4096
    """Gaussians that any picture may have, however small. By hand."""
    max_doublings: float = 2.0
    """Doublings of N that one plan looks ahead, either way. By hand."""
    share_kept: float = 0.65
    """Share of the fitted Gaussians that tuning keeps at least. By hand."""


@dataclass(frozen=True)
class SizeModel:
    """How the size of a file follows from D and from the Gaussians."""

    bits_per_fitted_gaussian: float = 17.0
    """Bits of the budget for each Gaussian fitted; those that remain take about 25 (codec.md: 14.5 is as
    good)."""
    bits_per_kept_gaussian: float = 24.0
    """Bits of the budget for each Gaussian that tuning keeps at least (waves.md: with fewer, at 28, waves
    die; 20 is worse)."""
    first_excess: float = 1.15
    """Size at the first D, in budgets: D grows while the weak fade (speed.md: 1.3 and 1.0 are worse)."""
    first_tolerance: float = 0.05
    """Log of how far from `first_excess` the first D may be. By hand."""
    max_first_looks: int = 5
    """Files coded, at most, to find the first D. By hand."""
    bits_per_expected_bit: float = 0.96
    """Bits of a file for each that rate.expected_bits() tells (speed.md: 0.92 to 1.02)."""
    moves_per_look: int = 8
    """Moves of D for each that codes a file, and does not only estimate its size (speed.md)."""
    share_of_weak: float = 0.62
    """Bytes of the Gaussians dropped last, in those of the mean (speed.md: four files)."""
    least_per_gaussian: float = 0.1
    """Bytes that dropping a Gaussian is taken to save at least, so that the search comes to an end."""
    nearly_full: float = 0.9985
    """Size, in budgets, from which no Gaussian is tried to be kept any more. By hand."""
    shrunk_after: float = 0.6
    """Share of the tuning after which the size should be the budget. By hand."""
    control_gain: float = 0.7
    """Share of what is wrong with the size that one move of D mends. By hand."""
    slope_while_tuning: float = 0.8
    """Slope of the log of the size against the log of 1/D, where Gaussians come and go. By hand."""
    slope_once_frozen: float = 0.6
    """Slope of the log of the size against the log of 1/D, where a tuned state is frozen again. By hand."""
    weak_energy: float = 2.0
    """Energy, in D^2, of the Gaussians that the exact pass is likely to drop (codec.md: classes 0 and 1)."""
    saved_share: float = 0.006
    """Share of the bytes that the exact pass saves where no Gaussian is weak (codec.md: fourteen files)."""
    saved_share_of_weak: float = 0.38
    """What the exact pass saves more, times the share of weak Gaussians (codec.md: within 0.015)."""
    refined_from: float = 0.996
    """Size, in budgets, from which the price of a bit does not fall any more. By hand."""
    refined_to: float = 1.012
    """Size up to which it does not rise: the last bytes are dropped. By hand."""
    refined_aim: float = 1.004
    """Size to aim at while the price moves. By hand."""
    price_gain: float = 7.0
    """Log of the price for the log of the size, in one sweep (speed.md: bits cost 1.5 times as much, and the
    files of two pictures shrink by 4 and 10 %)."""
    max_price_change: float = 1.6
    """Factor of the price from one sweep to the next, at most. By hand."""
    max_prices: int = 3
    """Sweeps at another price, at most. By hand."""
    frozen_aim: float = 0.995
    """Size to aim at when freezing again, in budgets (codec.md)."""
    full: float = 0.98
    """Size from which a file needs no second freezing, in budgets; up to 1 / full, Gaussians are dropped
    (codec.md)."""
    cost_of_unused: float = 4.0
    """How many bytes too many, for which Gaussians are dropped, are as bad as one unused. By hand."""
    bytes_of_one_gaussian: int = 16
    """Bytes that one Gaussian takes at the D that a picture of one pixel ends with. Counted in such files."""


@dataclass(frozen=True)
class CeilingModel:
    """Where a picture is good enough for any size."""

    db: float = 58.9
    """dB, before samples are rounded to 8 bits: an error as large as that of rounding, 1/12 of a squared
    level; 6 dB more for every bit more."""
    max_octaves: float = 1.0
    """Octaves of D in one move, at most. By hand."""


@dataclass(frozen=True)
class PsnrModel:
    """How the PSNR of the decoded picture follows from D and from the fit."""

    plans_before_hopeless: int = 10
    """Plans, of 20 in a fit, after which a target may be found hopeless: the fit is young before. By hand."""
    hopeless: float = 3.0
    """How many times the Gaussians that are useful a plan must ask for, to be hopeless. By hand."""
    coding_loss_db: float = 2.5
    """dB between the fit, as it is when the last Gaussians are added, and the file. By hand."""
    error_of_steps: float = 2.1
    """Squared error, in D^2, that rounding all at once adds for each Gaussian (codec.md, "What freezing
    costs")."""
    min_share_of_steps: float = 0.1
    """Share of the allowed error that is left to rounding even where the fit fell short. By hand."""
    controlled_after: float = 0.3
    """Share of the tuning after which its PSNR tells where it leads. By hand."""
    control_gain: float = 0.7
    """Share of what is wrong with the PSNR that one move of D mends. By hand."""
    db_per_octave_while_tuning: float = 3.3
    """dB lost for each doubling of D, where Gaussians come and go. By hand."""
    db_per_octave_once_frozen: float = 2.5
    """dB lost for each doubling of D where a tuned state is frozen again (targets.md)."""
    min_db_per_octave: float = 1.5
    """Least slope, in dB for each doubling of D, to believe of two attempts: they also differ by chance. By
    hand."""
    max_db_per_octave: float = 8.0
    """Greatest slope to believe of two attempts, in the same unit. By hand."""
    spare_db: float = 0.05
    """dB to aim above what was asked for, so that Gaussians can be dropped until it is met. By hand."""
    max_above_db: float = 0.3
    """dB above, up to which Gaussians are dropped; from there on a larger D is better. By hand."""
    loss_of_dropping: float = 0.01
    """dB lost at the same size for each dB taken by dropping Gaussians: it ranks the attempts that meet the
    target. By hand."""


@dataclass(frozen=True)
class CountModel:
    """How a number of Gaussians is reached, and how finely they are coded; shares are of that number."""

    fitted: float = 1.4
    """Gaussians to fit: about as many more as a file at a rate begins with. By hand."""
    kept: float = 1.12
    """Gaussians that tuning ends with, and keeps at least. By hand."""
    kept_after: float = 0.5
    """Share of the tuning, not of Gaussians, after which there are no more than `kept` (targets.md)."""
    surviving: float = 1.08
    """Gaussians that must not round to zero at D: freezing and the exact pass drop a few. By hand."""
    bits_each: float = 28.5
    """Bits for each Gaussian before the exact pass, which saves one or two (targets.md: what files at a rate
    take; 24 are best for a texture)."""
    bits_per_octave: float = 6.0
    """Bits for each Gaussian that a doubling of D saves, roughly. By hand."""
    max_balance: float = 0.35
    """Greatest N D^2 over the squared error while tuning: few, exact Gaussians are worth more bits. By hand
    (targets.md: files have 0.09 to 0.22)."""
    max_shrinking: float = 0.9
    """Greatest factor of D when freezing again, where too few were left. By hand."""


@dataclass(frozen=True)
class WaveModel:
    """When the fit with waves is the better one."""

    db_per_doubling_of_bits: float = 2.7
    """dB for each doubling of a file's bits at its best D (targets.md: 2.2 to 3.0 from 0.15 to 0.5 bpp)."""
    min_gain_db: float = 0.05
    """dB by which a fit with waves must lead: tuning leaves that much less of it (waves.md)."""
    decided_at: int = 12
    """Number of the growth at which the fit with waves is given up unless it leads (waves.md)."""
    n_compared: int = 6
    """Growths, up to `decided_at`, over which the lead is averaged (waves.md)."""


@dataclass(frozen=True)
class TuningModel:
    """How tuning goes; rates are in those of the fit."""

    min_moves: int = 12
    """How often D moves, at least, unless the tuning is short. By hand."""
    prunings_per_move: int = 4
    """How often weak Gaussians are dropped from one move of D to the next. By hand."""
    min_between_prunings: int = 10
    """Iterations, at least, from one dropping of weak Gaussians to the next. By hand."""
    max_between_prunings: int = 50
    """Iterations, at most, from one dropping of weak Gaussians to the next. By hand."""
    first_rate: float = 2.0
    """Rate of the first step (waves.md, "The sky of kodim19": 3 lost large Gaussians)."""
    first_rate_of_waves: float = 1.5
    """Rate of the first step where there are waves, which die of larger ones (waves.md, "Waves in files")."""


PLAN, SIZE, PSNR, COUNT = PlanModel(), SizeModel(), PsnrModel(), CountModel()
WAVES, TUNING, CEILING = WaveModel(), TuningModel(), CeilingModel()
