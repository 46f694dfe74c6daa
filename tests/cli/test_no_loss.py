"""No command writes over a picture, or over a file of another kind than it makes."""

from pathlib import Path

import pytest
from commands import FAST, assert_fails, gsi, picture

from gicodec import write_image


@pytest.fixture
def folder(tmp_path: Path, coded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder, the current one, with the pictures a.png, b.png, c.png and the file a.gsi."""
    for name in ("a.png", "b.png", "c.png"):
        write_image(tmp_path / name, picture())
    (tmp_path / "a.gsi").write_bytes(coded.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (
            ("a.png", "b.png"),
            "gsi encode a.png b.png -o DIR; to give a .gsi file this name, add --force-name",
        ),
        (("a.png", "new.jpg"), "new.jpg is not named .gsi"),
        (("a.png", "b.png", "c.png"), "name a folder for 3 results: gsi encode a.png b.png c.png -o DIR"),
        (("a.png", "b.png", "c.png", "d.png"), "gsi encode a.png b.png c.png ... -o DIR"),
        (("a.png",), "give IN and OUT: gsi encode a.png out.gsi"),
    ],
)
def test_encode_refuses_a_name_that_is_no_gsi_and_shows_the_command(
    folder: Path, args: tuple[str, ...], text: str
) -> None:
    before = contents(folder)
    assert_fails(2, text, "encode", *args, *FAST)
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("a.gsi", "b.gsi"), "to decode both files, gsi decode a.gsi b.gsi -o DIR"),
        (("a.gsi", "b.gsi", "c.gsi"), "name a folder for 3 results: gsi decode a.gsi b.gsi c.gsi -o DIR"),
        (("a.gsi",), "give IN and OUT: gsi decode a.gsi out.png"),
    ],
)
def test_decode_refuses_to_write_a_gsi_and_shows_the_command(
    folder: Path, args: tuple[str, ...], text: str
) -> None:
    before = contents(folder)
    assert_fails(2, text, "decode", *args)
    assert contents(folder) == before


def test_encode_never_replaces_a_picture_whatever_its_name(folder: Path) -> None:
    (folder / "picture.gsi").write_bytes((folder / "a.png").read_bytes())
    (folder / "picture").write_bytes((folder / "a.png").read_bytes())
    before = contents(folder)
    for target in (("b.png", "--force-name"), ("picture.gsi",), ("picture",)):
        assert_fails(5, f"{target[0]}: is a picture", "encode", "a.png", *target, *FAST)
    (folder / "new").mkdir()
    (folder / "new" / "a.gsi").write_bytes((folder / "a.png").read_bytes())
    assert_fails(5, "is a picture", "encode", "a.png", "-o", "new", *FAST)
    assert (folder / "new" / "a.gsi").read_bytes() == before["a.png"]
    (folder / "new" / "a.gsi").unlink()
    (folder / "new").rmdir()
    assert contents(folder) == before


def test_decode_never_replaces_a_coded_file_whatever_its_name(folder: Path) -> None:
    (folder / "coded.png").write_bytes((folder / "a.gsi").read_bytes())
    before = contents(folder)
    assert_fails(5, "coded.png: is a .gsi file", "decode", "a.gsi", "coded.png")
    assert contents(folder) == before


def test_decode_into_its_own_folder_leaves_the_originals_alone(folder: Path) -> None:
    before = contents(folder)
    assert_fails(5, "a.png: may be the original", "decode", "a.gsi", "-o", ".")
    assert contents(folder) == before


def test_force_name_writes_any_new_name(folder: Path) -> None:
    done = gsi("encode", "a.png", "new.bin", "--force-name", *FAST)
    assert done.returncode == 0, done.stderr
    assert gsi("info", "new.bin").returncode == 0


def test_no_clobber_keeps_what_is_there_and_does_the_rest(folder: Path) -> None:
    before = contents(folder)
    (folder / "out").mkdir()
    (folder / "out" / "a.gsi").write_bytes(b"kept")
    done = gsi("encode", "a.png", "b.png", "-o", "out", "-n", *FAST)
    assert done.returncode == 0, done.stderr
    assert b"exists, skipped" in done.stderr
    assert (folder / "out" / "a.gsi").read_bytes() == b"kept"
    assert gsi("info", "out/b.gsi").returncode == 0
    done = gsi("decode", "a.gsi", "b.png", "--no-clobber", "--quiet")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (folder / "b.png").read_bytes() == before["b.png"]
