"""A report: its last line of an output counts, and what is no record does no harm."""

from dataclasses import replace
from pathlib import Path

import pytest

from gicodec.batch.record import Record
from gicodec.batch.report import Report, read_report
from gicodec.errors import ImageError, OutputError

FAILED = Record("a.png", "out/a.gsi", seconds=1.5, error="a.png: is empty", exit_code=3)
DONE = replace(FAILED, bytes=200, psnr=30.25, error=None, exit_code=0, warnings=["alpha \u2028 \n gone"])
ODD = Record("name \udcff", "out/b.gsi")  # a name that is no text


def test_a_record_is_one_line_and_comes_back() -> None:
    for record in (FAILED, DONE, ODD):
        line = record.to_json()
        assert len(line.splitlines()) == 1
        assert Record.from_json(line) == record


@pytest.mark.parametrize(
    "line", ["", "{}", "[]", "3", '{"file": "a.png"', '{"unknown": 1}', '{"file": "a", "output": []}', "\x00"]
)
def test_what_is_no_record_is_none(line: str) -> None:
    assert Record.from_json(line) is None


def test_the_last_record_of_an_output_counts(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    assert read_report(path) == {}
    for record in (FAILED, ODD, DONE):
        with Report(path) as report:
            report.append(record)
    assert read_report(path) == {"out/a.gsi": DONE, "out/b.gsi": ODD}


@pytest.mark.parametrize("n_left", [0, 1, 30])
def test_a_cut_line_costs_its_own_record_only(n_left: int, tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    path.write_bytes(DONE.to_json().encode()[:n_left])
    with Report(path) as report:
        report.append(ODD)
    assert read_report(path) == {"out/b.gsi": ODD}
    assert len(path.read_text().splitlines()) == 1 + (n_left > 0)


def test_a_report_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="missing"):
        Report(tmp_path / "missing" / "report.jsonl")
    with pytest.raises(OutputError, match="directory"):
        Report(tmp_path)
    with pytest.raises(ImageError, match="directory"):
        read_report(tmp_path)
