"""Read and write whole files. A new file replaces an existing one only when it is complete."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO
from weakref import finalize

from gicodec.errors import GsiError, ImageError, OutputError

NEW_FILE_MODE = 0o666  # before the umask
FIRST_READ = 2**16  # bytes of a file read at once, at least
STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would translate line ends


def read_file(path: str | Path) -> bytes:
    """Read a whole file.

    Raises:
        ImageError: The file does not exist or cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as err:  # ValueError: a zero byte in the name
        raise ImageError(f"{path}: {reason(err)}") from err


def read_stream(stream: IO[bytes], name: str) -> bytes:
    """Read a binary stream, whose name is for the error, to its end.

    Raises:
        ImageError: It cannot be read.
    """
    try:
        data = stream.read()
    except OSError as err:
        raise ImageError(f"{name}: {reason(err)}") from err
    if not isinstance(data, bytes):
        raise ImageError(f"{name}: a stream of text, not of bytes")
    return data


def open_data(path: str | Path) -> FileData | bytes:
    """Return the bytes of a file, of which only those asked for are read, or all that a pipe gives.

    Raises:
        ImageError: It does not exist or cannot be read.
    """
    return read_file(path) if is_device(path) else FileData(path)


class FileData:
    """The bytes of a file, of which only those asked for are read.

    Raises:
        ImageError: The file does not exist or cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self._path, self._lock = path, Lock()
        try:
            self._stream = open(path, "rb", buffering=FIRST_READ)  # noqa: SIM115
            finalize(self, self._stream.close)
            self._n_bytes = self._stream.seek(0, os.SEEK_END)
        except (OSError, ValueError) as err:  # ValueError: a zero byte in the name
            raise ImageError(f"{path}: {reason(err)}") from err

    def __len__(self) -> int:
        return self._n_bytes

    def __getitem__(self, index: slice) -> bytes:
        first, end, _ = index.indices(self._n_bytes)
        try:
            with self._lock:
                self._stream.seek(first)
                data = self._stream.read(max(0, end - first))
        except OSError as err:
            raise ImageError(f"{self._path}: {reason(err)}") from err
        if len(data) < end - first:
            raise ImageError(f"{self._path}: has become shorter while it was read")
        return data


def write_file(path: str | Path, data: bytes | Iterable[bytes]) -> int:
    """Write a whole file, or leave what was there. Writes to devices, pipes, and open streams directly.

    What a symbolic link names is replaced, and the link stays. Another hard link keeps what was there.

    Returns:
        How many bytes there were, all in one or in parts.

    Raises:
        OutputError: The file cannot be written.
    """
    parts = [data] if isinstance(data, bytes) else data
    with _output_errors(path):
        if (descriptor := descriptor_of(path)) is not None:
            with os.fdopen(os.dup(descriptor), "wb") as stream:
                return sum(map(stream.write, parts))
        if is_device(path):
            with open(path, "wb") as stream:
                return sum(map(stream.write, parts))
        target = _plain_file(path)
        temporary = _create_beside(target)
        try:
            with temporary.open("r+b") as stream:
                n_bytes = sum(map(stream.write, parts))
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
            return n_bytes
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def check_writable(path: str | Path) -> None:
    """Check, before long work, that :func:`write_file` can write this path.

    Raises:
        OutputError: It cannot.
    """
    with _output_errors(path):
        if os.path.exists(path) and not os.access(path, os.W_OK):
            raise PermissionError("not writable")
        if not is_device(path):
            _create_beside(_plain_file(path)).unlink()


def same_file(a: str | Path, b: str | Path) -> bool:
    """Return whether both paths name the same existing file."""
    try:
        return os.path.samefile(a, b)
    except (OSError, ValueError):
        return False


def starts_with(path: str | Path, signature: bytes) -> bool:
    """Return whether there is a plain file that begins with these bytes."""
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as stream:
            return stream.read(len(signature)) == signature
    except (OSError, ValueError):
        return False


def is_device(path: str | Path) -> bool:
    """Return whether a path names a device, a pipe, or a stream that this process has open."""
    other = os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
    return other or descriptor_of(path) is not None


def descriptor_of(path: str | Path) -> int | None:
    """Return which open stream a path names, such as /dev/stdout or /dev/fd/3; None if it names none."""
    if str(path) in STREAMS:
        return STREAMS[str(path)]
    match = re.fullmatch(r"(?:/dev|/proc/self)/fd/([0-9]{1,9})", str(path))
    return int(match[1]) if match else None


def _plain_file(path: str | Path) -> Path:
    """Return what to replace: behind symbolic links."""
    target = Path(os.path.realpath(path))
    if not str(path):
        raise FileNotFoundError("the name of the output is empty")
    if target.is_dir():
        raise IsADirectoryError("is a directory")
    if target.is_symlink():
        raise OSError("symbolic links lead in a circle")
    return target


def _create_beside(target: Path) -> Path:
    temporary = target.with_name(f".gsi-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY
    os.close(os.open(temporary, flags, NEW_FILE_MODE))
    return temporary


@contextmanager
def _output_errors(path: str | Path) -> Iterator[None]:
    try:
        yield
    except (BrokenPipeError, GsiError):
        raise  # the reader of the pipe has left, which is no error; or what was to be written failed
    except (OSError, ValueError) as err:
        raise OutputError(f"{path}: {reason(err)}") from err


def reason(err: Exception) -> str:
    """Return what the system says of an error, as part of a sentence."""
    text = err.strerror if isinstance(err, OSError) and err.strerror else str(err)
    return text[:1].lower() + text[1:]
