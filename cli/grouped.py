"""Help in groups, examples first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
SKIP = "Skip what is there already."
GO_ON = "Stop at the first failure; default: go on with other files."
JOBS = "Files at a time; default: 1."
THREADS = "Number of threads; default: one per core."
OTHERS = "Other options"


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
