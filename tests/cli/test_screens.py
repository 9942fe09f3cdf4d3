"""Claims about what a terminal shows: default screens fit it, colour is asked for."""

import os
import pty
import subprocess
import termios

import pytest

from tests.cli.conftest import PROGRAM, Call, environ

JUNE = ("--on", "2026-06-03")


def on_terminal(*arguments: str, columns: int = 80, lines: int = 24, **env: str) -> tuple[str, int]:
    """What a terminal of this size receives, and the exit code."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (lines, columns))
    settings = {k: v for k, v in environ().items() if k not in {"COLUMNS", "LINES"}}
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdout=theirs, stderr=theirs, env=settings | {"TERM": "xterm"} | env
    ) as process:
        os.close(theirs)
        received = b""
        while chunk := _read(ours):
            received += chunk
    os.close(ours)
    return received.decode().replace("\r\n", "\n"), process.returncode


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other end has closed
        return b""


@pytest.mark.parametrize(
    "arguments",
    [
        ["regions", "gpt-4o", "--on", "2026-11-20"],
        ["regions", "gpt-4o", *JUNE],
        ["regions", "claude-sonnet-4-5", "--on", "2026-11-20"],
        ["regions", "gpt-4o", "--on", "2024-07-23"],
        ["offers"],
        ["offers", "--model", "gpt-4.1"],
        ["models"],
        ["models", "--task", "image"],
        ["diff", "2026-02-13", "2026-08-21", "--provider", "bedrock"],
        ["diff"],
        ["history", "gpt-4o"],
        ["retirements"],
        ["snapshots", "list"],
        ["snapshots", "show", "bedrock"],
        ["--help"],
    ],
)
def test_a_default_screen_fits_24_by_80(arguments: list[str]) -> None:
    """The text leaves the last line to the prompt, and no line is wider than the screen."""
    text, code = on_terminal(*arguments, NO_COLOR="1")
    assert code == 0
    assert "\x1b" not in text
    lines = text.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_a_low_screen_counts_the_regions_of_each_geography() -> None:
    """gpt-5.1's 28 regions do not fit 24 lines, so each geography says how many it has."""
    text, _ = on_terminal("regions", "gpt-4o", "--on", "2026-11-20", NO_COLOR="1")
    assert "Geography     Regions Std Prov Std  Prov Batch  Std    Prov  Batch" in text
    assert "Europe        10       1   2    2    7           10     10     7" in text
    assert "Regions by name: --all." in text
    whole, _ = on_terminal("regions", "gpt-4o", "--on", "2026-11-20", "--all", NO_COLOR="1")
    assert "swedencentral" in whole


def test_colour_is_for_terminals_that_want_it(program: Call) -> None:
    """A terminal gets escape codes, a pipe and NO_COLOR none."""
    assert "\x1b[1m" in on_terminal("regions", "gpt-4o", *JUNE)[0]
    assert "\x1b" not in on_terminal("regions", "gpt-4o", *JUNE, NO_COLOR="1")[0]
    assert "\x1b" not in program("regions", "gpt-4o", *JUNE).out
