"""YAML as the text that stands in it, with the line of every value.

YAML's own guesses (0613 is a number, no is false, 4.10 is 4.1) change nothing: where they would,
quotes are asked for. Every fault is a BadFileError with file, line, what is wrong and how to mend
it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from planner.errors import BadFileError
from planner.files.pricing_fields import show

# PyYAML's nodes have no public types that both its loaders share.
Node = Any
T = TypeVar("T")
# The C parser recurses: a file of brackets alone would end the process.
_MOST_BRACKETS = 10_000

_TAGS = {
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "a date",
}


def read_text(path: Path) -> str:
    """The text of a file that people write, which is UTF-8."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadFileError(f"{path}: there is no such file; check its name") from None
    except OSError as error:
        raise BadFileError(
            f"{path}: cannot be read ({error.strerror}); check its permissions"
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFileError(f"{path}:{line}: no UTF-8 text; save the file as UTF-8") from None


def compose(path: Path, text: str) -> Node | None:
    """The root of a document; None where the file says nothing."""
    import yaml  # noqa: PLC0415  (30 ms that a run without YAML files does not pay)

    if max(text.count("["), text.count("{")) > _MOST_BRACKETS:
        raise BadFileError(f"{path}: too deeply nested; write lists as lines that begin with -")
    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise BadFileError(f"{path}:{_fault(error, text)}; mend the YAML") from None


def line_of(node: Node) -> int:
    """The line on which a value begins."""
    return int(node.start_mark.line) + 1


def mapping(path: Path, node: Node) -> dict[str, tuple[Node, Node]]:
    """The keys of a mapping with their own nodes and their values'; none stands twice."""
    if node.id != "mapping":
        raise BadFileError(
            f"{path}:{line_of(node)}: a {node.id} where keys belong; write key: value"
        )
    found: dict[str, tuple[Node, Node]] = {}
    for key, value in node.value:
        name = text_of(path, "the key", key)
        if name in found:
            raise BadFileError(
                f"{path}:{line_of(key)}: key {show(name)} stands twice, first on line"
                f" {line_of(found[name][0])}; remove one"
            )
        found[name] = (key, value)
    return found


def items(path: Path, node: Node, name: str) -> list[Node]:
    """The items of a list."""
    if node.id != "sequence":
        raise BadFileError(
            f"{path}:{line_of(node)}: {name} is no list; write one item a line, with -"
        )
    return list(node.value)


def text_of(path: Path, name: str, node: Node) -> str:
    """A text that YAML, too, takes for one."""
    if node.id != "scalar":
        raise BadFileError(f"{path}:{line_of(node)}: {name} is a {node.id}; give one word")
    if node.tag != "tag:yaml.org,2002:str":
        read_as = _TAGS.get(node.tag, "something else")
        raise BadFileError(
            f"{path}:{line_of(node)}: {name} is {show(node.value)} unquoted, which YAML reads as"
            f' {read_as}; write it in quotes: "..."'
        )
    return str(node.value)


def value_of(path: Path, name: str, node: Node, read: Callable[[str], T]) -> T:
    """What `read` makes of the text in the file, whatever YAML takes it for."""
    if node.id != "scalar":
        raise BadFileError(f"{path}:{line_of(node)}: {name} is a {node.id}; give one value")
    try:
        return read(str(node.value))
    except ValueError as error:
        raise BadFileError(f"{path}:{line_of(node)}: {name} {error}") from None


def _fault(error: Any, text: str) -> str:
    """The line and the words of a YAML library's error; an open end is told where it began."""
    problem = " ".join(str(getattr(error, "problem", None) or error.reason).split())
    mark, began = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if began and "end of stream" in problem:
        mark = began
    # A forbidden character has no mark but an offset, in bytes.
    line = mark.line if mark else text.encode()[: error.position].count(b"\n")
    return f"{line + 1}: {problem}"
