"""Tables (Markdown, on stdout) and plots of what rd.py measured, next to other codecs' curves.

Our means are taken at each target, a rate or a number of Gaussians. The other codecs' curves are
interpolated, per picture, at the rate of our file: the same bytes for every picture. Where only
means over all of Kodak were published we compare with those ("mean curve"); most are of constant
quality, and differ from the same codec at constant rate by up to 0.5 dB.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from rd_curves import METRICS, SET_MEAN, Curve, Curves, Preconditioner, bd_rate, from_db, read_anchors
from rd_plot import plot
from rd_results import Result
from rd_series import Series, all_series, value_of

RATES = 0.1, 0.5  # bpp that BD-rate is over
TITLES = {"psnr": "PSNR, dB", "ms_ssim": "MS-SSIM"}
DIGITS = {"psnr": 2, "ms_ssim": 4}
Table = dict[str, list[str]]  # rows by title


def print_report(results: list[Result], targets: list[float], anchors_paths: list[Path], plots: Path) -> None:
    """Print a section for each method and effort; plot them all."""
    anchors: dict[Preconditioner, Curves] = {metric: {} for metric in METRICS}
    for path in anchors_paths:  # a codec that a later one has, too, is taken from there
        if path.exists():
            for metric in METRICS:
                anchors[metric] |= read_anchors(path, metric)
        else:
            print(f"No other codecs' rows at {path}; --anchors says where.", file=sys.stderr)
    every = all_series(results, targets)
    for series in every:
        print_section(series, anchors)
    for metric in METRICS:
        if every:
            plot(every, anchors[metric], metric, plots / f"rd-{metric.replace('_', '-')}.png")


def print_section(series: Series, anchors: dict[Preconditioner, Curves]) -> None:
    """Print what one series is, and how it stands against the others."""
    targets = [f"{target:g}" for target in series.targets]
    print(f"\n## {series.name}\n\nPictures: {len(series.images)}; made by {', '.join(series.versions)}.")
    if series.n_incomplete:
        print(f"Left out, as they lack a rate: {series.n_incomplete}.")
    print_table("Mean, by target", targets, own_rows(series))
    for metric in METRICS:
        print_table(f"{TITLES[metric]}, by target", targets, quality_rows(series, anchors[metric], metric))
    low, high = RATES
    print(f"\nBD-rate, % over {low:g} to {high:g} bpp; below 0 where we need fewer bits.")
    print_table("Against", [*TITLES.values(), "Pictures"], bd_rows(series, anchors))


def print_table(corner: str, columns: list[str], rows: Table) -> None:
    """Print a table in Markdown."""
    lines = [
        [corner, *columns],
        ["---"] * (1 + len(columns)),
        *([title, *row] for title, row in rows.items()),
    ]
    print()
    for line in lines:
        print("| " + " | ".join(line) + " |")


def number(value: float, digits: int) -> str:
    """Write a number, or a dash for nan."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"  # noqa: RUF001  # a dash, as in the anchors' tables


def own_rows(series: Series) -> Table:
    """Give what only our rows have: size, Gaussians, seconds, and a Gaussian's bits by attribute."""

    def row(value: Callable[[Result], float], digits: int) -> list[str]:
        return [number(series.mean(target, value), digits) for target in series.targets]

    def bits_of(name: str) -> Callable[[Result], float]:
        return lambda r: r.bits.get(name, 0) / max(1, r.n_gaussians)

    return {
        "bpp": row(lambda r: r.bpp, 4),
        "Gaussians": row(lambda r: r.n_gaussians, 0),
        "encode, s": row(lambda r: r.encode_s, 1),
        "decode, s": row(lambda r: r.decode_s, 3),
        "bits a Gaussian, whole file": row(lambda r: 8 * r.bytes / max(1, r.n_gaussians), 2),
        **{f"bits a Gaussian, {name}": row(bits_of(name), 2) for name in series.attributes},
    }


def quality_rows(series: Series, anchors: Curves, metric: Preconditioner) -> Table:
    """Give our mean quality, and that of each codec that reaches one of our rates."""
    rows = {series.name: [series.mean(t, lambda r: value_of(r, metric)) for t in series.targets]}
    rows |= {codec: fixed_rate_means(curves, series, metric) for codec, curves in anchors.items()}
    reached = {name: row for name, row in rows.items() if not all(map(math.isnan, row))}
    return {name: [number(value, DIGITS[metric]) for value in row] for name, row in reached.items()}


def fixed_rate_means(curves: dict[str, Curve], series: Series, metric: Preconditioner) -> list[float]:
    """Average a codec over our pictures at our rates; nan where it does not reach on each of them."""
    names = [SET_MEAN] if SET_MEAN in curves and series.is_kodak else series.images
    if not set(names) <= set(curves):
        return [math.nan] * len(series.targets)

    def mean(target: float) -> float:
        rates = {SET_MEAN: series.mean(target, lambda row: row.bpp)}
        rates |= {image: series.rows[image, target].bpp for image in series.images}
        return float(np.mean([from_db(metric, curves[name].at(rates[name])) for name in names]))

    return [mean(target) for target in series.targets]


def bd_rows(series: Series, anchors: dict[Preconditioner, Curves]) -> Table:
    """Give the BD-rate against each codec, where one can be had."""
    rows = {}
    for codec in dict.fromkeys(codec for metric in METRICS for codec in anchors[metric]):
        both = [bd_rates(anchors[metric].get(codec, {}), series, metric) for metric in METRICS]
        if any(both):
            basis = " / ".join(dict.fromkeys(basis_of(rates) for rates in both if rates))
            rows[codec] = [number(mean_of(rates.values()), 1) for rates in both] + [basis]
    return rows


def bd_rates(curves: dict[str, Curve], series: Series, metric: Preconditioner) -> dict[str, float]:
    """Return the BD-rate of each picture whose curves overlap, or that of means over the whole set."""
    if SET_MEAN in curves:
        ours = {SET_MEAN: series.mean_curve(metric)} if series.is_kodak else {}
    else:
        ours = {image: series.curve(image, metric) for image in series.images if image in curves}
    rates = {name: bd_rate(curves[name], curve, RATES) for name, curve in ours.items()}
    return {name: rate for name, rate in rates.items() if math.isfinite(rate)}


def basis_of(rates: dict[str, float]) -> str:
    """Say what an average is over."""
    return "mean curve" if SET_MEAN in rates else str(len(rates))


def mean_of(values: Iterable[float]) -> float:
    """Average; nan where there is nothing."""
    numbers = list(values)
    return float(np.mean(numbers)) if numbers else math.nan
