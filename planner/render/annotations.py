"""`planner diff` as GitHub's workflow commands: annotations on the lines of the using file.

Source of the syntax and its escapes: GitHub, "Workflow commands for GitHub Actions".
"""

from collections.abc import Iterator, Mapping

from planner.core.checks import Severity
from planner.core.diff_answer import Change, DiffAnswer
from planner.render.diff_words import gaps
from planner.render.safe import plain

_COMMANDS = {Severity.BREAKING: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def annotations(answer: DiffAnswer) -> str:
    """One command a change and line that it is about; what was not compared is a notice."""
    lines = [line for change in answer.changes for line in _of(change)]
    lines += [_command("notice", {"title": "not compared"}, gap) for gap in gaps(answer)]
    return "".join(f"{line}\n" for line in lines)


def _of(change: Change) -> Iterator[str]:
    places = {(use.file, use.line) for use in change.used_by if use.file}
    nowhere: set[tuple[str | None, int | None]] = {(None, None)}
    for file, line in sorted(places or nowhere, key=str):
        told = {"file": file, "line": line, "title": change.check.replace("_", " ")}
        yield _command(_COMMANDS[change.severity], told, change.message)


def _command(name: str, properties: Mapping[str, object], message: str) -> str:
    told = ",".join(f"{k}={_property(v)}" for k, v in properties.items() if v is not None)
    return f"::{name} {told}::{_data(message)}"


def _data(text: object) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
