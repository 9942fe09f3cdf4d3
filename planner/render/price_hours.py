"""`planner prices hours` for people: a line for each name, term and amount."""

from rich.table import Table
from rich.text import Text

from planner.core.price_hours import HourEntry, HoursAnswer
from planner.render.listing import page
from planner.render.money import currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import age, count


def hours_text(answer: HoursAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    if not answer.hours:
        return page(screen, [f"{note}." for note in answer.notes], (), (), whole=True)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(Text("What"), overflow="fold")
    table.add_column(Text(f"{currency()}/h"), justify="right")
    table.add_column(Text("per"), overflow="fold")
    table.add_column(Text("term"), overflow="fold")
    table.add_column(Text("Regions"), overflow="fold")
    for entry in answer.hours:
        table.add_row(
            Text(_what(entry)),
            Text(money(entry.usd_per_hour)),
            Text(plain(entry.unit)),
            Text(entry.term.replace("_", " ")),
            Text(_where(entry, every_row=every_row)),
        )
    newest: dict[str, int] = {}
    for entry in answer.hours:
        days = (answer.on - entry.retrieved_on).days
        newest[entry.source] = min(days, newest.get(entry.source, days))
    told = "; ".join(f"{plain(source)} ({age(days)})" for source, days in newest.items())
    head = f"{count(len(answer.hours), 'hourly price')} in force on {answer.on}."
    return page(screen, [head], screen.lines([table]), [f"Rests on {told}."], whole=every_row)


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
