"""Many pictures with Ray: a local cluster of two workers, one of which is killed in the middle."""

import json
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import gsi, picture
from processes import kill_one

import gicodec
from gicodec.batch.record import Record
from gicodec.cluster import encode_folder
from gicodec.errors import DeviceError, OptionError

with_ray = pytest.mark.skipif(find_spec("ray") is None, reason='needs Ray: pip install "gicodec[ray]"')
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
N = 12


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pictures, and of a folder with others and a file that is none."""
    folder = tmp_path_factory.mktemp("cluster") / "photos"
    (folder / "more").mkdir(parents=True)
    (folder / "notes.txt").write_text("no picture\n")
    for i in range(N):
        name = f"more/{i:02}.png" if i % 2 else f"{i:02}.png"
        gicodec.write_image(folder / name, np.roll(picture(64, 48), 3 * i, axis=1))
    return folder


@pytest.fixture(scope="module")
def two_workers() -> Iterator[None]:
    """Start Ray with two cores."""
    import ray

    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"  # otherwise a warning
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def outputs(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder of outputs, each of which decodes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        assert gicodec.decode(path).shape == (48, 64, 3)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@with_ray
@linux
@pytest.mark.usefixtures("two_workers")
def test_every_picture_is_there_once_and_whole_though_a_worker_is_killed(
    photos: Path, tmp_path: Path
) -> None:
    seen: list[Record] = []
    killed: list[int] = []

    def kill_in_the_middle(record: Record) -> None:
        seen.append(record)
        if len(seen) == 3:
            killed.append(kill_one(os.getpid(), "ray::_encode"))

    out, report = tmp_path / "out", tmp_path / "report.jsonl"
    options: dict[str, Any] = {"effort": "fast", "report": report}
    assert encode_folder(photos, out, on_record=kill_in_the_middle, **options) == []
    assert killed
    coded = outputs(out)
    assert sorted(coded) == sorted(
        path.relative_to(photos).with_suffix(".gsi").as_posix() for path in photos.rglob("*.png")
    )
    assert sorted(record.output for record in seen) == sorted(str(out / name) for name in coded)
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [line["output"] for line in lines] == [record.output for record in seen]
    assert {line["bytes"] for line in lines} == {len(data) for data in coded.values()}

    (out / "00.gsi").write_bytes(coded["00.gsi"][:-1])
    again: list[Record] = []
    assert encode_folder(photos, out, resume=True, on_record=again.append, **options) == []
    assert outputs(out) == coded
    assert len(again) == N
    assert len(report.read_text().splitlines()) == N + 1


@with_ray
@pytest.mark.usefixtures("two_workers")
def test_a_bad_file_and_one_that_takes_too_long_are_reported(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "broken.png").write_bytes(b"no picture")
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    gicodec.write_image(photos / "noise.png", noise)
    gicodec.write_image(photos / "white.png", np.full((48, 64, 3), 255, np.uint8))
    failed = encode_folder(f"file://{photos}", tmp_path / "out", effort="slow", time_limit=5)
    codes = {Path(record.file).name: (record.exit_code, str(record.error)) for record in failed}
    assert {name: code for name, (code, _) in codes.items()} == {"broken.png": 3, "noise.png": 6}
    assert "took more than 5 s" in codes["noise.png"][1]
    assert list(outputs(tmp_path / "out")) == ["white.gsi"]


@with_ray
def test_the_command_works_on_a_cluster_that_it_starts(photos: Path, tmp_path: Path) -> None:
    files = [photos / "00.png", photos / "more" / "01.png"]
    done = gsi("encode", *files, "-o", tmp_path, "--effort", "fast", "--json", "--ray=local")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["file"] for line in lines} == set(map(str, files))
    assert sorted(outputs(tmp_path)) == ["00.gsi", "01.gsi"]


@with_ray
def test_a_cluster_that_is_not_there_is_an_error_in_one_line(photos: Path, tmp_path: Path) -> None:
    done = gsi("encode", photos / "00.png", "-o", tmp_path / "out", "--ray=photos")
    assert done.returncode == 8
    assert done.stderr.startswith(b"gsi: error: Ray cannot be reached at 'photos'")
    assert done.stderr.count(b"\n") == 1


def test_without_ray_the_error_says_what_to_install(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(DeviceError, match=r'pip install "gicodec\[ray\]"'):
        encode_folder(photos, tmp_path / "out", effort="fast")


def test_options_are_checked_before_a_cluster_is_asked_for(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="resume needs a report"):
        encode_folder(photos, tmp_path, resume=True)
    with pytest.raises(OptionError, match="gps needs metadata"):
        encode_folder(photos, tmp_path, gps=True)
    with pytest.raises(OptionError, match="bpp must be positive"):
        encode_folder(photos, tmp_path, bpp=0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(OptionError, match="nothing to do"):
        encode_folder(tmp_path / "empty", tmp_path)
