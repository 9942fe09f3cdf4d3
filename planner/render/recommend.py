"""`planner recommend` for people: the choice, the others, the bill, the risks, what flips it."""

from collections.abc import Iterable
from decimal import Decimal

from rich.text import Text

from planner.core.offers import KIND_WORDS, Billing
from planner.core.recommend_answer import BillLine, Choice, Recommendation, Stretch
from planner.render.money import converted, currency, money
from planner.render.recommend_units import worth
from planner.render.recommend_words import (
    found,
    headlines,
    named,
    rests_on,
    risks,
    unit_count,
    what,
    whole,
)
from planner.render.refusals import rejections
from planner.render.safe import plain
from planner.render.sections import fitting, prose, table
from planner.render.terminal import Screen

_ROWS = 7
_REFUSED = 6
_LARGE = 10_000
_WIDE = 120


def recommend_text(
    answer: Recommendation, screen: Screen, *, everything: bool = False, explain: bool = False
) -> str:
    """The whole text; on a terminal the sections that fit, and the names of the others."""
    best = answer.recommended
    sections = [("", prose(screen, headlines(answer)))]
    if best is not None:
        sections += [
            ("choices", _choices(answer, screen, everything=everything)),
            ("risks", prose(screen, risks(best))),
            ("bill", _bill(best, screen)),
        ]
        if explain:
            sections.append(("how each figure came about", _figures(best, screen)))
    sections += [
        ("what units are worth", worth(answer, screen)),
        (
            "volumes",
            _stretches(answer, answer.by_requests_per_month, "From requests a month", screen),
        ),
        ("input shares", _stretches(answer, answer.by_input_share, "From input share", screen)),
        ("what would change it", _swings(answer, screen)),
        ("what cannot serve", _refused(answer, screen, everything=everything)),
        ("assumptions", _small_print(answer, screen)),
    ]
    return fitting(sections, screen, everything=everything or explain)


def _choices(answer: Recommendation, screen: Screen, *, everything: bool) -> list[str]:
    rows = found(answer)
    several = _has_models(answer)
    shown = rows if everything else _different(rows)[:_ROWS]
    columns = [f"{currency()}/month", "Choice", "Where", "Units"]
    scored = any(choice.quality is not None for choice in rows)
    columns += ["Quality"] if scored else []
    grid = table(*columns, *(("Kind", "Retires") if screen.width >= _WIDE else ()))
    for choice in shown:
        cells = [
            Text(_span(choice), justify="right"),
            Text(plain(what(choice, model=several))),
            Text(plain(f"{choice.provider} {choice.region or ''}".strip())),
            Text(plain(unit_count(choice, mode=choice.kind is Billing.SELF_HOSTED))),
        ]
        if scored:
            cells.append(Text("-" if choice.quality is None else f"{choice.quality:g}"))
        if screen.width >= _WIDE:
            cells += [Text(KIND_WORDS[choice.kind]), Text(str(choice.retires_on or "-"))]
        grid.add_row(*cells)
    if more := len(rows) - len(shown):
        grid.add_row(Text("..."), Text(f"{more} more: --all"), Text(), Text())
    return screen.lines([grid])


def _has_models(answer: Recommendation) -> bool:
    """Whether choices of several models are compared, so that each has to name its own."""
    return len({choice.model for choice in found(answer)}) > 1


def _different(rows: list[Choice]) -> list[Choice]:
    """Of plans for one thing at one place the cheapest two."""
    seen: dict[tuple[str, ...], int] = {}
    kept = []
    for choice in rows:
        key = (choice.model, choice.provider, choice.what)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= 2:  # noqa: PLR2004 - a pair shows what a term or a mode makes of it
            kept.append(choice)
    return kept


def _span(choice: Choice) -> str:
    """The cost as planned; from the high end of a forecast on where it is one."""
    usd = choice.usd_per_month
    if usd.low == usd.high:
        return whole(usd.high)
    return f"{whole(usd.low)} - {whole(usd.high)}"


