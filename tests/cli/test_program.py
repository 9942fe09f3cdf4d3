"""Claims about the program as scripts and shells meet it: help, exit codes, pipes, interrupts."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli.main import COMMANDS
from tests.cli.conftest import PROGRAM, Call, environ

JUNE = ("--on", "2026-06-03")
HOSTILE = "=cmd()|'x'!A1 [red]a[/] \x1b[31mb\u202e ../../etc | c\nd"
DANGEROUS = ("\x1b", "\u202e", "\x07", "\x9b")


def test_help_begins_with_an_example_and_lists_the_commands(program: Call) -> None:
    """`planner --help` shows two calls that work without an account, then each command."""
    done = program("--help")
    assert (done.code, done.err) == (0, "")
    first, *rest = done.out.splitlines()
    assert first == "Examples: planner regions gpt-4o; planner breakeven llama-2-7b"
    for name in COMMANDS:
        assert any(line.split()[:1] == [name] for line in rest)
    assert len(rest) < 24


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"collect"}))
def test_the_example_in_a_commands_help_works(planner: Call, command: str) -> None:
    """Each command's help begins with an example, and the example runs on the carried data.

    But for collect, which asks the clouds.
    """
    first, _, _ = planner(command, "--help").out.partition("\n\n")
    example = shlex.split(first.removeprefix("Example: planner "))
    assert example[0] == command
    assert planner(*example).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["regions", "gpt-4oo"], 1, "knows the model 'gpt-4oo'; did you mean gpt-4o"),
        (["regions", "gpt-4o", "--on", "yesterday-ish"], 2, "'yesterday-ish' is no date; write it"),
        (["regions", "gpt-4o", "--on", "2026-02-30"], 2, "'2026-02-30' is no date; write it"),
        (["regions", "gpt-4o", "--on", "2024-01-01"], 1, "the first is of 2024-07-23"),
        (["regions", "gpt-4o", "--boundary", "mars"], 2, "give anywhere, on-premises, a zone"),
        (["regions", "gpt-4o", "--from", "eastus9"], 1, "no region is called 'eastus9'; did you"),
        (["regions", "gpt-4o", "--min-lifetime", "soon"], 2, "'soon' is no span of time"),
        (
            ["regions", "gpt-4o", "--format", "xml"],
            2,
            "'table', 'json', 'csv', 'markdown'. (planner",
        ),
        (["diff", "--format", "xml"], 2, "'markdown', 'github', 'atom'. (planner diff"),
        (["regions", "gpt-4o", "--frm", "eastus"], 2, "No such option"),
        (["regions"], 2, "Missing argument 'MODEL'"),
        (["region", "gpt-4o"], 2, "no command 'region'; did you mean regions?"),
        (["offers", "--on", "2024-01-01"], 1, "the first is of 2024-07-23"),
        (["models", "--on", "2024-01-01"], 1, "the first is of 2024-07-23"),
        (["schema", "regoins"], 1, "did you mean regions"),
        (["regions", "gpt-4o", "--snapshots", "nowhere"], 2, "nowhere is no folder; give"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    planner: Call, arguments: list[str], code: int, message: str
) -> None:
    """What a user can get wrong ends in one line on stderr and nothing on stdout."""
    done = planner(*arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert done.err.startswith("planner: ")
    assert done.err.count("\n") == 1


def test_the_real_program_exits_with_these_codes(program: Call) -> None:
    """The codes reach the shell: 0, 1, 2 and 4."""
    codes = [
        program("regions", "gpt-4o", *JUNE).code,
        program("regions", "gpt-4oo").code,
        program("regions", "gpt-4o", "--on", "x").code,
        program("regions", "gpt-4o", *JUNE, "--boundary", "on-premises").code,
    ]
    assert codes == [0, 1, 2, 4]


def test_common_options_stand_before_or_after_the_command(planner: Call) -> None:
    """`planner --json regions` and `planner regions --json` are the same; the nearer wins."""
    after = planner("regions", "gpt-4o", *JUNE, "--json")
    before = planner("--json", "regions", "gpt-4o", *JUNE)
    assert before.json == after.json
    both = planner("--format", "csv", "regions", "gpt-4o", *JUNE, "--format", "json")
    assert both.json == after.json


def test_an_unreadable_provider_is_left_out_and_named(
    planner: Call, snapshot: Callable[..., Path]
) -> None:
    """The others answer with 3; the file and the line at fault are named on stderr."""
    path = snapshot("bedrock", "2026-06-01", {}, folder="own")
    path.write_text(path.read_text() + "{broken\n", encoding="utf-8")
    done = planner("--snapshots", "own", "regions", "gpt-4o", *JUNE, "--json")
    assert done.code == 3
    assert done.json["recommended"]["provider"] == "azure"
    assert f"bedrock left out: own/bedrock/{path.name}:3: " in done.err
    assert planner("--snapshots", "own", "offers", *JUNE, "--json").code == 3
    assert planner("--snapshots", "own", "models", *JUNE, "--json").code == 3


def test_where_the_unreadable_provider_alone_knew_the_model_it_is_an_error(
    planner: Call, snapshot: Callable[..., Path]
) -> None:
    """Nothing can be said of gpt-4o without Azure: exit 1, and the file instead of a guess."""
    path = snapshot("azure", "2026-06-01", {"model": "gpt-4o"}, folder="own")
    path.write_text(path.read_text().replace('"region": "japaneast", "model"', '"model"'))
    for arguments in (["regions", "gpt-4o"], ["offers", "--model", "gpt-4o"]):
        done = planner("--snapshots", "own", *arguments, *JUNE)
        assert (done.code, done.out) == (1, "")
        assert f"own/azure/{path.name}:2: " in done.err


def test_a_malformed_price_table_names_file_and_line(planner: Call, elsewhere: Path) -> None:
    """An own table that cannot be read ends with 1, whatever model it is about."""
    table = elsewhere / "mine" / "mine.csv"
    table.parent.mkdir()
    table.write_text("provider,model,usd\nazure,other,many\n", encoding="utf-8")
    done = planner("--pricing", "mine", "regions", "gpt-4o", *JUNE)
    assert (done.code, done.out) == (1, "")
    assert "mine/mine.csv:" in done.err


def test_the_environment_names_the_snapshots(
    planner: Call, snapshot: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PLANNER_SNAPSHOTS stands in for --snapshots; the flag wins."""
    snapshot("acme", "2026-06-01", {}, folder="own")
    snapshot("other", "2026-06-01", {}, folder="flagged")
    monkeypatch.setenv("PLANNER_SNAPSHOTS", "own")
    assert planner("regions", "gpt-x", *JUNE, "--json").json["recommended"]["provider"] == "acme"
    answer = planner("regions", "gpt-x", *JUNE, "--json", "--snapshots", "flagged").json
    assert answer["recommended"]["provider"] == "other"


