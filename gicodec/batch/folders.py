"""From files and folders to pairs of an input and an output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath

from gicodec.batch.storage import files_in, is_folder, join
from gicodec.errors import OptionError

Found = tuple[str, str]
"""A file, and its folder from the one that was given on: "" for a file that was given itself."""


def expand(places: Sequence[str], is_wanted: Callable[[str], bool]) -> list[Found]:
    """Replace folders by what is wanted in them.

    Raises:
        ImageError: A folder cannot be read.
        OptionError: There is nothing to do in one.
    """
    found: list[Found] = []
    for place in places:
        if not is_folder(place):
            found.append((place, ""))
            continue
        inside = [(join(place, path), str(PurePath(path).parent)) for path in files_in(place)]
        wanted = [(file, folder) for file, folder in inside if is_wanted(file)]
        if not wanted:
            raise OptionError(f"{place}: there is nothing to do in this folder")
        found += wanted
    return found


def outputs_of(found: Iterable[Found], directory: str, suffix: str) -> list[tuple[str, str]]:
    """Pair files with outputs in a directory, in the same folders.

    Raises:
        OptionError: Two would be written to one output.
    """
    seen: dict[str, str] = {}
    for file, folder in found:
        inside = () if folder in ("", ".") else (folder,)
        output = join(directory, *inside, PurePath(file).stem + suffix)
        if output in seen:
            raise OptionError(
                f"{seen[output]} and {file} would be written to {output}: give them different folders"
            )
        seen[output] = file
    return [(file, output) for output, file in seen.items()]
