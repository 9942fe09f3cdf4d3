"""`planner retirements` for people: the dates ahead, a row a version, what replaces it where."""

from collections.abc import Sequence

import msgspec
from rich.cells import cell_len
from rich.table import Table

from planner.core.offers import AppliesTo, Availability
from planner.core.retirements_answer import (
    Group,
    Hit,
    RetirementEntry,
    RetirementsAnswer,
    grouped,
)
from planner.render.calendar import instead
from planner.render.columns import Column, table
from planner.render.flat import to_markdown
from planner.render.listing import legend, page
from planner.render.region_map import MARKS
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import count, sources

_NAMED = 2  # deployment types or uses that a row names where room is scarce
_NARROW = 72
_LEAST = 12
_MODEL, _TYPES, _INSTEAD = "Model", "Deployment types", "Instead"
_OWN = "yours: "


def retirements_text(answer: RetirementsAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    whole = every_row or screen.height is None
    groups = grouped(answer.retirements)
    columns = _columns(groups, most=None if whole else _NAMED, screen=screen)
    body = screen.lines([_table(columns, screen.width)]) if groups else []
    marks = legend(columns[0][1])
    below = [*marks, *_legend(groups), *tail(answer)]
    return page(screen, [headline(answer)], body, below, whole=whole)


class Row(msgspec.Struct, frozen=True):
    """A version and date as a row of a markdown table."""

    retires_on: str
    model: str
    deployment_types: str
    instead: str
    yours: str


def retirements_markdown(answer: RetirementsAnswer) -> str:
    """The table with a row a version, between the headline and what it rests on."""
    groups = grouped(answer.retirements)
    several = len({g.first.provider for g in groups}) > 1
    rows = [
        Row(
            _date(g),
            _model(g, several=several),
            _types(g, None, ", "),
            instead(g),
            ", ".join(map(_hit, g.uses)),
        )
        for g in groups
    ]
    columns = [name for name in Row.__struct_fields__ if any(getattr(r, name) for r in rows)]
    return to_markdown(rows, columns, [headline(answer)], tail(answer))


def csv_rows(answer: RetirementsAnswer) -> list[RetirementEntry]:
    """The entries with what they hit in words, since a cell holds no records."""
    return [msgspec.structs.replace(e, uses=tuple(map(_hit, e.uses))) for e in answer.retirements]


def headline(answer: RetirementsAnswer) -> str:
    """The answer in a sentence or two."""
    ahead = [e for e in answer.retirements if e.days_left >= 0]
    past = {(e.model, e.version) for e in answer.retirements if e.days_left < 0}
    gone = f"{count(len(past), 'version')} already retired" if past else ""
    until = ""
    if answer.until is not None:
        until = f" within {count((answer.until - answer.on).days, 'day')}, up to {answer.until}"
    if ahead:
        versions = {(e.model, e.version) for e in ahead}
        verb = "retires" if len(versions) == 1 else "retire"
        models = count(len({e.model for e in ahead}), "model")
        told = f"{count(len(versions), 'version')} of {models} {verb}{until}; the next is "
        told += f"{_name(ahead[0].model, ahead[0].version)} on {ahead[0].retires_on}"
        told += f"; {gone}" if gone else ""
    elif gone:
        told = f"{gone}; nothing more retires{until or ' on a known date'}"
    else:
        told = f"Nothing retires{until or f' from {answer.on} on'}, of "
        told += f"{count(answer.models_dated, 'model')} whose dates are known"
        told += f"; of {count(answer.models_undated, 'model')} no date is known"
    return plain(f"{told}.{_yours(answer)}")


def tail(answer: RetirementsAnswer) -> list[str]:
    """What the answer rests on, what it cannot tell, and the next step."""
    told = [sources(answer.sources, answer.on, ())]
    if answer.retirements:
        if answer.models_undated:
            told.append(f"Of {count(answer.models_undated, 'model')} no date is known.")
        known = [e.living_replacement for e in answer.retirements if e.living_replacement]
        where = "the replacement" if known else "a model"
        told.append(plain(f"Where {where} runs: planner regions {(*known, 'MODEL')[0]}."))
    else:
        told.append("What has already retired and is still listed: planner retirements --past.")
    return told


def _yours(answer: RetirementsAnswer) -> str:
    hit = {(u.name, u.account, u.file, u.line) for e in answer.retirements for u in e.uses}
    if not hit:
        return ""
    return f" {count(len(hit), 'thing')} that you run {'is' if len(hit) == 1 else 'are'} hit."


def _columns(groups: Sequence[Group], most: int | None, screen: Screen) -> list[Column]:
    several = len({g.first.provider for g in groups}) > 1
    days = [g.first.retires_on for g in groups]
    opening = [
        (g, before != g.first.retires_on) for g, before in zip(groups, [None, *days], strict=False)
    ]
    columns: list[Column] = [
        ("Date", [_date(g) if new else "" for g, new in opening], False),
        ("Days", [f"{g.first.days_left:,}" if new else "" for g, new in opening], True),
        (_MODEL, [_model_cell(g, most, several=several) for g in groups], False),
    ]
    if screen.width >= _NARROW:
        columns.append((_TYPES, [_types(g, most) for g in groups], False))
    columns.append((_INSTEAD, [_instead(g) for g in groups], False))
    return columns


def _date(group: Group) -> str:
    """The date, with a mark where it has passed."""
    mark = f" {MARKS[Availability.RETIRED][0]}" if group.first.days_left < 0 else ""
    return f"{group.first.retires_on}{mark}"


def _name(model: str, version: str | None) -> str:
    return f"{model} {version}" if version else model


def _model_cell(group: Group, most: int | None, *, several: bool) -> str:
    """What retires, and below it what of yours that hits."""
    own = _some([_hit(u) for u in group.uses], most, ", ")
    return _model(group, several=several) + (f"\n{_OWN}{own}" if own else "")


def _model(group: Group, *, several: bool) -> str:
    first = group.first
    words = [_name(first.model, first.version)]
    if first.applies_to is AppliesTo.FINE_TUNED:
        words.append("fine-tuned")
    words += [first.certainty] if first.certainty else []
    words += [first.provider] if several else []
    return plain(", ".join(words))


def _types(group: Group, most: int | None, between: str = "\n") -> str:
    types = [plain(e.deployment_type) for e in group.entries if e.deployment_type]
    return _some(types, most, between) or "all"


def _some(words: Sequence[str], most: int | None, between: str) -> str:
    if most is None or len(words) <= most:
        return between.join(words)
    return between.join([*words[: most - 1], f"{len(words) - most + 1} more"])


def _table(columns: Sequence[Column], width: int) -> Table:
    """A table that fits a width; deployment types, the longest of words, stay whole."""
    made = table(columns)
    widths = [
        max(cell_len(line) for cell in (head, *cells) for line in cell.split("\n"))
        for head, cells, _ in columns
    ]
    folding = [i for i, (head, _, _) in enumerate(columns) if head in (_MODEL, _INSTEAD)]
    while sum(widths) + len(widths) > width and max(widths[i] for i in folding) > _LEAST:
        widths[max(folding, key=lambda i: widths[i])] -= 1
    for column, own in zip(made.columns, widths, strict=True):
        column.width = own
    return made


def _instead(group: Group) -> str:
    """The replacement and where it is: "gpt-5.1, in 12 of 14"."""
    first = group.first
    if first.replacement is None:
        return "none named"
    if first.living_replacement is None:
        return plain(f"{first.replacement}, ends too")
    name = first.living_replacement
    if name != first.replacement:
        name = f"{first.replacement}, ends too; {name}"
    regions = len(group.regions)
    return plain(f"{name}, in {len(group.replaced_in)} of {regions}" if regions else name)


def _hit(hit: Hit) -> str:
    place = f"{hit.file}:{hit.line}" if hit.file else ", ".join(hit.regions)
    return plain(f"{hit.name} ({place})" if place else hit.name)


def _legend(groups: Sequence[Group]) -> list[str]:
    told = []
    if any(g.first.living_replacement and g.regions for g in groups):
        told.append(
            "Instead: the named replacement, and in how many of the regions one can deploy it "
            "under the same types and it outlives the date."
        )
    if any(g.first.replacement and g.first.replacement != g.first.living_replacement
           for g in groups):  # fmt: skip
        told.append("ends too: the replacement itself retires by then.")
    return told
