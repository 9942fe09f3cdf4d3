"""Retirements as a calendar file (RFC 5545): an all-day event a version and date.

An event's UID is made of what it is about and its date: a file that is made again tells the same
events; a date that moves is another event, which a subscribed calendar shows in the old one's
place.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator

from planner.core.offers import AppliesTo
from planner.core.retirements_answer import Group, RetirementsAnswer, grouped
from planner.render.safe import plain
from planner.render.words import count

OCTETS = 75  # of a line, without its end (RFC 5545, 3.1)
_NAMESPACE = uuid.uuid5(
    uuid.NAMESPACE_URL, "https://pypi.org/project/cloud-llm-planner/retirements"
)
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


def calendar_text(answer: RetirementsAnswer) -> str:
    """The file's text, its lines ended by CRLF. Its stamp is the answer's date, not the clock's."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cloud-llm-planner//retirements//EN"]
    taken: Counter[str] = Counter()
    for group in grouped(answer.retirements):
        name = _name(group)
        taken[name] += 1
        uid = uuid.uuid5(_NAMESPACE, f"{name}|{taken[name]}")
        lines += _event(group, str(uid), f"{answer.on:%Y%m%d}T000000Z")
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def escape(text: str) -> str:
    """A text value: backslash, semicolon, comma and line feed are escaped (RFC 5545, 3.3.11)."""
    return re.sub(r"[\\;,\n]", lambda m: _ESCAPED[m[0]], text)


def fold(line: str) -> str:
    """A content line in pieces of at most 75 octets that split no character."""
    pieces, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > OCTETS:
            pieces.append("")
            size = 1  # the blank that goes before what follows
        pieces[-1] += character
        size += width
    return "\r\n ".join(pieces)


def _name(group: Group) -> str:
    """What makes an event the same one in the next file, whatever else is told of it by then."""
    e = group.first
    parts = (e.provider, e.model, e.version, e.applies_to, e.retires_on)
    return "|".join(str(part or "") for part in parts)


def _event(group: Group, uid: str, stamp: str) -> Iterator[str]:
    first = group.first
    what = " ".join(filter(None, (first.model, first.version)))
    if first.applies_to is AppliesTo.FINE_TUNED:
        what += " fine-tuned"
    sure = f" ({first.certainty})" if first.certainty else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{first.retires_on:%Y%m%d}"
    yield f"SUMMARY:{_text(f'{what} retires on {first.provider}{sure}')}"
    yield f"DESCRIPTION:{escape(chr(10).join(map(plain, _description(group))))}"
    yield f"CATEGORIES:Retirement,{_text(first.provider)}{',Yours' if group.uses else ''}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _description(group: Group) -> Iterator[str]:
    for entry in group.entries:
        kind = entry.deployment_type or "Every deployment type"
        where = f" in {count(len(entry.regions), 'region')}: {', '.join(entry.regions)}"
        yield f"{kind}{where if entry.regions else ''}"
    yield instead(group)
    for hit in group.uses:
        place = f"{hit.file}:{hit.line}" if hit.file else ", ".join(hit.regions)
        owner = f" of {hit.account}" if hit.account else ""
        yield f"Yours: {hit.name}{owner} ({place})"


def instead(group: Group) -> str:
    """The replacement and where it is offered, in a sentence."""
    first = group.first
    if first.replacement is None:
        return "No replacement is named."
    told = f"Replacement: {first.replacement}"
    if first.living_replacement is None:
        return f"{told}, which itself retires by then."
    if first.living_replacement != first.replacement:
        told += f", which itself retires by then; in the end {first.living_replacement}"
    if not group.regions:
        return f"{told}."
    there = f"{len(group.replaced_in)} of {count(len(group.regions), 'region')}"
    return f"{told}, there under the same types in {there}."


def _text(words: str) -> str:
    return escape(plain(words))
