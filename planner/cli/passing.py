"""Older snapshot files that cannot be read: passed over, named once, and no reason to say all."""

from collections.abc import Iterable

import click

from planner.errors import BadFileError, NewerFileError
from planner.render.safe import plain


class PassedOver:
    """The faults of the files that a command went on without."""

    def __init__(self) -> None:
        self.faults: dict[str, None] = {}

    def take(self, error: BadFileError) -> bool:
        """Keep the fault of a file. False for one of a newer planner, which must not be missed."""
        if isinstance(error, NewerFileError):
            return False
        self.faults[str(error)] = None
        return True

    def note(self, but: Iterable[str] = ()) -> None:
        """Name each file in a line on stderr, except for the faults that were told before."""
        told = set(but)
        for fault in self.faults:
            if fault not in told:
                click.echo(f"planner: passed over: {plain(fault)}", err=True)
