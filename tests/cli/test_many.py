"""Many pictures with gsi encode: processes, a report, and what happens when they are stopped or killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from commands import assert_fails, gsi, picture
from PIL import Image
from processes import below, is_alive, kill_one, wait_until

from gicodec import decode, write_image
from gicodec.batch.record import Record
from gicodec.cli.batch import workers

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
FAST = ("--effort", "fast", "--bpp", "3")
WORKER = "spawn_main"  # in the command of a process that multiprocessing has started
N = 8


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "photos"
    folder.mkdir()
    for i in range(N):
        write_image(folder / f"{i:02}.png", np.roll(picture(24, 16), 3 * i, axis=1))
    return folder


@pytest.fixture
def here(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work beside a copy of the photographs."""
    shutil.copytree(photos, tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    return tmp_path


COMMAND = ("encode", "photos", "-r", "-o", "out", *FAST, "--jobs", "2", "--report", "report.jsonl")


@pytest.fixture
def running(here: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield a run that has some pictures done, and others left."""
    command = [sys.executable, "-m", "gicodec", *COMMAND]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        wait_until(lambda: len(lines(here)) >= 2)
        yield process
        process.kill()


def lines(here: Path) -> list[dict[str, object]]:
    """Return the whole lines of the report."""
    report = here / "report.jsonl"
    text = report.read_text() if report.exists() else ""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def whole(here: Path) -> dict[str, tuple[bytes, int]]:
    """Return the contents and times of the outputs. Each decodes, and nothing else is in their folder."""
    for path in (here / "out").iterdir():
        assert path.suffix == ".gsi", path
        assert decode(path).shape == (16, 24, 3)
    return {path.stem: (path.read_bytes(), path.stat().st_mtime_ns) for path in (here / "out").iterdir()}


@linux
def test_a_run_that_was_killed_does_only_the_rest_when_it_is_resumed(
    running: "subprocess.Popen[bytes]", here: Path
) -> None:
    children = below(running.pid)
    assert sum(WORKER in command for command in children.values()) == 2
    running.kill()
    running.wait()
    wait_until(lambda: not any(map(is_alive, children)))  # no orphan works on
    done = {Path(str(line["output"])).stem for line in lines(here)}
    before = whole(here)
    assert 2 <= len(done) < N
    resumed = gsi(*COMMAND, "--resume")
    assert resumed.returncode == 0, resumed.stderr.decode()
    assert f"gsi: {N - len(done)} files" in resumed.stderr.decode()
    assert f"{len(done)} done before" in resumed.stderr.decode()
    after = whole(here)
    assert len(after) == N
    assert {name: after[name] for name in done} == {name: before[name] for name in done}
    assert sorted(str(line["output"]) for line in lines(here)) == [f"out/{i:02}.gsi" for i in range(N)]


@linux
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_ends_everything_and_leaves_no_half_file(
    running: "subprocess.Popen[bytes]", number: signal.Signals, code: int, here: Path
) -> None:
    children = below(running.pid)
    if number == signal.SIGINT:  # a terminal sends Ctrl-C to all
        os.killpg(running.pid, number)
    else:
        running.send_signal(number)
    _, err = running.communicate(timeout=20)
    assert running.returncode == code
    assert b"Traceback" not in err
    wait_until(lambda: not any(map(is_alive, children)), seconds=5)
    assert 2 <= len(whole(here)) < N


@linux
def test_a_picture_whose_process_is_killed_fails_and_the_others_do_not(
    running: "subprocess.Popen[bytes]", here: Path
) -> None:
    kill_one(running.pid, WORKER)
    _, err = running.communicate(timeout=120)
    assert running.returncode == 1
    errors = [line for line in err.decode().splitlines() if "error" in line]
    assert len(errors) == 1
    assert "its process was lost (killed" in errors[0]
    assert len(whole(here)) == N - 1
    (failed,) = (line for line in lines(here) if line["error"])
    assert f"gsi: error: {failed['error']}" == errors[0]
    resumed = gsi(*COMMAND, "--resume")
    assert resumed.returncode == 0, resumed.stderr.decode()
    assert len(whole(here)) == N
    assert len(lines(here)) == N + 1


@pytest.fixture
def three(here: Path) -> tuple[str, ...]:
    """Return a command for three pictures, which has run."""
    command = (
        "encode",
        *(f"photos/0{i}.png" for i in range(3)),
        "-o",
        "out",
        *FAST,
        "--report",
        "report.jsonl",
    )
    assert gsi(*command).returncode == 0
    assert len(lines(here)) == 3
    return command


def encoded_again(here: Path, *command: str) -> list[str]:
    n = len(lines(here))
    done = gsi(*command, "--resume")
    assert done.returncode == 0, done.stderr.decode()
    return [Path(str(line["output"])).stem for line in lines(here)[n:]]


def test_contents_and_not_dates_say_what_is_done(three: tuple[str, ...], here: Path) -> None:
    os.utime("photos/00.png")
    os.utime("out/00.gsi", (0, 0))
    assert encoded_again(here, *three) == []
    shutil.copy("photos/03.png", "photos/01.png")
    os.utime("photos/01.png", (0, 0))
    assert encoded_again(here, *three) == ["01"]
    path = here / "out" / "02.gsi"
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert encoded_again(here, *three) == ["02"]
    assert path.read_bytes() == data
    (here / "out" / "00.gsi").unlink()
    assert encoded_again(here, *three) == ["00"]
    assert encoded_again(here, *three, "--threads", "1") == []
    assert encoded_again(here, *three, "--seed", "1") == ["00", "01", "02"]


def test_a_report_that_was_cut_in_a_line_goes_on(three: tuple[str, ...], here: Path) -> None:
    report = here / "report.jsonl"
    text = report.read_text()
    report.write_text("no line of ours\n" + text[:-10])
    done = gsi(*three, "--resume")
    assert done.returncode == 0, done.stderr.decode()
    cut, last, end = report.read_text().split("\n")[-3:]
    assert json.loads(last)["output"] == "out/02.gsi"
    assert text.split("\n")[2].startswith(cut)
    assert end == ""


def test_every_picture_has_a_line_with_its_bytes_quality_time_and_error(here: Path) -> None:
    (here / "photos" / "broken.png").write_bytes(b"no picture")
    files = [f"photos/{name}.png" for name in ("00", "broken", "01")]
    done = gsi("encode", *files, "-o", "out", *FAST, "--jobs", "2", "--report", "report.jsonl")
    assert done.returncode == 3
    records = {str(line["file"]): line for line in lines(here)}
    assert sorted(records) == sorted(files)
    for line in records.values():
        assert list(line) == [field.name for field in fields(Record)]
        assert float(str(line["seconds"])) >= 0
    bad = records.pop("photos/broken.png")
    assert (bad["exit_code"], bad["bytes"], bad["psnr"]) == (3, None, None)
    assert "not a picture" in str(bad["error"])
    for line in records.values():
        assert (line["error"], line["exit_code"]) == (None, 0)
        assert line["bytes"] == Path(str(line["output"])).stat().st_size
        assert 20 < float(str(line["psnr"])) < 60


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_warning_is_printed_once_wherever_the_picture_is_encoded(jobs: str, here: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a blob"
    Image.fromarray(picture(24, 16)).save("described.png", exif=exif)
    done = gsi("encode", "described.png", "photos/00.png", "-o", "out", *FAST, "--jobs", jobs)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr.decode().count("gsi: warning: described.png: metadata dropped: EXIF\n") == 1


def test_a_picture_that_takes_too_long_is_ended_and_the_others_are_not(here: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    write_image(here / "noise.png", noise)
    write_image(here / "white.png", np.full((16, 24, 3), 255, np.uint8))  # exact, in no time
    args = ("encode", "noise.png", "white.png", "-o", "out", "--effort", "slow", "--report", "report.jsonl")
    done = gsi(*args, "--time-limit", "5")
    assert done.returncode == 6
    assert "noise.png: took more than 5 s" in done.stderr.decode()
    assert list(whole(here)) == ["white"]
    assert [line["exit_code"] for line in lines(here)] in ([6, 0], [0, 6])


def test_processes_have_a_thread_each_and_one_picture_alone_has_all() -> None:
    assert workers(jobs=4, threads=0, n_files=9) == (4, 1)
    assert workers(jobs=4, threads=2, n_files=9) == (4, 2)
    assert workers(jobs=4, threads=0, n_files=1) == (1, 0)
    assert workers(jobs=4, threads=0, n_files=0) == (1, 0)


def test_a_report_that_cannot_be_written_is_an_error_before_any_work(here: Path) -> None:
    assert_fails(
        5, "missing", "encode", "photos", "-r", "-o", "out", *FAST, "--report", "missing/report.jsonl"
    )
    assert not (here / "out").exists()
