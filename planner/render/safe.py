"""Untrusted words made inert: names come from clouds, files and command lines.

A name may hold terminal escapes, rich markup, table syntax, formulas or newlines. Every renderer
passes what it did not write itself through one of these.
"""

import re
from decimal import Decimal

# All but ASCII's printable characters; which of them a person can see, str.isprintable tells:
# not controls, separators but the blank, marks that reorder or hide text, halves of a character.
_UNUSUAL = re.compile(r"[^ -~]")
_UNUSUAL_IN_JSON = re.compile(r"[^ -~\n]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")
# What starts a formula, also in its wide form; a spreadsheet may take ";" as the end of a cell.
_FORMULA = re.compile("(^|;)(?=[=+@\uff1d\uff0b\uff20\uff0d-])")


def plain(text: object) -> str:
    r"""One line of text without a character that a terminal obeys; those are shown as \x1b."""
    words = f"{text:f}" if isinstance(text, Decimal) else str(text)
    return _UNUSUAL.sub(lambda m: m[0] if m[0].isprintable() else _escape(m[0]), words)


def csv_cell(value: object) -> object:
    """A cell that a spreadsheet shows and never computes; numbers stay numbers."""
    if isinstance(value, Decimal):
        return plain(value)
    return _FORMULA.sub(r"\1'", plain(value)) if isinstance(value, str) else value


def markdown_cell(value: object) -> str:
    """A cell of a markdown table: nothing in it is markup, HTML or a column's end."""
    return "" if value is None else _MARKDOWN.sub(r"\\\1", plain(value))


def json_text(encoded: bytes) -> str:
    """Encoded JSON with the controls that JSON itself lets through written as escapes."""
    return _UNUSUAL_IN_JSON.sub(
        lambda m: m[0] if m[0].isprintable() else _escape_in_json(m[0]), encoded.decode()
    )


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004


def _escape_in_json(character: str) -> str:
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
