"""The terminal: its size, whether it takes colour, and tables that fit it."""

import io
import os
import shutil
import sys
from collections.abc import Iterable

import msgspec
from rich.console import Console, RenderableType


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text is shown; `height` is None where nothing limits it (a pipe, a file)."""

    width: int = 80
    height: int | None = None
    colour: bool = False

    def text(self, *parts: RenderableType) -> str:
        """Render parts one below the other; nothing in them is taken as markup."""
        return "\n".join(self.lines(parts)) + "\n"

    def lines(self, parts: Iterable[RenderableType]) -> list[str]:
        """The rendered lines without trailing blanks."""
        console = Console(
            file=io.StringIO(),
            width=self.width,
            force_terminal=self.colour,
            no_color=not self.colour,
            color_system="standard" if self.colour else None,
            markup=False,
            highlight=False,
            emoji=False,
        )
        with console.capture() as capture:
            for part in parts:
                console.print(part, soft_wrap=False)
        return [line.rstrip() for line in capture.get().splitlines()]


def screen() -> Screen:
    """The screen that stdout is; NO_COLOR, TERM=dumb and COLUMNS are heeded."""
    size = shutil.get_terminal_size((80, 24))
    terminal = sys.stdout is not None and sys.stdout.isatty()
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Screen(
        width=max(size.columns, 40),
        height=size.lines if terminal else None,
        colour=terminal and not plain,
    )
