"""Places: local files, file:// URLs, and a store that fsspec knows, here one in memory."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from gicodec.batch import storage
from gicodec.batch.folders import expand, outputs_of
from gicodec.errors import ImageError, OptionError, OutputError


@pytest.fixture
def memory() -> Iterator[str]:
    """Yield a folder of a store."""
    yield "memory://bucket/folder"
    fsspec.filesystem("memory").rm("/bucket", recursive=True)


@pytest.fixture(params=["local", "file", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, memory: str) -> str:
    storage.write(memory, b"")  # so that there is something to remove
    fsspec.filesystem("memory").rm("/bucket/folder")
    return {"local": str(tmp_path), "file": f"file://{tmp_path}", "memory": memory}[request.param]


def test_what_is_written_is_read_back_and_found(folder: str) -> None:
    for path in ("b.png", "deep/er/a.png", ".hidden", ".cache/c.png"):
        storage.write(storage.join(folder, path), path.encode())
    assert storage.files_in(folder) == ["b.png", "deep/er/a.png"]
    assert storage.is_folder(folder)
    assert not storage.is_folder(storage.join(folder, "b.png"))
    assert storage.read(storage.join(folder, "deep", "er/a.png")) == b"deep/er/a.png"
    storage.write(storage.join(folder, "b.png"), b"new")
    assert storage.read(storage.join(folder, "b.png")) == b"new"


def test_folders_are_paired_with_the_same_folders(folder: str) -> None:
    for path in ("b.png", "deep/er/a.png", "deep/notes.txt"):
        storage.write(storage.join(folder, path), b"")
    pairs = outputs_of(expand([folder], lambda file: file.endswith(".png")), "memory://out", ".gsi")
    assert [source for source, _ in pairs] == [storage.join(folder, p) for p in ("b.png", "deep/er/a.png")]
    assert [target for _, target in pairs] == ["memory://out/b.gsi", "memory://out/deep/er/a.gsi"]
    with pytest.raises(OptionError, match="nothing to do"):
        expand([folder], lambda _: False)
    with pytest.raises(OptionError, match="would be written to"):
        outputs_of([("x/a.png", ""), ("y/a.png", "")], folder, ".gsi")


def test_what_is_not_there_or_cannot_be_written_is_named(folder: str, tmp_path: Path) -> None:
    missing = storage.join(folder, "missing.png")
    with pytest.raises(ImageError, match=r"missing\.png"):
        storage.read(missing)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        storage.write(str(tmp_path / "file" / "a.gsi"), b"")


def test_a_store_without_its_library_is_an_error_that_names_it() -> None:
    with pytest.raises(ImageError, match=r"nostore://bucket/a\.png: .*nostore"):
        storage.read("nostore://bucket/a.png")


def test_a_write_that_fails_leaves_what_was_there_in_a_store(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = storage.join(memory, "a.gsi")
    storage.write(place, b"before")

    def fail(*_: object) -> None:
        raise OSError("the line is dead")

    monkeypatch.setattr("fsspec.implementations.memory.MemoryFile.write", fail)
    with pytest.raises(OutputError, match=r"a\.gsi: the line is dead"):
        storage.write(place, b"after")
    assert storage.read(place) == b"before"
