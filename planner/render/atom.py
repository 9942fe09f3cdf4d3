"""Changes as an Atom feed (RFC 4287): an entry a line, the newest first, each with a stable id."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

import msgspec

from planner.core.checks import Severity
from planner.core.diff_answer import Change, DiffAnswer
from planner.render.diff_words import by_severity, lines
from planner.render.safe import plain

_ATOM = "http://www.w3.org/2005/Atom"
_MOST = 500  # entries: a reader wants the newest ones
# Ids are name-based (RFC 9562, version 5), so that the same change is the same entry every time.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://pypi.org/project/cloud-llm-planner/changes")


class Entry(msgspec.Struct, frozen=True):
    """One line of a feed: seen by a day, of a provider."""

    provider: str
    day: dt.date
    severity: Severity
    check: str
    text: str


def entries(steps: Iterable[DiffAnswer]) -> list[Entry]:
    """What some comparisons of one provider each tell, the newest first."""
    found = [
        Entry(one.provider, one.to, level, line.check, line.text)
        for step in steps
        for one in step.compared
        for level, changes in by_severity(_of(step.changes, one.provider))
        for line in lines(changes)
    ]
    return sorted(found, key=lambda e: (e.day, -e.severity.rank), reverse=True)[:_MOST]


def atom(some: Sequence[Entry], on: dt.date) -> str:
    """The feed; `on` is its day where it has no entry."""
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "title", "planner: what changed")
    _add(feed, "id", _NAMESPACE.urn)
    _add(feed, "updated", _moment(max((e.day for e in some), default=on)))
    _add(ET.SubElement(feed, "author"), "name", "planner diff")
    for one in some:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "title", f"{one.provider}: {one.text}")
        name = f"{one.provider}|{one.day}|{one.check}|{one.text}"
        _add(entry, "id", uuid.uuid5(_NAMESPACE, name).urn)
        _add(entry, "updated", _moment(one.day))
        ET.SubElement(entry, "category", term=one.severity, label=one.check)
        _add(entry, "content", f"{one.severity}, {one.check}: {one.text}")
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _of(changes: Iterable[Change], provider: str) -> list[Change]:
    return [change for change in changes if change.provider == provider]


def _add(parent: ET.Element, tag: str, text: str) -> None:
    # Controls have no place in XML, not even escaped.
    ET.SubElement(parent, tag).text = plain(text)


def _moment(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
