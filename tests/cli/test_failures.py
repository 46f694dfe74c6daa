"""Failures: an exit code of its own for each kind, one line, and no file that was not there."""

import sys
from pathlib import Path

import pytest
import torch
from commands import FAST, assert_fails, gsi, picture

from gicodec.image.picture import Picture
from gicodec.image.write import encode_image


def test_unreadable_pictures(tmp_path: Path) -> None:
    data = encode_image(Picture(picture()), "png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    for name, text in (
        ("missing.png", "no such file"),
        ("empty.png", "empty"),
        ("text.png", "not a picture"),
        ("cut.png", "cannot be read"),
        (".", "directory"),
    ):
        assert_fails(3, text, "encode", tmp_path / name, tmp_path / "out.gsi")
        assert not (tmp_path / "out.gsi").exists()


@pytest.mark.parametrize("command", [("info",), ("check",), ("decode",)])
def test_broken_gsi_files(command: tuple[str], tmp_path: Path, handmade: Path) -> None:
    data = handmade.read_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 4
    newer = bytearray(data)
    newer[8] = 5
    older = bytearray(data)
    older[8] = 2
    out = (tmp_path / "out.png",) if command == ("decode",) else ()
    for name, content, text in (
        ("flipped.gsi", bytes(flipped), "checksum"),
        ("cut.gsi", data[:-7], "bytes"),
        ("empty.gsi", b"", "signature"),
        ("text.gsi", b"hello, world\n", "wrong signature"),
        ("newer.gsi", bytes(newer), "version 5, this build reads 4"),
        ("older.gsi", bytes(older), "version 2, this build reads 4"),
        ("longer.gsi", data + b"\n", "after the end"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert_fails(4, f"{path}: ", *command, path, *out)
        assert_fails(4, text, *command, path, *out)
        assert not (tmp_path / "out.png").exists()
    assert_fails(3, "no such file", *command, tmp_path / "missing.gsi", *out)


def test_outputs_that_cannot_be_written(png: Path, tmp_path: Path, coded: Path) -> None:
    places = [tmp_path / "missing" / "out", tmp_path, png / "out"]
    if sys.platform == "linux":
        places.append(Path("/proc/out"))  # read-only, even for root
    for place in places:
        assert_fails(5, str(place), "encode", png, place, *FAST)
    assert_fails(5, "missing", "decode", coded, tmp_path / "missing" / "out.png")
    assert_fails(5, "not a directory", "encode", "x.png", "-o", "/dev/null/nowhere")
    assert list(tmp_path.iterdir()) == []


def test_failure_leaves_the_existing_output(tmp_path: Path, handmade: Path) -> None:
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    broken = tmp_path / "broken.gsi"
    broken.write_bytes(handmade.read_bytes()[:-1])
    assert_fails(4, "broken.gsi", "decode", broken, out)
    assert_fails(3, "broken.gsi", "encode", broken, out, "--force-name", *FAST)
    assert out.read_bytes() == b"precious"
    assert {path.name for path in tmp_path.iterdir()} == {"out.png", "broken.gsi"}


def test_the_input_is_never_overwritten(png: Path, handmade: Path, tmp_path: Path) -> None:
    misnamed = tmp_path / "coded.png"
    misnamed.write_bytes(handmade.read_bytes())
    before = png.read_bytes()
    assert_fails(2, "same file", "encode", png, png, *FAST)
    assert_fails(2, "same file", "decode", misnamed, tmp_path / "." / "coded.png")
    assert png.read_bytes() == before
    assert misnamed.read_bytes() == handmade.read_bytes()


def test_impossible_targets_are_refused(png: Path, tmp_path: Path) -> None:
    assert_fails(7, "tiny.png", "encode", png, tmp_path / "out.gsi", "--bpp", "0.001")
    assert_fails(7, "at least", "encode", png, tmp_path / "out.gsi", "--target-size", "9")
    assert_fails(7, "too many", "encode", png, tmp_path / "out.gsi", "--gaussians", "1537")
    assert list(tmp_path.iterdir()) == []


def test_batches_go_on_after_a_failure(png: Path, handmade: Path, tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.png", tmp_path / "new" / "out"
    bad.write_text("hello")
    done = gsi("encode", bad, handmade, png, "-o", out, *FAST)
    assert done.returncode == 3
    assert done.stderr.count(b"gsi: error: ") == 2
    assert [path.name for path in out.iterdir()] == ["tiny.gsi"]
    back = tmp_path / "back"
    done = gsi("decode", bad, out / "tiny.gsi", "-o", back)
    assert done.returncode == 4
    assert [path.name for path in back.iterdir()] == ["tiny.png"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there_leaves_no_file(coded: Path, png: Path, tmp_path: Path) -> None:
    for command in (("encode", png, tmp_path / "out.gsi"), ("decode", coded, tmp_path / "out.png")):
        done = gsi(*command, "--device", "cuda")
        assert done.returncode == 8
        assert done.stderr.count(b"\n") == 1
        assert b"error" in done.stderr
        assert b"CUDA" in done.stderr
    assert gsi("encode", png, tmp_path / "out.gsi", "--device", "abacus").returncode == 2
    assert not list(tmp_path.glob("out*"))
