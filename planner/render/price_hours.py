"""`planner prices hours` for people: a line for each name, term and amount."""

from planner.core.price_hours import HourEntry, HoursAnswer
from planner.render.columns import Column, table
from planner.render.listing import page
from planner.render.money import currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import age, count

_NARROW = 60


def hours_text(answer: HoursAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    if not answer.hours:
        return page(screen, [f"{note}." for note in answer.notes], (), (), whole=True)
    entries = answer.hours
    columns: list[Column] = [
        ("What", [_what(entry) for entry in entries], False),
        (f"{currency()}/h", [money(entry.usd_per_hour) for entry in entries], True),
    ]
    if screen.width >= _NARROW:
        columns.append(("per", [plain(entry.unit) for entry in entries], False))
    columns.append(("term", [entry.term.replace("_", " ") for entry in entries], False))
    columns.append(("Regions", [_where(entry, every_row=every_row) for entry in entries], False))
    newest: dict[str, int] = {}
    for entry in answer.hours:
        days = (answer.on - entry.retrieved_on).days
        newest[entry.source] = min(days, newest.get(entry.source, days))
    told = "; ".join(f"{plain(source)} ({age(days)})" for source, days in newest.items())
    head = f"{count(len(answer.hours), 'hourly price')} in force on {answer.on}."
    return page(
        screen, [head], screen.lines([table(columns)]), [f"Rests on {told}."], whole=every_row
    )


def _what(entry: HourEntry) -> str:
    parts = [entry.provider, entry.name or entry.model, entry.version, entry.deployment_type]
    parts += ["fine-tuned"] if entry.fine_tuned else []
    parts += [entry.item.replace("_", " ")] if entry.item != "instance" else []
    return plain(" ".join(part for part in parts if part))


def _where(entry: HourEntry, *, every_row: bool) -> str:
    if not entry.regions:
        return "any"
    if every_row or len(entry.regions) <= 2:  # noqa: PLR2004 - two fit a line
        return plain(" ".join(entry.regions))
    return f"{plain(entry.regions[0])} +{len(entry.regions) - 1}"