@pytest.mark.parametrize("command", [["regions", HOSTILE], ["offers"], ["models"]])
@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_hostile_names_are_inert(
    planner: Call,
    snapshot: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    format_: str,
) -> None:
    """Escapes, markup, formulas, pipes and newlines in names reach no terminal or spreadsheet."""
    monkeypatch.setenv("COLUMNS", "1000")
    hostile = {"model": HOSTILE, "version": HOSTILE, "deployment_type": HOSTILE}
    snapshot("acme", "2026-06-01", hostile | {"region": HOSTILE, "publisher": HOSTILE})
    limits = [] if command[0] == "regions" else ["--provider", "acme"]
    done = planner(*command, *limits, *JUNE, "--format", format_)
    assert done.code == 0
    assert not [mark for mark in DANGEROUS if mark in done.out + done.err]
    if format_ == "json":
        assert HOSTILE in json.dumps(done.json, ensure_ascii=False).replace("\\n", "\n").replace(
            "\\u001b", "\x1b"
        )
    else:
        assert "[red]" in done.out.replace("\\", "")
    if format_ == "csv":
        assert ",=" not in done.out
        assert "\n=" not in done.out
        assert len(done.out.splitlines()) == 2
    if format_ == "markdown":
        lines = done.out.splitlines()
        table = [line for line in lines if line.startswith("|")]
        assert len(table) == 3
        row = table[2].replace(r"\\", "").replace(r"\|", "")
        assert row.count("|") == table[0].count("|")


