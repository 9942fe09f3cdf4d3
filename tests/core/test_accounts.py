"""Claims about aliases: they name an account and tell nothing of its id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.accounts import alias_of, checked_alias, nameless, namer, without_secrets
from tests.builders import offer

ID = "12345678-9abc-4def-8123-456789abcdef"
ids = st.uuids().map(str) | st.from_regex(r"\d{12}", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("Production (EU)", "production-eu-451d"),
        ("  Büro №7  ", "buro-no7-451d"),
        ("日本", "account-451d"),
        ("", "account-451d"),
        (f"sub {ID}", "sub-451d"),
        ("../../etc/passwd\n", "etc-passwd-451d"),
        ("a" * 100, "a" * 32 + "-451d"),
    ],
)
def test_an_alias_is_a_slug_and_four_hex_digits(name: str, alias: str) -> None:
    """The digits are of the id's SHA-256, whatever the case in which a cloud writes the id."""
    assert alias_of(ID, name) == alias
    assert alias_of(ID.upper(), name.replace(ID, ID.upper())) == alias


def test_the_name_that_was_given_wins() -> None:
    """planner.yaml and --subscription ID=ALIAS name an account; others keep their slug."""
    alias = namer({ID.upper(): "prod"})
    assert (alias(ID, "Production"), alias("1" * 12, "Dev")) == ("prod", "dev-a18a")


@given(ids, st.text(max_size=60))
def test_an_alias_can_be_written_anywhere_and_tells_no_id(account: str, name: str) -> None:
    """Letters, digits and dashes alone; the same for the same account; never its id."""
    alias = alias_of(account, f"{name}{account}{name}")
    assert checked_alias(alias) == alias
    assert account not in alias
    assert alias == alias_of(account, f"{name}{account}{name}")


@pytest.mark.parametrize("alias", [ID, "123456789012", "a b", "", "../x", "x" * 41, "a=b"])
def test_an_alias_that_is_an_id_or_no_plain_word_is_refused_unquoted(alias: str) -> None:
    """The message says what to do and does not repeat what may be a secret."""
    with pytest.raises(ValueError, match=r"^an alias (looks like an|has letters)") as caught:
        checked_alias(alias)
    assert not alias or alias not in str(caught.value)


def test_what_an_sdk_quotes_loses_its_ids_and_keys() -> None:
    """Ids, ARNs and keys go; versions, dates, model names and request sizes stay."""
    text = (
        f"/subscriptions/{ID}/x arn:aws:iam::123456789012:role/r 123456789012 "
        "AKIA0123456789ABCDEF Bearer abc.def gpt-4o-2024-08-06 4096 tokens on 2026-11-21"
    )
    assert without_secrets(text) == (
        "/subscriptions/(id)/x (id) (id) (id) Bearer (id) "
        "gpt-4o-2024-08-06 4096 tokens on 2026-11-21"
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("arn:aws:bedrock:us-west-2:111122223333:custom-model/abc", "custom-model/abc"),
        ("pt-111122223333", "pt-id-"),
        ("ft-aaaaaaaa-0000-4000-8000-000000000001", "ft-id-"),
        ("gpt-4o-2024-11-20", "gpt-4o-2024-11-20"),
    ],
)
def test_names_hold_no_id(name: str, kept: str) -> None:
    """Whoever calls a model or what runs it by an account's id; two of them stay two."""
    found = getattr(nameless(offer(provider_model=name)), "provider_model", "")
    assert (found[: len(kept)], len(found) - len(kept)) == (kept, 4 if kept[-1] == "-" else 0)
