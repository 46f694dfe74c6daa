"""Rate-distortion plots: the mean quality over the same pictures, each at the same rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from rd_curves import SET_MEAN, Curves, Preconditioner, from_db
from rd_series import Series

SHOWN_MEANS = (
    "vtm-published",
    "gaussianimage-gipp-table2-published",
    "gaussianimage++-gipp-table2-published",
)
MARKERS = "osD^v*XP"  # ours are black
LABELS = {"psnr": "mean PSNR (RGB), dB", "ms_ssim": "mean MS-SSIM (RGB)"}


def plot(every: list[Series], anchors: Curves, metric: Preconditioner, path: Path) -> None:
    """Draw the series with the most pictures, those with the same pictures, and the other codecs."""
    first = max(every, key=lambda series: len(series.images))
    figure = Figure(figsize=(11, 6.5), layout="constrained")
    axes = figure.subplots()
    axes.set_prop_cycle(color=colormaps["tab20"](range(20)))
    for codec, points in other_means(anchors, first, metric).items():
        axes.plot(*points, linewidth=1, linestyle="--" if codec in SHOWN_MEANS else "-", label=codec)
    same = [series for series in every if series.images == first.images]
    for series, marker in zip(same, MARKERS, strict=False):
        curve = series.mean_curve(metric)
        means = [from_db(metric, quality) for quality in curve.quality]
        axes.plot(curve.bpp, means, color="black", linewidth=2, marker=marker, label=series.name)
    axes.set(xlabel="bpp, whole file", ylabel=LABELS[metric], title=f"{len(first.images)} pictures")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right center", fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})  # the same rows give the same file


def other_means(
    anchors: Curves, series: Series, metric: Preconditioner
) -> dict[str, tuple[list[float], list[float]]]:
    """Give each codec's rates and means, where it reaches on every picture."""
    rates = [series.mean(target, lambda row: row.bpp) for target in series.targets]
    grid = np.geomspace(min(rates) / 1.02, 1.02 * max(rates), 60)
    lines = {}
    for codec, curves in anchors.items():
        names = [SET_MEAN] if codec in SHOWN_MEANS and series.is_kodak else series.images
        if set(names) <= set(curves):
            means = [np.mean([from_db(metric, curves[name].at(bpp)) for name in names]) for bpp in grid]
            reached = [(float(b), float(m)) for b, m in zip(grid, means, strict=True) if np.isfinite(m)]
            if reached:
                lines[codec] = ([b for b, _ in reached], [m for _, m in reached])
    return lines
