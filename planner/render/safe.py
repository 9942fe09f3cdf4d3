"""Untrusted words made inert: names come from clouds, files and command lines.

A name may hold terminal escapes, rich markup, table syntax, formulas or newlines. Every renderer
passes what it did not write itself through one of these.
"""

import re

_CONTROLS = re.compile(
    # C0 and C1 controls, line and paragraph separators, and the marks that reorder text
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_FORMULA = ("=", "+", "-", "@")


def plain(text: object) -> str:
    r"""One line of text without a character that a terminal obeys; those are shown as \x1b."""
    return _CONTROLS.sub(lambda m: _escape(m.group()), str(text))


def csv_cell(value: object) -> object:
    """A cell that a spreadsheet shows and never computes; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def markdown_cell(value: object) -> str:
    """A cell of a markdown table: nothing in it is markup, HTML or a column's end."""
    return "" if value is None else _MARKDOWN.sub(r"\\\1", plain(value))


def json_text(encoded: bytes) -> str:
    """Encoded JSON with the controls that JSON itself lets through written as escapes."""
    return re.sub(
        "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]",
        lambda m: f"\\u{ord(m.group()):04x}",
        encoded.decode(),
    )


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004