def test_a_hostile_name_in_an_error_is_inert(planner: Call) -> None:
    """What a user (or a script) passes is quoted without its controls."""
    done = planner("regions", "gpt\x1b]0;owned\x07\nnext")
    assert done.code == 1
    assert not [mark for mark in DANGEROUS if mark in done.err]
    assert done.err.count("\n") == 1


def test_a_closed_pipe_ends_quietly() -> None:
    """`planner offers | head -1` prints one line, no complaint, and exits 0."""
    pipeline = f"{shlex.join(PROGRAM)} offers | head -1; exit ${{PIPESTATUS[0]}}"
    done = _in_shell(pipeline)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("arguments", ["regions gpt-4o", "--help", "--version"])
def test_a_full_disk_under_stdout_is_one_line(arguments: str) -> None:
    """Exit 1, whatever the interpreter still wants to write when it ends."""
    done = _in_shell(f"{shlex.join(PROGRAM)} {arguments} > /dev/full")
    assert (done.returncode, done.stderr) == (
        1,
        "planner: cannot write the result: No space left on device; make room or write elsewhere\n",
    )


def test_a_closed_stderr_takes_no_answer_away() -> None:
    """An error without a place to stand in still has its exit code."""
    done = _in_shell(f"{shlex.join(PROGRAM)} regions gpt-4o 2>&-")
    assert (done.returncode, done.stdout[:7]) == (0, "gpt-4o ")
    assert _in_shell(f"{shlex.join(PROGRAM)} regions gpt-4oo 2>/dev/full").returncode == 1


def test_signs_that_an_encoding_lacks_are_replaced(program: Call) -> None:
    """A Windows pipe or a bare locale gets the answer all the same."""
    done = program("regions", "gpt-5.1", environment={"PYTHONIOENCODING": "ascii"})
    assert (done.code, done.err, done.out[:8]) == (0, "", "gpt-5.1:")


def _in_shell(line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["/bin/bash", "-c", line],
        capture_output=True,
        text=True,
        check=False,
        env=environ(),
        timeout=60,
    )


@pytest.mark.parametrize(
    "module", ["click", "planner.cli.regions", "planner.core.catalog", "planner.render.regions"]
)
def test_an_interrupt_ends_quietly(elsewhere: Path, module: str) -> None:
    """Ctrl-C while the program or a command loads, or works, exits 130 without a word."""
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupt:\n"
        "    def find_spec(name, path=None, target=None):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt)\n"
        "from planner.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "regions", "gpt-4o"],
        capture_output=True,
        text=True,
        check=False,
        env=environ(),
        cwd=elsewhere,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_pipe_gets_the_whole_list(program: Call) -> None:
    """Nothing is cut where no screen limits it."""
    done = program("models", "--on", "2026-11-20")
    assert "more lines" not in done.out
    assert "\nwhisper " in done.out


def test_light_commands_load_no_heavy_library(elsewhere: Path) -> None:
    """`--help`, `regions`, `offers` and `models` never import pandas, an SDK or torch."""
    heavy = ("pandas", "numpy", "boto3", "azure", "google", "torch", "requests", "asyncio")
    code = (
        "import sys; from planner.cli.main import run; run(sys.argv[1:]); "
        f"sys.exit(','.join(sorted(set({heavy!r}) & sys.modules.keys())) or 0)"
    )
    for arguments in (["--help"], ["regions", "gpt-4o"], ["offers"], ["models"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environ(),
            cwd=elsewhere,
        )
        assert (done.returncode, done.stderr.strip()) == (0, "")


def test_quiet_keeps_the_result_and_errors(planner: Call) -> None:
    """--quiet takes away notes alone."""
    loud, quiet = planner("regions", "gpt-4o", *JUNE), planner("-q", "regions", "gpt-4o", *JUNE)
    assert (quiet.out, quiet.err) == (loud.out, "")
    assert planner("-q", "regions", "gpt-4oo").err.startswith("planner: ")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_what_the_encoding_of_stdout_cannot_hold_is_replaced(program: Call, encoding: str) -> None:
    """Of a pipe that is no UTF-8 (as on Windows): the answer, with question marks."""
    done = program("regions", "gpt-5.1", environment={"PYTHONIOENCODING": encoding})
    assert (done.code, done.out.startswith("gpt-5.1: "), "internal" in done.err) == (
        0, True, False,
    )  # fmt: skip
