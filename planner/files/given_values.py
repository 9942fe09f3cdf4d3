"""From what a user gave to a value, exactly and never through float; errors say how to mend it.

A list may come as one text ("gpt-4o|gpt-4.1", also with ; or ,), a mapping as "azure=500|aws=200":
so a cell and a flag can hold what YAML writes as lines.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from planner.errors import NoDataError, UnknownNameError
from planner.files.given import Given
from planner.files.pricing_fields import show, to_money

T = TypeVar("T")
_NUMBER = re.compile(r"[+-]?(\d+(?:_\d+)*)?(\.\d+)?(?:[eE][+-]?\d{1,2})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_RATIO = re.compile(r"[+-]?\d{1,80}/[1-9]\d{0,79}")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_LONGEST = 100


def text(given: Given) -> str:
    """One text that says something."""
    if not isinstance(given.value, str):
        given.refuse(f"is {given.kind}; give one value")
    if not given.value:
        given.refuse("is empty; give a value or leave it out")
    if not given.value.isprintable():
        given.refuse(f"is {show(given.value)}; give one line of plain text")
    return given.value


def number(given: Given, low: Fraction | int = 0, high: Fraction | int = 10**12) -> Fraction:
    """A number within bounds, as the text that stands there: 0.1 is a tenth, 5% a twentieth."""
    told = text(given)
    bare = told.removesuffix("%").rstrip()
    if _RATIO.fullmatch(bare):
        found = Fraction(bare)
    elif len(bare) < _LONGEST and (match := _NUMBER.fullmatch(bare)) and any(match.groups()):
        found = Fraction(bare.replace("_", ""))
    else:
        given.refuse(f"is {show(told)}, no number; write {_in_digits(bare)}")
    found = found / 100 if told.endswith("%") else found
    if not low <= found <= high:
        given.refuse(f"is {told}; give {_shown(low)} to {_shown(high)}")
    return found


def _in_digits(told: str) -> str:
    """What to write for a number with commas: those between thousands go, another is a point."""
    plain = told.replace(",", "" if _THOUSANDS.fullmatch(told) else ".")
    return plain if "," in told and _NUMBER.fullmatch(plain) else "digits such as 1200 or 0.5"


def above_0(given: Given, high: Fraction | int = 10**12) -> Fraction:
    """A number above 0."""
    found = number(given, high=high)
    if not found:
        given.refuse(f"is {text(given)}; give more than 0")
    return found


def share(given: Given) -> Fraction:
    """A share from 0 to 1, or 0% to 100%."""
    found = number(given, -(10**12))
    if not 0 <= found <= 1:
        given.refuse(f"is {text(given)}; give a share from 0 to 1")
    return found


def count(given: Given, low: int = 0, high: int = 10**9) -> int:
    """A whole number within bounds."""
    found = number(given, low, high)
    if found.denominator != 1:
        given.refuse(f"is {text(given)}; give a whole number")
    return int(found)


def measure(given: Given) -> float:
    """A number that is no money and no share: milliseconds, a score."""
    return float(number(given))


def milliseconds(given: Given) -> float:
    """Milliseconds above 0, a day at most."""
    return float(above_0(given, 86_400_000))


def money(given: Given) -> Decimal:
    """US dollars, written out in digits."""
    told = text(given).removeprefix("+")
    if told.startswith("-"):
        given.refuse(f"is {show(told)}; give US dollars of 0 or more")
    try:
        return to_money(told)
    except ValueError as error:
        given.refuse(str(error))


def flag(given: Given) -> bool:
    """True or false."""
    found = _FLAGS.get(text(given).casefold())
    if found is None:
        given.refuse(f"is {show(text(given))}; write true or false")
    return found


def items(given: Given) -> tuple[Given, ...]:
    """The items of a list, or of a text that | ; or , cut into some."""
    if isinstance(given.value, dict):
        given.refuse("is a mapping; give a list")
    if isinstance(given.value, tuple):
        return given.value
    parts = [part.strip() for part in re.split(r"[|;,]", given.value)]
    if len(parts) == 1:
        return (given,)
    return tuple(
        Given(f"{given.name}[{index}]", part, given.at, given.error)
        for index, part in enumerate(parts)
        if part
    )


def texts(given: Given) -> tuple[str, ...]:
    """A list of texts, each once."""
    return tuple(dict.fromkeys(text(item) for item in items(given)))


def pairs(given: Given) -> dict[str, Given]:
    """The keys and values of a mapping, or of a text such as "azure=500|aws=200"."""
    return as_mapping(given).value  # type: ignore[return-value]  # as_mapping gives one


def as_mapping(given: Given) -> Given:
    """The same as a mapping; refuses what is none."""
    if isinstance(given.value, dict):
        return given
    if isinstance(given.value, tuple):
        given.refuse("is a list; give key: value")
    found: dict[str, Given] = {}
    for part in re.split(r"[|;]", given.value):
        key, equals, value = (each.strip() for each in part.partition("="))
        if not key and not value:
            continue
        if not (key and equals and value):
            given.refuse(
                f"is {show(given.value)}; give key: value, in one text key=value|key=value"
            )
        if key in found:
            given.refuse(f"names {show(key)} twice; remove one")
        found[key] = Given(f"{given.name}.{key}", value, given.at, given.error)
    return Given(given.name, found, given.at, given.error)


def one_of(given: Given, known: Mapping[str, T], shown: Iterable[str] = ()) -> T:
    """One of some words, in any case and with any dashes; messages show these, or all."""
    told = text(given)
    by_key = {_key(word): value for word, value in known.items()}
    found = by_key.get(_key(told))
    if found is None:
        from difflib import get_close_matches  # noqa: PLC0415  (only a fault needs it)

        close = get_close_matches(told.casefold(), known, n=1)
        mend = f"did you mean {close[0]}? There is" if close else "there is"
        given.refuse(f"is {show(told)}; {mend} {', '.join(shown or known)}")
    return found


def _key(word: str) -> str:
    return re.sub(r"[\s_-]+", "-", word.casefold())


def made(given: Given, make: Callable[[], T], parts: Mapping[str, Given] | None = None) -> T:
    """What `make` gives; its ValueError is told where its first word stands, else here."""
    try:
        return make()
    except (ValueError, UnknownNameError, NoDataError) as error:
        first = re.split(r"[\s:]", str(error), maxsplit=1)[0]
        place = (parts or {}).get(first, given)
        place.tell(str(error))


def exactly_one(parts: Mapping[str, Given], keys: Iterable[str]) -> str | None:
    """Which of some keys is given; None where none is, and an error where two are."""
    found = [key for key in keys if key in parts]
    if len(found) > 1:
        parts[found[1]].say(f"{parts[found[0]].name} and {found[1]} stand side by side; keep one")
    return found[0] if found else None


def _shown(bound: Fraction | int) -> str:
    return f"{float(bound):,g}" if bound != int(bound) else f"{int(bound):,}"
