"""Claims about the calendar file, read by a parser that is not ours."""

import datetime as dt
import re
from typing import Any

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from planner.core.offers import AppliesTo
from planner.core.retirements_answer import Hit, RetirementEntry, RetirementsAnswer
from planner.render.calendar import calendar_text, escape, fold
from tests.builders import day

# Any text but halves of a character and the line ends that a calendar cannot hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"))


def entry(**fields: Any) -> RetirementEntry:
    """gpt-4o under GlobalStandard in two regions, with a replacement in one."""
    usual: dict[str, Any] = {
        "provider": "azure", "model": "gpt-4o", "version": "2024-11-20",
        "deployment_type": "GlobalStandard", "applies_to": AppliesTo.BASE,
        "retires_on": day("2026-10-01"), "certainty": None, "days_left": 61,
        "regions": ("eastus2", "westus"), "replacement": "gpt-5.1",
        "living_replacement": "gpt-5.1", "replacement_regions": ("westus",), "uses": (),
    }  # fmt: skip
    return RetirementEntry(**(usual | fields))


def written(*entries: RetirementEntry, on: str = "2026-08-01") -> str:
    """The calendar file."""
    answer = RetirementsAnswer(
        on=day(on), until=None, sources=(), retirements=entries, models_dated=1, models_undated=0
    )
    return calendar_text(answer)


def events(text: str) -> list[Any]:
    """The events that the parser finds."""
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_an_event_is_all_day_and_says_where_and_what_next() -> None:
    """One event a version and date, its types, regions and replacement in words."""
    hit = Hit(name="chat; a, b", account="prod", regions=("westus",), file=None, line=None)
    text = written(entry(), entry(deployment_type="Standard", regions=("westus",), uses=(hit,)))
    [event] = events(text)
    assert event["SUMMARY"] == "gpt-4o 2024-11-20 retires on azure"
    assert event["DTSTART"].dt == dt.date(2026, 10, 1)
    assert event["DTSTAMP"].dt == dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
    assert event["DESCRIPTION"] == (
        "GlobalStandard in 2 regions: eastus2, westus\n"
        "Standard in 1 region: westus\n"
        "Replacement: gpt-5.1, there under the same types in 1 of 2 regions.\n"
        "Yours: chat; a, b of prod (westus)"
    )
    assert [str(c) for c in event["CATEGORIES"].cats] == ["Retirement", "azure", "Yours"]
    calendar = icalendar.Calendar.from_ical(text)
    assert (calendar["VERSION"], calendar["PRODID"]) == (
        "2.0",
        "-//cloud-llm-planner//retirements//EN",
    )


def test_a_chain_and_its_lack_are_told() -> None:
    """A replacement that ends too, one without a living end, and none."""
    chain = entry(replacement="gpt-4.1")
    dead = entry(replacement="gpt-4.1", living_replacement=None, version="b")
    none = entry(replacement=None, living_replacement=None, version="c", regions=())
    told = [str(e["DESCRIPTION"]).splitlines()[-1] for e in events(written(chain, dead, none))]
    assert told == [
        (
            "Replacement: gpt-4.1, which itself retires by then; in the end gpt-5.1, "
            "there under the same types in 1 of 2 regions."
        ),
        "Replacement: gpt-4.1, which itself retires by then.",
        "No replacement is named.",
    ]


def test_an_event_keeps_its_uid() -> None:
    """Another day's file names it alike, whatever its regions; another date is another event."""
    first, again = written(entry()), written(entry(regions=("uksouth",)), on="2026-09-01")
    [one], [two] = events(first), events(again)
    assert (
        one["UID"] == two["UID"] != events(written(entry(retires_on=day("2026-11-01"))))[0]["UID"]
    )
    surer = events(
        written(entry(certainty="planned", replacement="gpt-6", living_replacement=None))
    )
    assert surer[0]["UID"] == one["UID"]
    several = events(written(entry(), entry(deployment_type="Standard", replacement="gpt-6")))
    assert len({str(e["UID"]) for e in several}) == 2
    both = events(written(entry(), entry(applies_to=AppliesTo.FINE_TUNED)))
    assert len({str(e["UID"]) for e in both}) == 2


def test_lines_end_as_the_format_wants() -> None:
    """CRLF behind every line, none longer than 75 octets, nothing after the end."""
    text = written(entry(regions=tuple(f"région-{n}" for n in range(40))))
    assert text.endswith("\r\nEND:VCALENDAR\r\n")
    assert re.search(r"[^\r]\n|\r[^\n]", text) is None
    assert max(len(line.encode()) for line in text.split("\r\n")) == 75


def test_a_name_cannot_add_a_property() -> None:
    """Line ends and controls in a name are shown, not obeyed."""
    [event] = events(written(entry(model="x\r\nATTACH:http://a\nEND:VEVENT\x1b")))
    assert "ATTACH" not in event
    assert event["SUMMARY"] == (
        "x\\x0d\\x0aATTACH:http://a\\x0aEND:VEVENT\\x1b 2024-11-20 retires on azure"
    )


@given(TEXTS)
def test_any_text_comes_back(text: str) -> None:
    """Escaped and folded, the independent parser reads the same text."""
    event = f"BEGIN:VEVENT\r\n{fold(f'DESCRIPTION:{escape(text)}')}\r\nEND:VEVENT\r\n"
    assert str(icalendar.Event.from_ical(event)["DESCRIPTION"]) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")))
def test_folding_splits_no_character_and_loses_none(line: str) -> None:
    """Each piece is at most 75 octets of whole characters; joined they are the line."""
    pieces = fold(line).split("\r\n")
    assert max(len(piece.encode()) for piece in pieces) <= 75
    assert pieces[0] + "".join(piece.removeprefix(" ") for piece in pieces[1:]) == line
