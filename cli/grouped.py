"""Help in groups, examples first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
SKIP = "Skip what is there already."
GO_ON = "Stop at the first failure; default: go on with other files."
FILES, SPEED, PICTURE, OUTPUT, OTHERS = "Files", "Speed", "Picture", "Output", "Other options"


class GroupedOption(click.Option):
    """An option that belongs to a group of the help."""

    def __init__(self, *args: Any, group: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group


class GroupedCommand(click.Command):
    """A command whose help lists its options by group, in the order in which groups appear."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one list for each group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                groups.setdefault(getattr(param, "group", OTHERS), []).append(record)
        for name, records in groups.items():
            with formatter.section(name):
                formatter.write_dl(records)


def option(group: str, *names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """Add an option of a group to a command."""
    return click.option(*names, cls=GroupedOption, group=group, **attributes)


def jobs_and_threads(command: Decorated) -> Decorated:
    """Add what says how much is done at a time."""
    per_core = {
        "type": int,
        "default": 0,
        "metavar": "N",
        "help": "Number of threads; default: one per core, or with --jobs one per file.",
    }
    at_once = {
        "type": click.IntRange(min=1),
        "default": 1,
        "metavar": "N",
        "help": "Files at a time, a process each; default: 1.",
    }
    with_threads = option(SPEED, "--threads", **per_core)(command)
    return option(SPEED, "--jobs", **at_once)(with_threads)


def json_and_quiet(command: Decorated) -> Decorated:
    """Add what says which lines are printed."""
    with_quiet = option(OUTPUT, "--quiet", is_flag=True, help="Print errors only.")(command)
    return option(OUTPUT, "--json", "as_json", is_flag=True, help="Print one JSON object per file.")(
        with_quiet
    )
