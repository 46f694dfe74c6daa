"""Writing is all or nothing."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gicodec import files
from gicodec.errors import ImageError, OptionError, OutputError

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"one", b"another", b""):
        files.write_file(path, data)
        assert files.read_file(path) == data
    assert list(tmp_path.iterdir()) == [path]


def test_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"precious")

    def interrupt(fd: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_file(path, b"new")
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_modes_follow_the_target_or_the_umask(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    old.touch()
    old.chmod(0o640)
    umask = os.umask(0o027)
    try:
        for path in (new, old):
            files.write_file(path, b"")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


@posix
def test_links_are_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.touch()
    link.symlink_to(target)
    files.write_file(link, b"data")
    assert link.is_symlink()
    assert target.read_bytes() == b"data"


@posix
def test_devices_are_written_directly() -> None:
    files.check_writable("/dev/null")
    files.write_file("/dev/null", b"data")
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_reported() -> None:
    with pytest.raises(OutputError, match="no space left"):
        files.write_file("/dev/full", b"data")


def test_impossible_outputs_are_found_before(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "missing" / "x", tmp_path / "file" / "x", "zero\0byte"):
        with pytest.raises(OutputError) as early:
            files.check_writable(path)
        with pytest.raises(OutputError) as late:
            files.write_file(path, b"")
        assert str(early.value) == str(late.value)
        assert str(early.value).startswith(f"{path}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_targets_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"precious")
    path.chmod(0o400)
    with pytest.raises(OutputError, match="not writable"):
        files.check_writable(path)


def test_reading_failures_are_image_errors(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no such file"):
        files.read_file(tmp_path / "missing")


def test_same_file_sees_through_names(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.touch()
    assert files.same_file(path, tmp_path / "." / "x")
    assert not files.same_file(path, tmp_path / "missing")


def test_of_a_file_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(200)))
    data = files.open_data(path)
    assert isinstance(data, files.FileData)
    assert len(data) == 200
    assert data[3:7] == bytes([3, 4, 5, 6])
    assert data[190:300] == bytes(range(190, 200))
    assert data[7:3] == b""
    assert data[:] == path.read_bytes()


def test_a_file_that_shrinks_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(2**20))
    data = files.open_data(path)
    path.write_bytes(b"short")
    with pytest.raises(ImageError, match="shorter"):
        data[2**19 :]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="nothing"):
        files.open_data(tmp_path / "nothing")


def test_parts_are_written_as_one_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert files.write_file(path, iter([b"ab", b"", b"cde"])) == 5
    assert path.read_bytes() == b"abcde"


@pytest.mark.parametrize(("error", "seen"), [(ValueError, OutputError), (OptionError, OptionError)])
def test_parts_that_fail_leave_what_was_there(
    tmp_path: Path, error: type[Exception], seen: type[Exception]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def parts() -> Iterator[bytes]:
        yield b"new"
        raise error("failed")

    with pytest.raises(seen):
        files.write_file(path, parts())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
