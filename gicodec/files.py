"""Files: read whole; written beside the target and moved over it, so failure leaves what was."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gicodec.errors import ImageError, OutputError

NEW_FILE_MODE = 0o666  # the umask takes its share
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would translate line ends


def read_file(path: str | Path) -> bytes:
    """Read a whole file; an ImageError says why it cannot be read."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as err:  # ValueError: a zero byte in the name
        raise ImageError(f"{path}: {_reason(err)}") from err


def write_file(path: str | Path, data: bytes) -> None:
    """Write a whole file or nothing; links are followed, devices and pipes are written to."""
    with _output_errors(path):
        target = Path(os.path.realpath(path))
        if _is_special(target):
            target.write_bytes(data)
            return
        temporary = _create_beside(target)
        try:
            with temporary.open("r+b") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def check_writable(path: str | Path) -> None:
    """Find out before long work whether :func:`write_file` will be able to write there."""
    with _output_errors(path):
        target = Path(os.path.realpath(path))
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError("not writable")
        if not _is_special(target):
            _create_beside(target).unlink()


def same_file(a: str | Path, b: str | Path) -> bool:
    """Tell whether both names are the same existing file."""
    try:
        return os.path.samefile(a, b)
    except (OSError, ValueError):
        return False


def _is_special(target: Path) -> bool:
    if target.is_dir():
        raise IsADirectoryError("is a directory")
    return target.exists() and not target.is_file()


def _create_beside(target: Path) -> Path:
    temporary = target.with_name(f".gsi-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY
    os.close(os.open(temporary, flags, NEW_FILE_MODE))
    return temporary


@contextmanager
def _output_errors(path: str | Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has gone; nobody wants a message
    except (OSError, ValueError) as err:
        raise OutputError(f"{path}: {_reason(err)}") from err


def _reason(err: Exception) -> str:
    text = err.strerror if isinstance(err, OSError) and err.strerror else str(err)
    return text[:1].lower() + text[1:]
