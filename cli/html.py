"""``gsi html``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from gicodec.cli import arguments
from gicodec.cli.batch import Finished, finish_all, pairs_in
from gicodec.cli.failures import describe
from gicodec.cli.grouped import FILES, GO_ON, OUTPUT, SKIP, GroupedCommand, option
from gicodec.errors import OutputError

SUFFIX = ".html"
NAMES = ("", SUFFIX, ".htm")

HELP = """Make web pages that show .gsi files.

\b
gsi html photo.gsi photo.html
gsi html *.gsi -o pages
gsi html --compare photo.png photo.gsi photo.html

A page has the file and the decoder inside: it needs no server and no network. Give IN and OUT, or any
number of inputs and -o DIR. Use - for standard input or output.
"""


@dataclass(frozen=True)
class _Run:
    """What holds for every file."""

    original: str | None
    quiet: bool
    makes_folders: bool
    """For outputs: with -o."""


@click.command(cls=GroupedCommand, help=HELP)
@click.argument("files", nargs=-1, required=True, metavar="IN OUT | IN...")
@option(FILES, "-o", "--output-dir", metavar="DIR", help="Make a page DIR/name.html of every input.")
@option(FILES, "-r", "--recursive", is_flag=True, help="Make pages of the .gsi files in folders, too.")
@option(FILES, "-n", "--no-clobber", "--skip-existing", is_flag=True, help=SKIP)
@option(FILES, "--fail-fast", is_flag=True, help=GO_ON)
@option(
    OUTPUT,
    "--compare",
    "original",
    metavar="ORIGINAL",
    help="Compare with this picture, and with JPEG, WebP, and AVIF of as many bytes, under a slider.",
)
@option(OUTPUT, "--quiet", is_flag=True, help="Print errors only.")
@click.pass_context
def html(
    ctx: click.Context,
    files: tuple[str, ...],
    output_dir: str | None,
    recursive: bool,
    no_clobber: bool,
    fail_fast: bool,
    original: str | None,
    quiet: bool,
) -> None:
    """Work on every file."""
    if output_dir is None:
        pairs = arguments.pair_files(files, SUFFIX, recursive=recursive)
        _check_name(pairs[0][1], files)
    elif original is not None:
        raise click.UsageError("--compare is for one file: give IN and OUT")
    else:
        pairs = pairs_in(output_dir, SUFFIX, files, recursive=recursive, is_wanted=_is_coded)
    if no_clobber:
        pairs = arguments.without_existing(pairs, quiet=quiet)
    run = _Run(original, quiet, output_dir is not None)
    work = partial(map, partial(_write_or_fail, run=run))
    ctx.exit(finish_all(pairs, work, fail_fast=fail_fast, quiet=quiet))


def _is_coded(path: str) -> bool:
    return Path(path).suffix.lower() == arguments.EXTENSION


def _check_name(target: str, files: tuple[str, ...]) -> None:
    """Refuse an output whose name says that it is something else: it may have been meant for an input."""
    if Path(target).suffix.lower() in NAMES or not arguments.is_plain(target):
        return
    if arguments.same_file(files[0], target):  # check_target() has more to say
        return
    hint = f": to make pages of both files, {arguments.with_directory(files)}" * _is_coded(target)
    raise click.UsageError(f"{target} is not named {SUFFIX}{hint}")


def _write_or_fail(pair: tuple[str, str], run: _Run) -> Finished:
    try:
        return _write_page(*pair, run)
    except BrokenPipeError:
        raise  # the reader of the pipe has left; that is no error
    except Exception as err:
        error, code = describe(err, pair[0])
        return Finished(pair[0], error=error, code=code)


def _write_page(source: str, target: str, run: _Run) -> Finished:
    """Make one page."""
    from gicodec.files import starts_with
    from gicodec.format import SIGNATURE
    from gicodec.image.read import is_picture

    if run.makes_folders:
        arguments.make_directory(str(Path(target).parent))
    arguments.check_target(source, target)
    if arguments.is_plain(target) and (starts_with(target, SIGNATURE) or is_picture(target)):
        raise OutputError(f"{target}: is a picture; remove it first, or name another output")
    page = _page_of(source, run.original).encode()
    arguments.write_bytes(target, page)
    text = "" if run.quiet else f"{arguments.name_of(target, 'standard output')}: {len(page)} bytes"
    return Finished(source, text=text, beside=arguments.is_stdout(target), n_bytes=len(page))


def _page_of(source: str, original: str | None) -> str:
    data = arguments.read_bytes(source)
    name = arguments.name_of(source, "picture.gsi")
    title = Path(name).name
    if original is None:
        from gicodec.browser.page import viewer_page

        return viewer_page(data, title)
    from gicodec.browser.comparison import comparison_page
    from gicodec.compare import load

    picture, _ = load(arguments.read_bytes(original), original)
    return comparison_page(picture, data, title)
