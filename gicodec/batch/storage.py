"""Where pictures lie: local files, or what fsspec knows by a URL, such as s3://bucket/folder and gs://.

A local file is replaced in one step. So is an object of a store: fsspec's transaction holds the new one back
until it is complete.
"""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gicodec.errors import GsiError, ImageError, OutputError, one_line
from gicodec.files import read_file, reason, write_file

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

LOCAL = "file://"
OBJECT_STORES = ("s3://", "s3a://", "gs://", "gcs://", "az://", "abfs://")
"""Stores without folders. To make one there would be to make a bucket."""


def is_url(place: str) -> bool:
    """Return whether fsspec is to look after a place; file:// is a local path."""
    return "://" in place and not place.startswith(LOCAL)


def local(place: str) -> str:
    """Return a local path as it is, and that of a file:// URL."""
    return place.removeprefix(LOCAL)


def read(place: str) -> bytes:
    """Read a whole file.

    Raises:
        ImageError: It cannot be read.
    """
    if not is_url(place):
        return read_file(local(place))
    with _errors(place, ImageError):
        system, path = _open(place)
        data: bytes = system.cat_file(path)
        return data


def write(place: str, data: bytes) -> None:
    """Write a whole file, and the folders that it is in; or leave what was there. The mirror of :func:`read`.

    Raises:
        OutputError: It cannot be written.
    """
    if not is_url(place):
        with _errors(place, OutputError):
            Path(local(place)).parent.mkdir(parents=True, exist_ok=True)
        write_file(local(place), data)
        return
    with _errors(place, OutputError):
        system, path = _open(place)
        if not place.startswith(OBJECT_STORES):
            system.makedirs(system._parent(path), exist_ok=True)
        with system.transaction, system.open(path, "wb") as stream:
            stream.write(data)


def is_folder(place: str) -> bool:
    """Return whether there is a folder.

    Raises:
        ImageError: The store does not answer.
    """
    if not is_url(place):
        return os.path.isdir(local(place))
    with _errors(place, ImageError):
        system, path = _open(place)
        return bool(system.isdir(path))


def files_in(folder: str) -> list[str]:
    """Return the paths of all files in a folder and the folders in it, from the folder on, sorted.

    Hidden ones are left out.

    Raises:
        ImageError: The folder cannot be read.
    """
    if is_url(folder):
        with _errors(folder, ImageError):
            system, top = _open(folder)
            found = [posixpath.relpath(path, top) for path in system.find(top)]
    else:
        top = local(folder)
        if not os.access(top, os.R_OK | os.X_OK):
            raise ImageError(f"{folder}: the folder cannot be read")
        found = [str(path.relative_to(top)) for path in Path(top).rglob("*") if path.is_file()]
    return sorted(path for path in found if not any(part.startswith(".") for part in Path(path).parts))


def join(folder: str, *parts: str) -> str:
    """Return the place of a file in a folder."""
    return posixpath.join(folder, *parts) if is_url(folder) else str(Path(local(folder), *parts))


def _open(place: str) -> tuple[AbstractFileSystem, Any]:
    from fsspec.core import url_to_fs

    system, path = url_to_fs(place)
    return system, path


@contextmanager
def _errors(place: str, kind: type[GsiError]) -> Iterator[None]:
    """Name the place in what a store says."""
    try:
        yield
    except GsiError:
        raise
    except FileNotFoundError as err:  # not all say so in words
        raise kind(f"{place}: {os.strerror(errno.ENOENT).lower()}") from err
    except OSError as err:
        raise kind(f"{place}: {reason(err)}") from err
    except Exception as err:  # each store's library has errors of its own; a missing library is one, too
        raise kind(f"{place}: {one_line(err)}") from err