def _bill(choice: Choice, screen: Screen) -> list[str]:
    grid = table("Bill of a month", "Quantity", f"{currency()} each", currency())
    bills = [("", choice.bill)]
    bills += [(f"From {one.from_date} on: {one.model}", one.bill) for one in choice.later]
    for heading, bill in bills:
        if heading:
            grid.add_row(Text(plain(heading)), Text(), Text(), Text())
        for line in bill:
            grid.add_row(
                Text(plain(line.what)),
                Text(plain(_counted(line)), justify="right"),
                Text(_each(line.usd_each), justify="right"),
                Text(whole(line.usd_per_month), justify="right"),
            )
    return screen.lines([grid])


def _counted(line: BillLine) -> str:
    """How much of what: 1 machine, 12 machines, 730 hours."""
    unit = line.unit.removesuffix("s") if line.quantity == 1 else line.unit
    return f"{_quantity(line.quantity)} {unit}"


def _quantity(amount: float) -> str:
    """A count for reading: whole where it is large or exact."""
    return f"{amount:,.0f}" if amount >= _LARGE or amount == int(amount) else f"{amount:,.2f}"


def _each(usd: Decimal) -> str:
    """A price by which the line can be multiplied out: small ones to four digits."""
    shown = converted(usd)
    return money(usd) if shown >= 1 or not shown else f"{shown:.4g}"


def _figures(choice: Choice, screen: Screen) -> list[str]:
    lines = []
    for figure in choice.figures:
        inputs = ", ".join(f"{name} {value}" for name, value in figure.inputs.items())
        source = f" [{figure.source}{f', {figure.as_of}' if figure.as_of else ''}]"
        lines.append(f"{figure.figure} = {figure.value}")
        lines.append(f"    {figure.formula}: {inputs}{source if figure.source else ''}")
    return screen.lines(Text(plain(line)) for line in lines)


def _stretches(
    answer: Recommendation, rows: tuple[Stretch, ...], heading: str, screen: Screen
) -> list[str]:
    if not rows:
        return []
    is_volume = "month" in heading
    first, last = rows[0], rows[-1]
    end = [] if last.to is None else [f"From {_mark(last.to)} on nothing fits."]
    if len(rows) == 1:
        start = f"from {_mark(first.from_)} {'requests a month' if is_volume else 'of input'}"
        until = f" to {_mark(last.to)}" if last.to is not None else " on"
        axis = "volume" if is_volume else "input share"
        said = f"The same wins at every {axis} {start}{until}, as far as was looked."
        return prose(screen, [said, *end])
    grid = table(heading, "Cheapest there", f"{currency()}/month there")
    for row in rows:
        grid.add_row(
            Text(_mark(row.from_), justify="right"),
            Text(plain(named(row.choice, model=_has_models(answer)))),
            Text(whole(row.usd_per_month), justify="right"),
        )
    return [*screen.lines([grid]), *prose(screen, end)]


def _mark(value: float) -> str:
    """A place on an axis: a share, or a count."""
    return f"{value:.3g}" if value < 1 else f"{value:,.0f}"


def _swings(answer: Recommendation, screen: Screen) -> list[str]:
    flips = [swing for swing in answer.swings if swing.factor is not None]
    several = _has_models(answer)
    grid = table("What would change it", "By", "Then wins")
    for swing in flips:
        grid.add_row(
            Text(plain(swing.assumption)),
            Text(swing.told),
            Text(plain(named(swing.choice, model=several))),
        )
    moving = {swing.assumption for swing in flips}
    idle = [s.assumption for s in answer.swings if s.factor is None and s.assumption not in moving]
    rest = f"Within a tenth to ten times nothing else changes it: {', '.join(dict.fromkeys(idle))}."
    return [*(screen.lines([grid]) if flips else []), *(prose(screen, [rest]) if idle else [])]


def _refused(answer: Recommendation, screen: Screen, *, everything: bool) -> list[str]:
    told = list(rejections(answer))
    more = len(told) - _REFUSED
    if more > 0 and not everything:
        told = [*told[:_REFUSED], f"{more} more: --all"]
    return _listed("Cannot serve it", told, screen)


def _listed(heading: str, lines: Iterable[str], screen: Screen) -> list[str]:
    told = [f"- {line}" for line in lines]
    return prose(screen, [heading, *told]) if told else []


def _small_print(answer: Recommendation, screen: Screen) -> list[str]:
    said = [*answer.assumptions, *answer.not_included]
    return [*_listed("Assumptions", said, screen), *prose(screen, [rests_on(answer)])]
