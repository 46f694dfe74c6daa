"""benchmarks/rd.py: BD-rate is right where the answer is known, and no picture is measured twice."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gicodec import read_image, write_image

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))
rd: Any = pytest.importorskip("rd", reason="needs the extra bench")
curves: Any = pytest.importorskip("rd_curves")
results: Any = pytest.importorskip("rd_results")
series: Any = pytest.importorskip("rd_series")
report: Any = pytest.importorskip("rd_report")

BPP = np.array([0.08, 0.15, 0.3, 0.5, 0.8])
CURVE = curves.Curve(BPP, 30 + 4 * np.log(BPP) + np.log(BPP) ** 2 / 3)
RATES = (0.1, 0.5)
RESULT = results.Result(
    "kodim01",
    "gsi",
    "fast",
    0.3,
    14700,
    0.299,
    25.5,
    0.91,
    3000,
    {"centers": 12345.0, "sizes": 9876.0},
    9.5,
    0.02,
    "1 a",
)


def test_bd_rate_against_itself_is_zero() -> None:
    assert curves.bd_rate(CURVE, CURVE, RATES) == pytest.approx(0, abs=1e-9)


def test_bd_rate_of_ten_percent_more_bits() -> None:
    more = curves.Curve(1.1 * CURVE.bpp, CURVE.quality)
    assert curves.bd_rate(CURVE, more, RATES) == pytest.approx(10, abs=0.1)  # the cuts add points
    assert curves.bd_rate(more, CURVE, RATES) == pytest.approx(100 / 1.1 - 100, abs=0.1)


@pytest.mark.parametrize("other", [[], [(0.3, 30.0)], [(0.1, 90.0), (0.5, 99.0)], [(0.7, 25.0), (0.9, 26.0)]])
def test_bd_rate_without_overlap_is_nan(other: list[tuple[float, float]]) -> None:
    assert math.isnan(curves.bd_rate(CURVE, curves.Curve.of(other), RATES))


def test_a_curve_is_sorted_and_has_no_point_that_is_worse() -> None:
    curve = curves.Curve.of([(0.3, 30.0), (0.1, 25.0), (0.2, 24.0), (0.25, math.nan), (0.4, 30.0)])
    assert curve.bpp.tolist() == [0.1, 0.3]
    assert curve.at(0.1) == 25
    assert curve.at(0.0985) == 25  # an end answers a little beyond it
    assert math.isnan(curve.at(0.09))


@pytest.mark.parametrize(("metric", "value"), [("psnr", 31.5), ("ms_ssim", 0.955)])
def test_a_metric_survives_decibels(metric: str, value: float) -> None:
    assert curves.from_db(metric, curves.to_db(metric, value)) == pytest.approx(value)


def test_rows_survive_the_file_and_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rows.csv"
    others = [replace(RESULT, target=bpp) for bpp in (0.1, 0.5)]
    results.append_result(path, RESULT)
    results.append_result(path, others[0])
    path.write_bytes(path.read_bytes()[:-40])
    assert list(results.read_results(path).values()) == [RESULT]
    results.append_result(path, others[1])
    assert list(results.read_results(path).values()) == [RESULT, others[1]]


def test_rows_of_another_program_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("image,psnr\nkodim01,30\n")
    with pytest.raises(SystemExit, match="other columns"):
        results.read_results(tmp_path / "rows.csv")


def test_a_picture_that_lacks_a_rate_is_left_out() -> None:
    rows = [replace(RESULT, image=image, target=bpp) for image in "ab" for bpp in (0.1, 0.3)]
    (one,) = series.all_series(rows[:-1], [0.1, 0.3])
    assert (one.images, one.n_incomplete) == (["a"], 1)
    (both,) = series.all_series(rows[:-1], [0.1])
    assert (both.images, both.n_incomplete) == (["a", "b"], 0)


def test_measures_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = read_image(ROOT / "examples" / "images" / "kodim23.png")[0].samples
    (tmp_path / "in").mkdir()
    write_image(tmp_path / "in" / "small.png", pixels[200:264, 80:176])
    places = {
        "folder": tmp_path / "in",
        "output": tmp_path / "rows.csv",
        "files": tmp_path,
        "anchors": tmp_path / "no",
    }
    arguments = [text for name, path in places.items() for text in (f"--{name}", str(path))]
    arguments += ["--efforts", "fast", "--bpp", "0.8", "1.2"]
    rd.main(arguments)
    printed, first = capsys.readouterr().out, (tmp_path / "rows.csv").read_bytes()
    assert "## gsi-fast" in printed
    rows = results.read_results(tmp_path / "rows.csv").values()
    assert [row.target for row in rows] == [0.8, 1.2]
    assert all(0.9 * row.target < row.bpp <= row.target and row.psnr > 20 and row.bits for row in rows)
    assert (tmp_path / "rd-psnr.png").stat().st_size > 0
    monkeypatch.setattr(rd, "measure", lambda task: pytest.fail(f"measured again: {task}"))
    rd.main(arguments)
    assert (tmp_path / "rows.csv").read_bytes() == first
    assert capsys.readouterr().out == printed


def test_measures_numbers_of_gaussians(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixels = read_image(ROOT / "examples" / "images" / "kodim23.png")[0].samples
    write_image(tmp_path / "small.png", pixels[200:264, 80:176])
    places = (
        f"--folder {tmp_path} --output {tmp_path / 'rows.csv'} --files {tmp_path} --anchors {tmp_path / 'no'}"
    )
    rd.main(
        [*places.split(), *["--efforts", "fast", "--methods", "gaussianimage++", "--gaussians", "40", "80"]]
    )
    few, many = results.read_results(tmp_path / "rows.csv").values()
    assert (few.target, many.target) == (40, 80)
    assert few.n_gaussians <= 40 < many.n_gaussians <= 80
    assert "| Mean, by target | 40 | 80 |" in capsys.readouterr().out


def test_no_pictures_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rd.main(["--folder", str(tmp_path / "none"), "--output", str(tmp_path / "rows.csv")])
    assert "No pictures" in capsys.readouterr().err


def test_report_finds_the_anchors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points = [(float(b), 32 + 4 * math.log(b), 1 - 0.03 / float(b)) for b in BPP]
    lines = ["codec,setting,image,bpp,psnr,ms_ssim", *(f"x,q,kodim01,{b},{p},{m}" for b, p, m in points)]
    (tmp_path / "anchors.csv").write_text("\n".join(lines))
    rows = [replace(RESULT, target=100 * b, bpp=b / 2, psnr=p, ms_ssim=m) for b, p, m in points]
    report.print_report(rows, (100 * BPP).tolist(), [tmp_path / "anchors.csv"], tmp_path)
    printed = capsys.readouterr().out
    assert "| gsi-fast | 21.90 | 24.41 |" in printed
    at_half = f"{points[1][1]:.2f}"  # our third file has half the bits of its target
    assert f"| x | – | – | {at_half} |" in printed  # noqa: RUF001  # dashes
    assert "| x | -50.0 | -50.0 | 1 |" in printed
