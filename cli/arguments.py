"""Arguments that the commands share: sizes, pairs of files, standard streams, names of options."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gicodec.cli.console import warn
from gicodec.errors import OptionError
from gicodec.options import Crop

if TYPE_CHECKING:
    from gicodec.format.varint import Data

MOST_SHOWN = 3  # files in a message
EXTENSION = ".gsi"
STANDARD = "-"  # standard input or output
NUMBER = "([0-9]{1,9})"
SIZE = f"{NUMBER}[xX]{NUMBER}"
CROP = rf"{SIZE}\+{NUMBER}\+{NUMBER}"


@contextmanager
def name_options() -> Iterator[None]:
    """Turn an OptionError into a usage error that spells options as typed: bits_back becomes --bits-back."""
    try:
        yield
    except OptionError as err:
        command = click.get_current_context().command
        flags = {str(option.name): max(option.opts, key=len) for option in command.params}
        words = re.compile(rf"\b({'|'.join(flags)})\b")
        raise click.UsageError(words.sub(lambda match: flags[match[0]], str(err))) from err


def parse_size(text: str) -> tuple[int | None, int | None] | int:
    """Parse WxH, Wx, xH, or N, the longer side."""
    match = re.fullmatch(f"{NUMBER}?[xX]{NUMBER}?|{NUMBER}", text)
    if match is None or match[0] in "xX":
        raise click.BadParameter(f"{text!r} is not a size, such as 640x480, 640x, x480, or 640")
    if match[3]:
        return int(match[3])
    return int(match[1]) if match[1] else None, int(match[2]) if match[2] else None


def parse_scale(text: str) -> float:
    """Parse a factor, or a percentage: 0.5, 50%."""
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a scale, such as 0.5 or 50%") from None


def parse_crop(text: str) -> Crop:
    """Parse WxH+X+Y."""
    return Crop(*_parse_numbers(text, CROP, "WxH+X+Y, such as 640x480+0+16"))


def parse_bytes(text: str) -> int:
    """Parse a number of bytes: 20000, 20k, 20 kB, 1.5M; 20KiB are 20480."""
    match = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?(?:([km]?)(i?)b?)", text.lower())
    if match is None or (match[3] and not match[2]):
        raise click.BadParameter(f"{text!r} is not a number of bytes, such as 20000, 20k, 20KiB, or 1.5M")
    return int(Decimal(match[1]) * (1024 if match[3] else 1000) ** ("", "k", "m").index(match[2]))


def parse_bits(text: str) -> tuple[int, int, int]:
    """Parse three numbers of bits: 12,10,6."""
    match = re.fullmatch(r"([0-9]{1,2}),([0-9]{1,2}),([0-9]{1,2})", text)
    if match is None:
        raise click.BadParameter(f"{text!r} is not three numbers, such as 12,10,6")
    return int(match[1]), int(match[2]), int(match[3])


def pair_files(files: tuple[str, ...], suffix: str, *, recursive: bool) -> list[tuple[str, str]]:
    """Pair an input with its output.

    Raises:
        click.UsageError: There are not two files, or folders are wanted, or standard output is a terminal.
    """
    if recursive:
        raise click.UsageError(f"name a folder for the results: {_command('-r', files[0], '-o', 'DIR')}")
    if len(files) == 1:
        raise click.UsageError(f"give IN and OUT: {_command(files[0], f'out{suffix}')}")
    if len(files) > 2:
        raise click.UsageError(f"name a folder for {len(files)} results: {with_directory(files)}")
    if files[1] == STANDARD and sys.stdout.isatty():
        raise click.UsageError("refusing to write binary data to a terminal")
    return [(files[0], files[1])]


def check_no_stream(files: tuple[str, ...]) -> None:
    """Refuse standard input among files for a folder."""
    if STANDARD in files:
        raise click.UsageError("- cannot be used with -o DIR")


def with_directory(files: tuple[str, ...]) -> str:
    """Return the command that puts what comes of many files into a folder."""
    more = ["..."] if len(files) > MOST_SHOWN else []
    return _command(*files[:MOST_SHOWN], *more, "-o", "DIR")


def without_existing(pairs: list[tuple[str, str]], *, quiet: bool) -> list[tuple[str, str]]:
    """Leave out the pairs whose output is there already, and say so."""
    from gicodec.files import is_device

    left = []
    for source, target in pairs:
        if os.path.lexists(target) and not os.path.isdir(target) and not is_device(target):
            warn(target, ["exists, skipped"], quiet=quiet)
        else:
            left.append((source, target))
    return left


def is_plain(target: str) -> bool:
    """Return whether a target is a file of its own: no standard stream, device, or pipe."""
    from gicodec.files import is_device

    return target != STANDARD and not is_device(target)


def same_file(source: str, target: str) -> bool:
    """Return whether both name the same existing file, and none a standard stream."""
    from gicodec import files

    return STANDARD not in (source, target) and files.same_file(source, target)


def check_target(source: str, target: str) -> None:
    """Check, before long work, that the output is not the input and can be written."""
    from gicodec.files import check_writable

    if same_file(source, target):
        raise click.UsageError(f"{target}: input and output are the same file")
    if target != STANDARD:
        check_writable(target)


def make_directory(directory: str | None) -> None:
    """Create the output directory of a batch if it does not exist."""
    from gicodec.errors import OutputError
    from gicodec.files import reason

    try:
        if directory is not None:
            Path(directory).mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise OutputError(f"{directory}: {reason(err)}") from err


def read_bytes(source: str) -> bytes:
    """Read a file or standard input."""
    from gicodec.files import read_file, read_stream

    return read_stream(sys.stdin.buffer, "standard input") if source == STANDARD else read_file(source)


def open_data(source: str) -> Data:
    """Return the bytes of a file, which are read when they are needed, or of standard input."""
    from gicodec.files import open_data as open_file

    return read_bytes(source) if source == STANDARD else open_file(source)


def write_bytes(target: str, data: bytes | Iterable[bytes]) -> int:
    """Write a file or standard output; return how many bytes there were, all in one or in parts."""
    from gicodec.files import write_file

    if target != STANDARD:
        return write_file(target, data)
    n_bytes = sum(map(sys.stdout.buffer.write, [data] if isinstance(data, bytes) else data))
    sys.stdout.buffer.flush()
    return n_bytes


def is_stdout(target: str) -> bool:
    """Return whether a target is standard output, by whatever name."""
    from gicodec.files import descriptor_of

    return target == STANDARD or descriptor_of(target) == 1


def name_of(file: str, standard: str) -> str:
    """Return the name of a file to print."""
    return standard if file == STANDARD else str(click.format_filename(file))


def _command(*words: str) -> str:
    quoted = [word if word == "..." else shlex.quote(word) for word in words]
    return " ".join([click.get_current_context().command_path, *quoted])


def _parse_numbers(text: str, pattern: str, form: str) -> tuple[int, ...]:
    match = re.fullmatch(pattern, text)
    if match is None:
        raise click.BadParameter(f"{text!r} is not {form}")
    return tuple(int(number) for number in match.groups())
