"""Accounts under aliases: their ids stay in memory, what is written tells nothing of them."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from planner.core.offers import AnyRecord

_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_AWS_ID = r"(?<![0-9a-z])\d{12}(?![0-9a-z])"
_ARN = r"arn:[a-z-]+:[^\s\"',;)]*"
# A JWT, an AWS key id, a Google key: what a careless message of an SDK might quote.
_KEYS = r"eyJ[\w.-]{20,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}|(?<=bearer )\S+"
_IDS = re.compile(f"{_ARN}|{_GUID}|{_AWS_ID}", re.IGNORECASE)
_SECRETS = re.compile(f"{_ARN}|{_KEYS}|{_GUID}|{_AWS_ID}", re.IGNORECASE)
_ALIAS = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}", re.IGNORECASE)
_LONGEST_SLUG = 32
_NAMES = ("model", "version", "provider_model", "usage_name", "deployment_type", "name")


def alias_of(account_id: str, display_name: str, given: Mapping[str, str] | None = None) -> str:
    """The alias of an account: the one given for its id, else a slug and 4 hex digits.

    "Production (EU)" becomes "production-eu-3f2a"; the digits are of the id's SHA-256, so that two
    accounts of one name stay apart. An id inside the display name is left out of the slug.
    """
    key = account_id.strip().casefold()
    for known, alias in (given or {}).items():
        if known.strip().casefold() == key:
            return alias
    words = unicodedata.normalize("NFKD", without_secrets(display_name, mark=""))
    kept = words.replace(account_id, "").encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", kept)[:_LONGEST_SLUG].strip("-")
    return f"{slug or 'account'}-{_digits(key)}"


def namer(given: Mapping[str, str]) -> Callable[[str, str], str]:
    """`alias_of` with the aliases that a user gave, by account id."""

    def alias(account_id: str, display_name: str) -> str:
        return alias_of(account_id, display_name, given)

    return alias


def checked_alias(alias: str) -> str:
    """An alias that can be written anywhere. ValueError, without quoting it, where it cannot."""
    if _IDS.search(alias):
        raise ValueError("an alias looks like an account's id; choose a name for it")
    if not _ALIAS.fullmatch(alias):
        raise ValueError("an alias has letters, digits, dots and dashes alone, 40 at most")
    return alias


def nameless(record: AnyRecord) -> AnyRecord:
    """A record whose names hold no id: people call what they run by a subscription's or account's.

    An ARN is its last part, an id "id-" and four hex digits of its hash, so that two stay apart.
    """
    changed: dict[str, Any] = {}
    for field in _NAMES:
        value = getattr(record, field, None)
        if isinstance(value, str) and (name := _without_ids(value)) != value:
            changed[field] = name
    return msgspec.structs.replace(record, **changed) if changed else record


@lru_cache(10_000)  # sixty regions say the same few names
def _without_ids(name: str) -> str:
    short = re.sub(_ARN, lambda arn: arn[0].split(":", 5)[-1], name, flags=re.IGNORECASE)
    return _IDS.sub(lambda found: f"id-{_digits(found[0].casefold())}", short)


def _digits(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:4]


def without_secrets(text: str, mark: str = "(id)") -> str:
    """Text without subscription ids, account ids, ARNs and keys that an SDK may have quoted."""
    return _SECRETS.sub(mark, text)
