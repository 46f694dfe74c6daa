"""Many files in one run: folders, names, failures, jobs, and what is printed of them."""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from subprocess import run

import numpy as np
import pytest
from commands import assert_fails, gsi, picture
from PIL import Image

from gicodec import decode

FAST = ("--effort", "fast", "--bpp", "3")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pictures, with folders in it, and files that are none."""
    folder = tmp_path_factory.mktemp("batch") / "photos"
    for i, name in enumerate(["a.png", "b.bmp", "deep/c.png", "deep/er/d.tif", "other/a.png"]):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.roll(picture(24, 16), i, axis=1)).save(path)
    (folder / "notes.txt").write_text("no picture\n")
    for hidden in (folder / "._a.png", folder / ".thumbnails" / "a.png"):
        hidden.parent.mkdir(exist_ok=True)
        hidden.write_bytes(b"what another program keeps there")
    (folder.parent / "broken.png").write_bytes(b"no picture")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture(scope="module")
def coded(photos: Path) -> Path:
    """Return what comes of encoding the folder."""
    folder = photos.parent / "coded"
    done = gsi("encode", photos, "-r", "-o", folder, *FAST)
    assert done.returncode == 0, done.stderr.decode()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


CODED = ["a.gsi", "b.gsi", "deep/c.gsi", "deep/er/d.gsi", "other/a.gsi"]


def test_folders_keep_their_structure_and_what_is_no_picture_is_left_alone(photos: Path, coded: Path) -> None:
    assert names(coded) == CODED
    assert not (coded / "empty").exists()
    hidden = ["._a.png", ".thumbnails/a.png"]
    assert names(photos) == [
        *hidden, "a.png", "b.bmp", "deep/c.png", "deep/er/d.tif", "notes.txt", "other/a.png"
    ]  # fmt: skip
    for i, name in enumerate(CODED[:4]):
        difference = decode(coded / name).astype(int) - np.roll(picture(24, 16), i, axis=1)
        assert np.abs(difference).mean() < 8


def test_folders_are_decoded_in_the_same_way(coded: Path, tmp_path: Path) -> None:
    folder = tmp_path / "coded"
    shutil.copytree(coded, folder)
    (folder / "deep" / "notes.txt").write_text("no file of ours\n")
    done = gsi("decode", folder, "-r", "-o", tmp_path / "pictures")
    assert done.returncode == 0, done.stderr.decode()
    assert names(tmp_path / "pictures") == [name.replace(".gsi", ".png") for name in CODED]
    np.testing.assert_array_equal(
        Image.open(tmp_path / "pictures" / "deep" / "c.png"), decode(coded / "deep/c.gsi")
    )


@pytest.mark.parametrize("command", ["encode", "decode"])
def test_a_folder_needs_r(command: str, photos: Path, tmp_path: Path) -> None:
    assert_fails(2, "is a folder: add -r", command, photos, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("flag", ["-n", "--no-clobber", "--skip-existing"])
def test_what_is_there_already_is_skipped(flag: str, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "a.gsi").write_bytes(b"mine")
    done = gsi("encode", photos / "a.png", photos / "b.bmp", "-o", tmp_path, flag, *FAST)
    assert done.returncode == 0
    assert (tmp_path / "a.gsi").read_bytes() == b"mine"
    assert names(tmp_path) == ["a.gsi", "b.gsi"]
    assert b"a.gsi: exists, skipped" in done.stderr


def with_a_broken_one(photos: Path) -> list[Path]:
    return [photos / "a.png", photos.parent / "broken.png", photos / "b.bmp", photos / "deep" / "c.png"]


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_a_failure_does_not_stop_the_others(jobs: str, photos: Path, tmp_path: Path) -> None:
    done = gsi("encode", *with_a_broken_one(photos), "-o", tmp_path, *FAST, "--jobs", jobs)
    assert done.returncode == 3
    assert names(tmp_path) == ["a.gsi", "b.gsi", "c.gsi"]
    errors = [line for line in done.stderr.decode().splitlines() if "error" in line]
    assert len(errors) == 1
    assert "broken.png" in errors[0]
    assert re.search(r"^gsi: 3 files, \d+ bytes, [\d.]+ s, 1 failed$", done.stderr.decode(), re.MULTILINE)


def test_a_broken_picture_in_a_folder_is_a_failure(photos: Path, tmp_path: Path) -> None:
    """It is named as a picture: to leave it out in silence would be to lose it."""
    (tmp_path / "in").mkdir()
    shutil.copy(photos.parent / "broken.png", tmp_path / "in")
    done = gsi("encode", tmp_path / "in", "-r", "-o", tmp_path / "out", *FAST)
    assert done.returncode == 3
    assert b"broken.png" in done.stderr


def test_fail_fast_stops_at_the_first_failure(photos: Path, tmp_path: Path) -> None:
    done = gsi("encode", *with_a_broken_one(photos), "-o", tmp_path, *FAST, "--fail-fast")
    assert done.returncode == 3
    assert names(tmp_path) == ["a.gsi"]
    assert done.stderr.decode().splitlines()[-1].endswith("1 failed, 2 not started")


def test_fail_fast_of_decode(coded: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gsi"
    bad.write_bytes((coded / "a.gsi").read_bytes()[:-1])
    for flags, n_files in (((), 1), (("--fail-fast",), 0)):
        folder = tmp_path / f"out{n_files}"
        done = gsi("decode", bad, coded / "b.gsi", "-o", folder, *flags)
        assert done.returncode == 4
        assert len(names(folder) if folder.exists() else []) == n_files


def test_jobs_change_no_byte(photos: Path, coded: Path, tmp_path: Path) -> None:
    done = gsi("encode", photos, "-r", "-o", tmp_path / "coded", *FAST, "--jobs", "2")
    assert done.returncode == 0, done.stderr.decode()
    assert names(tmp_path / "coded") == CODED
    for name in CODED:
        assert (tmp_path / "coded" / name).read_bytes() == (coded / name).read_bytes()
    for jobs in ("1", "2"):
        gsi("decode", coded, "-r", "-o", tmp_path / f"decoded{jobs}", "--jobs", jobs)
    for name in names(tmp_path / "decoded1"):
        assert (tmp_path / "decoded1" / name).read_bytes() == (tmp_path / "decoded2" / name).read_bytes()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_json_is_one_object_a_line(jobs: str, photos: Path, coded: Path, tmp_path: Path) -> None:
    files = [photos / "a.png", photos / "b.bmp", photos / "deep" / "c.png"]
    done = gsi("encode", *files, "-o", tmp_path / "coded", *FAST, "--json", "--jobs", jobs)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["file"] for line in lines} == set(map(str, files))
    for line in lines:
        output = Path(line["output"])
        assert line["bytes"] == output.stat().st_size
        assert line["bpp"] == pytest.approx(8 * line["bytes"] / (24 * 16))
        assert {"psnr", "n_gaussians", "seconds", "warnings"} <= set(line)
    assert done.stderr == b""
    done = gsi("decode", tmp_path / "coded", "-r", "-o", tmp_path / "out", "--json", "--jobs", jobs)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 3
    assert {(line["width"], line["height"], line["bits"], line["alpha"]) for line in lines} == {
        (24, 16, 8, False)
    }
    assert done.stderr == b""


def test_warnings_are_in_the_json(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "lime")]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    done = gsi("encode", tmp_path / "two.gif", tmp_path / "two.gsi", "--effort", "fast", "--json")
    (warning,) = json.loads(done.stdout)["warnings"]
    assert warning.startswith("only the first")


def test_the_last_line_sums_up(photos: Path, tmp_path: Path) -> None:
    files = photos / "a.png", photos / "b.bmp"
    done = gsi("encode", *files, "-o", tmp_path, *FAST)
    n_bytes = sum(path.stat().st_size for path in tmp_path.iterdir())
    last = done.stderr.decode().splitlines()[-1]
    assert re.fullmatch(rf"gsi: 2 files, {n_bytes} bytes, [\d.]+ s", last)
    one = gsi("encode", files[0], tmp_path / "one.gsi", *FAST)
    assert b" files" not in one.stderr
    assert b" files" not in gsi("encode", *files, "-o", tmp_path, *FAST, "--quiet").stderr


def test_two_inputs_of_one_name_are_refused(photos: Path, tmp_path: Path) -> None:
    files = photos / "a.png", photos / "other" / "a.png"
    assert_fails(2, "would be written to", "encode", *files, "-o", tmp_path / "out", *FAST)
    assert not (tmp_path / "out").exists()


def test_two_folders_with_files_of_one_name_are_refused(photos: Path, tmp_path: Path) -> None:
    other = tmp_path / "copy"
    shutil.copytree(photos / "other", other)
    done = gsi("encode", photos / "other", other, "-r", "-o", tmp_path / "out", *FAST)
    assert done.returncode == 2


def test_jobs_must_be_one_or_more(photos: Path, tmp_path: Path) -> None:
    assert gsi("encode", photos / "a.png", "-o", tmp_path, "--jobs", "0").returncode == 2


def test_one_process_imports_once_for_all(photos: Path, tmp_path: Path) -> None:
    files = photos / "a.png", photos / "b.bmp", photos / "deep" / "c.png"
    command = [sys.executable, "-X", "importtime", "-m", "gicodec", "encode", *files, "-o", tmp_path, *FAST]
    done = run([*map(str, command)], capture_output=True, timeout=300, env=dict(os.environ))
    assert done.returncode == 0
    imported = re.findall(r"\| +(numpy|gicodec\.codec|PIL\.Image|torch)$", done.stderr.decode(), re.MULTILINE)
    assert sorted(imported) == ["PIL.Image", "gicodec.codec", "numpy"]
    assert len(names(tmp_path)) == 3
