r"""Claims about hostile words: names with escapes, markup, formulas and paths are inert.

Each is written here as "\x1b", never as the character itself.
"""

import json
import re
import unicodedata
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.fit import Constraints
from planner.core.placement import Surroundings, find_places
from planner.render.regions import regions_text
from planner.render.safe import csv_cell, json_text, markdown_cell, plain
from planner.render.terminal import Screen
from tests.builders import catalog, offer, snapshot

HOSTILE = [
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b31mC1",
    "a\r\nb\tc\x00d\x7f",
    "\u202egpj.exe",
    "\u2066isolate\u2069",
    "zero\u200bwidth\u200d\u2060",
    "line\u2028para\u2029",
    "tag\U000e0041\U000e007f",
    "soft\xadhyphen\ufeff",
    "[red]x[/]",
    "[/]",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "a|b",
]


def visible(text: str) -> bool:
    """Whether every character is one that a person sees: no control, no hidden mark."""
    return not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gpt-4o", "gpt-4o"),
        ("Zürich 東京 ○", "Zürich 東京 ○"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m", r"\x9b31m"),
        ("a\nb\tc", r"a\x0ab\x09c"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("zero\u200bwidth\u200d", r"zero\u200bwidth\u200d"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("half \ud800", r"half \ud800"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(text: str, shown: str) -> None:
    """Letters of any script stay; what a terminal obeys or hides is spelled out."""
    assert plain(text) == shown


@given(st.text())
def test_plain_text_is_one_line_of_visible_characters(text: str) -> None:
    """Whatever comes in, nothing comes out that moves a cursor, hides or reorders."""
    assert visible(plain(text))
    assert len(plain(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a;b", "a;b"),
        ("a=b", "a=b"),
        ("\t=1", r"\x09=1"),
        ("us-east-1", "us-east-1"),
        (-1.5, -1.5),
        (Decimal("-1.50"), "-1.50"),
        (Decimal("1E+3"), "1000"),
        (None, None),
        (True, True),
    ],
)
def test_a_spreadsheet_computes_no_cell(value: object, cell: object) -> None:
    """A formula, in any part of a cell that may stand alone, is quoted; numbers stay numbers."""
    assert csv_cell(value) == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a|b", r"a\|b"),
        ("[x](http://y)", r"\[x\](http://y)"),
        ("<b>", r"\<b\>"),
        ("&lt;", r"\&lt;"),
        ("`*_~#", r"\`\*\_\~\#"),
        ("a\nb", r"a\\x0ab"),
        ("a\\|b", r"a\\\|b"),
        (None, ""),
        (3, "3"),
    ],
)
def test_nothing_in_a_markdown_cell_is_markup(value: object, cell: str) -> None:
    """Pipes, tags, links and line ends are text."""
    assert markdown_cell(value) == cell


@given(st.text())
def test_a_markdown_cell_never_ends_its_column(text: str) -> None:
    """Every pipe and every angle bracket has a backslash of its own before it."""
    bare = re.sub(r"\\[\\`*_{}\[\]<>#|~&]", "", markdown_cell(text))
    assert set(bare) & set("|<>[]`*_&") == set()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_stays_valid_lossless_and_visible(text: str) -> None:
    """The decoded text is the text; in the encoded one no character moves a terminal."""
    written = json_text(msgspec.json.encode({"name": text}))
    assert json.loads(written) == {"name": text}
    assert visible(written)


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("every_row", [True, False])
def test_hostile_names_are_inert_in_the_terminal(word: str, every_row: bool) -> None:
    """As region, version, deployment type or publisher they are shown and obeyed by nobody."""
    hostile = [
        offer(word),
        offer("eastus2", version=word),
        offer("eastus2", deployment_type=word),
        offer("eastus2", publisher=word, boundary=word),
    ]
    view = catalog(*(snapshot(o, on=f"2026-06-0{n}") for n, o in enumerate(hostile, start=1)))
    around = Surroundings(price=lambda *_: None, latency_ms=lambda *_: None)
    answer = find_places(view, "gpt-4o", Constraints(), around)
    text = regions_text(answer, lambda _, name: ("elsewhere", name), Screen(), every_row=every_row)
    assert len(answer.regions) >= 2
    assert all(visible(line) for line in text.split("\n"))
