"""Rows of one method and effort: which pictures are complete, their curves and their means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rd_curves import Curve, Preconditioner, to_db
from rd_results import Result

KODAK_NAMES = {f"kodim{i:02d}" for i in range(1, 25)}


@dataclass(frozen=True)
class Series:
    """The pictures that have every rate."""

    name: str  # method-effort
    targets: list[float]  # bpp, increasing
    images: list[str]
    rows: dict[tuple[str, float], Result]  # by picture and target
    n_incomplete: int  # pictures left out

    @property
    def is_kodak(self) -> bool:
        """Whether it is over the whole set, as means that others published are."""
        return set(self.images) == KODAK_NAMES

    @property
    def versions(self) -> list[str]:
        """What made the files; more than one after a resumption with a changed program."""
        return sorted({row.version for row in self.rows.values()})

    @property
    def attributes(self) -> list[str]:
        """The attributes that have bits, in the file's order."""
        return list(dict.fromkeys(name for row in self.rows.values() for name in row.bits))

    def mean(self, target: float, value: Callable[[Result], float]) -> float:
        """Average over the pictures at a rate."""
        return float(np.mean([value(self.rows[image, target]) for image in self.images]))

    def curve(self, image: str, metric: Preconditioner) -> Curve:
        """Return a picture's curve."""
        rows = [self.rows[image, target] for target in self.targets]
        return Curve.of((row.bpp, to_db(metric, value_of(row, metric))) for row in rows)

    def mean_curve(self, metric: Preconditioner) -> Curve:
        """Return the curve of the means."""
        means = {t: self.mean(t, lambda row: value_of(row, metric)) for t in self.targets}
        return Curve.of((self.mean(t, lambda row: row.bpp), to_db(metric, means[t])) for t in self.targets)


def value_of(row: Result, metric: Preconditioner) -> float:
    """Pick a metric."""
    return row.psnr if metric == "psnr" else row.ms_ssim


def all_series(results: list[Result], targets: list[float]) -> list[Series]:
    """Sort rows of these rates into series; one without a complete picture is left out."""
    groups: dict[str, dict[tuple[str, float], Result]] = {}
    for row in results:
        if row.target in targets:
            groups.setdefault(f"{row.method}-{row.effort}", {})[row.image, row.target] = row
    every = [_series(name, rows) for name, rows in groups.items()]
    return [series for series in every if series.images]


def _series(name: str, rows: dict[tuple[str, float], Result]) -> Series:
    targets = sorted({target for _, target in rows})
    images = sorted({image for image, _ in rows})
    complete = [image for image in images if all((image, target) in rows for target in targets)]
    kept = {key: row for key, row in rows.items() if key[0] in complete}
    return Series(name, targets, complete, kept, len(images) - len(complete))
