"""Claims about text in five languages: what a name and a hole become in each."""

import json

import pytest

from planner.render.emit.words import (
    ASKS,
    bicep,
    comment,
    compose,
    hcl,
    here_document,
    hole,
    holes,
    known,
    known_or,
    listed,
    option,
    shell,
    slug,
)

MODEL = hole("model")


@pytest.mark.parametrize(
    ("text", "in_shell", "in_hcl", "in_bicep", "in_compose"),
    [
        ("gpt-4o", "gpt-4o", '"gpt-4o"', "'gpt-4o'", '"gpt-4o"'),
        ("it's", "'it'\"'\"'s'", '"it\'s"', r"'it\u{27}s'", '"it\'s"'),
        ('a"b', "'a\"b'", r'"a\"b"', "'a\"b'", r'"a\"b"'),
        ("a\\b", r"'a\b'", r'"a\\b"', r"'a\u{5c}b'", r'"a\\b"'),
        ("${x}", "'${x}'", r'"\u0024{x}"', r"'\u{24}{x}'", '"$${x}"'),
        ("%{x}", "'%{x}'", r'"\u0025{x}"', "'%{x}'", '"%{x}"'),
        (
            MODEL,
            '"${MODEL}"',
            "var.model",
            "model",
            '"${MODEL:?the checkpoint to load, by its Hugging Face id}"',
        ),
        (
            f"a${MODEL}",
            r'"a\$${MODEL}"',
            r'"a\u0024${var.model}"',
            r"'a\u{24}${model}'",
            '"a$$${MODEL:?the checkpoint to load, by its Hugging Face id}"',
        ),
    ],
)
def test_a_text_is_quoted_in_each_language(
    text: str, in_shell: str, in_hcl: str, in_bicep: str, in_compose: str
) -> None:
    """A name stays text; a hole is a variable, alone or within."""
    assert (shell(text), hcl(text), bicep(text), compose(text)) == (
        in_shell,
        in_hcl,
        in_bicep,
        in_compose,
    )


def test_terraform_finds_the_account_out() -> None:
    """The number of the account is no variable there."""
    assert hcl(f"a:{hole('account_id')}") == '"a:${data.aws_caller_identity.current.account_id}"'


def test_a_here_document_expands_the_holes_alone() -> None:
    """Dollars and backticks of others are escaped."""
    assert here_document(f"$(a) `b` \\ {hole('account_id')}") == r"\$(a) \`b\` \\ ${ACCOUNT_ID}"


def test_a_value_from_outside_has_no_holes() -> None:
    """A name that spells a hole is spelled out, and what is empty or unknown is one."""
    assert holes([known(f"a{MODEL}")]) == ()
    assert holes([known_or(None, "model"), known_or("", "model"), known_or("x", "region")]) == (
        "model",
    )


def test_a_value_that_looks_like_an_option_is_bound() -> None:
    """After "=" it is a value whatever it looks like."""
    assert option("--name", "a b") == "--name 'a b'"
    assert option("--name", "--yes") == "--name=--yes"


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("support chat", "support-chat"),
        ("Zürich/東京 2", "Z-rich-2"),
        ("--a__b--", "a-b"),
        ("東京", "workload"),
        ("", "workload"),
        ("x" * 100, "x" * 40),
    ],
)
def test_a_resource_has_a_plain_name(name: str, resource: str) -> None:
    """Letters, digits and single hyphens are what Azure, AWS and files all take."""
    assert slug(name) == resource
    assert slug(name, "-overflow") == f"{resource}-overflow"


def test_a_long_remark_is_broken_between_words() -> None:
    """Every line of it is a comment."""
    lines = comment("word " * 40, "//")
    assert [len(line) <= 95 for line in lines] == [True, True, True]
    assert all(line.startswith("// word") for line in lines)


def test_names_in_a_row() -> None:
    """One, two and three of them."""
    assert [listed("a"), listed("ab"), listed("abc", "or")] == ["a", "a and b", "a, b or c"]


def test_what_is_asked_for_needs_no_quoting() -> None:
    """The questions stand in quotes and braces of every language."""
    assert [ask for ask in ASKS.values() if set(ask) & set("'\"`$\\{}")] == []
    assert json.loads(json.dumps(ASKS)) == ASKS
