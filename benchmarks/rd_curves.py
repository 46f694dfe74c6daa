"""Rate-distortion curves and what is read off them: the quality at a rate, and BD-rate.

Quality is in dB, so that curves are smooth: PSNR, or MS-SSIM as -10 log10(1 - x). Interpolation is
monotone cubic (PCHIP) over the logarithm of the rate, and never beyond a curve's ends.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import bjontegaard
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

END_TOLERANCE = 0.02  # of the rate: this near beyond its end, a curve answers with its end
SET_MEAN = "kodak-mean"  # stands for the picture in rows that others published as means of all 24
Preconditioner = Literal["psnr", "ms_ssim"]
METRICS: tuple[Preconditioner, ...] = ("psnr", "ms_ssim")
Rates = tuple[float, float]  # lowest and highest bpp


@dataclass(frozen=True)
class Curve:
    """Points of increasing rate and quality; may be empty."""

    bpp: NDArray[np.float64]  # [P]
    quality: NDArray[np.float64]  # [P], dB

    @classmethod
    def of(cls, points: Iterable[tuple[float, float]]) -> Curve:
        """Sort points (bpp, dB); one that is no better than a smaller one is left out."""
        kept = [(0.0, -math.inf)]
        for bpp, quality in sorted(points):
            if math.isfinite(quality) and quality > kept[-1][1] and bpp > kept[-1][0]:
                kept.append((bpp, quality))
        bpps, qualities = np.array(kept[1:], np.float64).reshape(-1, 2).T
        return cls(bpps, qualities)

    def at(self, bpp: float) -> float:
        """Return the quality at a rate; nan where the curve does not reach."""
        if len(self.bpp) < 2 or not _reaches(self.bpp[0], bpp, self.bpp[-1]):
            return math.nan
        inside = min(max(bpp, self.bpp[0]), self.bpp[-1])
        return float(PchipInterpolator(np.log(self.bpp), self.quality)(math.log(inside)))

    def within(self, rates: Rates) -> Curve:
        """Cut the curve to rates, with points at the cuts."""
        inside = (self.bpp > rates[0]) & (self.bpp < rates[1])
        points = list(zip(self.bpp[inside], self.quality[inside], strict=True))
        ends = [(bpp, self.at(bpp)) for bpp in rates if len(self.bpp) and self.bpp[0] <= bpp <= self.bpp[-1]]
        return Curve.of(points + ends)


Curves = dict[str, dict[str, Curve]]  # by codec, then by picture


def bd_rate(anchor: Curve, test: Curve, rates: Rates) -> float:
    """Return how many percent more bits test takes than anchor for the same quality.

    The average is over the qualities that both have at the rates; nan where there are none.
    """
    a, b = anchor.within(rates), test.within(rates)
    if min(len(a.bpp), len(b.bpp)) < 2:
        return math.nan
    if max(a.quality[0], b.quality[0]) >= min(a.quality[-1], b.quality[-1]):
        return math.nan
    arrays = a.bpp, a.quality, b.bpp, b.quality
    return float(bjontegaard.bd_rate(*arrays, method="pchip", require_matching_points=False, min_overlap=0))


def to_db(metric: Preconditioner, value: float) -> float:
    """Turn a metric into dB: MS-SSIM is stretched where it is near 1."""
    return value if metric == "psnr" or value >= 1 else -10 * math.log10(1 - value)


def from_db(metric: Preconditioner, quality: float) -> float:
    """Turn dB into a metric: the mirror of to_db."""
    return quality if metric == "psnr" else 1 - 10 ** (-quality / 10)


def read_anchors(path: Path, metric: Preconditioner) -> Curves:
    """Read the other codecs' curves; those without this metric are left out."""
    points: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row[metric]:
                point = float(row["bpp"]), to_db(metric, float(row[metric]))
                points[row["codec"]][row["image"]].append(point)
    return {codec: {image: Curve.of(p) for image, p in images.items()} for codec, images in points.items()}


def _reaches(low: float, bpp: float, high: float) -> bool:
    return low * (1 - END_TOLERANCE) <= bpp <= high * (1 + END_TOLERANCE)
