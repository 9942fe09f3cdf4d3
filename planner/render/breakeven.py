"""`planner breakeven` for people: the volume, what stands in its way, and the better choice."""

from collections.abc import Iterator
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from planner.core.breakeven_answer import BreakevenAnswer, CapacityRow, Cheapest, Crossing, Option
from planner.core.offers import Billing
from planner.core.throughput import Interval
from planner.render.curve_plot import plot_lines
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import UNKNOWN, age, money

_KINDS = {
    Billing.ON_DEMAND: "by token",
    Billing.HOSTED: "by token and hour",
    Billing.PROVISIONED: "provisioned",
    Billing.SELF_HOSTED: "self-hosted",
}
_SIDES = {
    "on_demand": "managed",
    "hosted": "managed",
    "provisioned": "managed",
    "self_hosted": "machines",
}
_ROWS_SHOWN = 8
WIDE = 120


def breakeven_text(answer: BreakevenAnswer, screen: Screen, *, everything: bool = False) -> str:
    """The whole text; on a terminal the sections that fit, and the names of the others."""
    sections: list[tuple[str, list[str]]] = [
        ("", screen.lines(Text(plain(line)) for line in headlines(answer))),
        (
            "ways to serve it",
            screen.lines([_options(answer, wide=screen.width >= WIDE, everything=everything)]),
        ),
        ("cheapest by volume", screen.lines([_cheapest(answer, everything=everything)])),
        ("capacity by request length", _capacity(answer, screen)),
        ("input shares", _shares(answer, screen)),
        ("plot", plot_lines(answer, screen.width)),
        ("assumptions", _small_print(answer, screen)),
    ]
    shown, hidden, room = [], [], screen.height
    for name, lines in sections:
        if not lines:
            continue
        if room is None or everything or not name or len(lines) + 2 <= room:
            shown.append("\n".join(lines))
            room = None if room is None else room - len(lines) - 1
        else:
            hidden.append(name)
    if hidden:
        shown.append(f"With --all: {', '.join(hidden)}.")
    return "\n\n".join(shown) + "\n"


def headlines(answer: BreakevenAnswer) -> Iterator[str]:
    """What could be read out: the volume or its absence, what is in its way, the doubts."""
    options = {o.id: o for o in answer.options}
    for option in answer.options:
        if option.retired_on is not None and option.retired_on <= answer.on:
            yield f"{option.what} retired on {option.retired_on}: nobody can start one any more."
    if answer.crossings:
        yield from _first_crossing(answer.crossings[0], options)
        if len(answer.crossings) > 1:
            last = answer.crossings[-1]
            yield (
                f"Whole machines make steps: it changes {len(answer.crossings)} times, the last at "
                f"{_volume(last)}, to {_name(options[last.to], last.replicas)}."
            )
    elif answer.cheapest:
        yield from _no_crossing(answer, options)
    yield from _better(answer)
    for option in answer.options:
        if option.origin == "article":
            days = age((answer.on - option.effective_from).days)
            yield f"The price of {option.what} is an article's of {option.effective_from}, {days}."
    yield from _doubts(answer)


def _doubts(answer: BreakevenAnswer) -> Iterator[str]:
    """The crossing if what is in doubt were otherwise, where that moves it."""
    first = answer.crossings[0] if answer.crossings else None
    for row in answer.what_if:
        inputs, outputs = row.input_tokens_per_hour, row.output_tokens_per_hour
        if inputs == (first.input_tokens_per_hour if first else None):
            continue
        if inputs is None:
            yield f"In doubt: {row.change}, there is no break-even."
        else:
            yield (
                f"In doubt: {row.change}, the first break-even is at {inputs:,} input and "
                f"{outputs:,} output tokens per hour; beyond it {_short(row.to)} is cheaper."
            )


def _first_crossing(crossing: Crossing, options: dict[str, Option]) -> Iterator[str]:
    before, after = options[crossing.from_], options[crossing.to]
    fixed = crossing.replicas if after.kind is Billing.SELF_HOSTED else None
    yield (
        f"Break-even at {_volume(crossing)} per hour, {money(crossing.usd_per_hour)} USD per hour "
        f"({crossing.usd_per_month:,.0f} a month): beyond it {_name(after, fixed)} costs less than "
        f"{_name(before)}."
    )
    if crossing.within_capacity is not None and crossing.utilisation is not None:
        said = {
            "yes": "Yes, even with one lost",
            "depends": "It depends: with all of them, not with one lost",
            "no": "No, not with all of them",
        }[crossing.within_capacity]
        limits = [f"{crossing.flips_at_tokens:,} tokens"] if crossing.flips_at_tokens else []
        if crossing.flips_at_tokens_one_lost is not None:
            lost = crossing.flips_at_tokens_one_lost
            limits.append(f"{lost:,} with one lost" if lost else "of no length with one lost")
        until = f"; it holds for requests of up to {', '.join(limits)}" if limits else ""
        yield f"Is the capacity there? {said}, at {crossing.utilisation:.0%} utilisation{until}."
    for obstacle in crossing.obstacles:
        yield f"  - {obstacle}"


def _no_crossing(answer: BreakevenAnswer, options: dict[str, Option]) -> Iterator[str]:
    first = answer.cheapest[0]
    best = options[first.option]
    rivals = [o for o in answer.options if o.kind is not best.kind]
    count = first.replicas_from if best.kind is Billing.SELF_HOSTED else None
    cost = f" ({money((best.usd_per_hour or Decimal()) * (count or 1))} USD per hour)"
    what = f"{_name(best, count)}{cost if best.usd_per_hour else ''}"
    if not rivals:
        kind = "managed" if best.kind is not Billing.SELF_HOSTED else "self-hosted"
        if len(answer.options) == 1:
            yield f"{what} is the only way with a price."
        else:
            number = len(answer.options)
            yield f"{what} is the cheapest of the {number} {kind} ways for little load."
            yield "No way of another kind has a price, so there is no break-even."
        return
    names = " and ".join(dict.fromkeys(_name(o) for o in rivals[:2]))
    yield f"No break-even: {what} is cheaper than {names} from the first token on."
    if best.replicas is not None and best.output_tokens_per_second is not None:
        most = best.output_tokens_per_second.mid * best.replicas * 3600
        yield f"They deliver {most:,.0f} output tokens per hour, middle of the forecast, no more."
    elif len(answer.cheapest) > 1:
        yield "As the load grows other machines take over, managed ways never do."


def _better(answer: BreakevenAnswer) -> Iterator[str]:
    """The cheapest feasible machines for the load of the first crossing, if they are others."""
    row = next((r for r in answer.by_input_share if r.input_share == answer.input_share), None)
    if not answer.crossings or row is None or row.usd_per_hour is None:
        return
    crossing = answer.crossings[0]
    if row.option == crossing.to or row.usd_per_hour >= crossing.usd_per_hour:
        return
    alone = ""
    if row.own_input_tokens_per_hour == row.own_output_tokens_per_hour == 0:
        alone = "; they cost less from the first token on"
    elif row.own_input_tokens_per_hour is not None:
        alone = (
            f"; they break even at {row.own_input_tokens_per_hour:,} input and "
            f"{row.own_output_tokens_per_hour:,} output tokens per hour"
        )
    yield (
        f"Better for that load: {row.replicas} x {str(row.option).partition(':')[2]}, "
        f"{money(row.usd_per_hour)} USD per hour{alone}."
    )


def _options(answer: BreakevenAnswer, *, wide: bool, everything: bool) -> Table:
    first = {row.option for row in answer.cheapest[:_ROWS_SHOWN]}
    options = [
        o
        for o in answer.options
        if everything or o.kind is not Billing.SELF_HOSTED or o.id in first
    ]
    rate = "forecast output tok/s each" if wide else "tok/s each"
    table = _table("Way", "Where", "USD/Mtok in/out", "USD/h each", rate)
    for option in options:
        given = option.output_tokens_per_second
        figure = _rate(given) if wide or given is None else f"{given.mid:,.0f}"
        kind = f" ({_KINDS.get(option.kind, option.kind)})" if wide else ""
        table.add_row(
            Text(plain(_count(option) + option.what + kind)),
            Text(plain(f"{option.provider} {option.region or 'any'}")),
            Text(_token_prices(option), justify="right"),
            Text(money(option.usd_per_hour) if option.usd_per_hour is not None else "-"),
            Text(figure, justify="right"),
        )
    return table


def _cheapest(answer: BreakevenAnswer, *, everything: bool) -> Table:
    table = _table("From tokens/h in + out", "Cheapest", "Machines")
    options = {o.id: o for o in answer.options}
    shown = len(answer.cheapest) if everything else _ROWS_SHOWN
    for row in answer.cheapest[:shown]:
        option = options[row.option]
        table.add_row(
            Text(f"{row.from_tokens_per_hour:,}", justify="right"),
            Text(plain(f"{option.what} ({option.provider}, {_KINDS.get(option.kind)})")),
            Text(_machines(row, option)),
        )
    if more := len(answer.cheapest[shown:]):
        table.add_row(Text("..."), Text(f"{more} more changes: --all"), Text())
    return table


def _capacity(answer: BreakevenAnswer, screen: Screen) -> list[str]:
    if not answer.capacity:
        return []
    first = answer.capacity[0]
    option = next(o for o in answer.options if o.id == first.option)
    table = _table("Request in/out", "low", "mid", "high", "Carries the load")
    words = {"yes": "yes, one lost too", "depends": "with all of them", "no": "no"}
    for row in answer.capacity:
        rate = row.output_tokens_per_second
        figures = [f"{v:,.0f}" for v in (rate.low, rate.mid, rate.high)] if rate else ["-"] * 3
        verdict = words[row.within_capacity] if rate else plain("; ".join(row.reasons))
        table.add_row(
            Text(f"{row.input_tokens}/{row.output_tokens}"),
            *(Text(figure, justify="right") for figure in figures),
            Text(verdict),
        )
    return [*screen.lines([Text(_needs(first, option))]), *screen.lines([table])]


def _needs(row: CapacityRow, option: Option) -> str:
    lost = row.needed_each_one_lost
    spare = f", {lost:,.0f} with one lost" if lost is not None else ""
    name = plain(row.option.rpartition("/")[2])
    machine = f"Output tokens per second of one {name}{_gpus(option)}"
    return f"{machine}; the load needs {row.needed_each:,.0f}{spare}:"


def _gpus(option: Option) -> str:
    """What a machine computes with: (2 x NVIDIA V100 PCIe 16GB, fp16, tensor parallel 2)."""
    if option.gpu is None or option.gpus is None:
        return ""
    degree = option.tensor_parallel or 1
    split = f", tensor parallel {degree}" if degree > 1 else ""
    return f" ({option.gpus:g} x {plain(option.gpu)}, {option.dtype}{split})"


def _shares(answer: BreakevenAnswer, screen: Screen) -> list[str]:
    if all(row.input_tokens_per_hour is None for row in answer.by_input_share):
        return []
    table = _table("Input", "Break-even in/out per h", "Beyond it", "Cheapest machines", "USD/h")
    for row in answer.by_input_share:
        inputs, outputs = row.input_tokens_per_hour, row.output_tokens_per_hour
        at = f"{inputs:,} / {outputs:,}" if inputs is not None else "none"
        name = str(row.option).rpartition("/")[2] if row.option else UNKNOWN
        table.add_row(
            Text(f"{row.input_share:.0%}", justify="right"),
            Text(at, justify="right"),
            Text(_SIDES.get(str(row.to).partition(":")[0], "-")),
            Text(plain(f"{row.replicas} x {name}")),
            Text(money(row.usd_per_hour), justify="right"),
        )
    return screen.lines([table])


def _small_print(answer: BreakevenAnswer, screen: Screen) -> list[str]:
    lines = [f"- {said}" for said in answer.assumptions]
    sources = dict.fromkeys((o.source, o.retrieved_on) for o in answer.options)
    told = [f"{s}, read {day} ({age((answer.on - day).days)})" for s, day in sources]
    looks = [f"{s.provider} {s.snapshot} ({s.origin})" for s in answer.sources]
    parts = ["Assumptions", *lines, f"Rests on prices: {'; '.join(told)}."]
    if looks:
        parts.append(f"Offers: {'; '.join(looks)}.")
    return screen.lines(Text(plain(part)) for part in parts)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(Text(heading), overflow="fold")
    return table


def _name(option: Option, count: int | None = None) -> str:
    times = f"{count} x " if count else ""
    where = f"{option.provider} {option.region}" if option.region else option.provider
    return f"{times}{option.what} ({where}, {_KINDS.get(option.kind, option.kind)})"


def _short(option_id: str | None) -> str:
    """What an id names, without its kind: azure/eastus/Standard_NC12s_v3."""
    return str(option_id).partition(":")[2]


def _count(option: Option) -> str:
    if option.replicas is not None:
        return f"{option.replicas} x "
    return f"{option.least_replicas}+ x " if option.least_replicas else ""


def _machines(row: Cheapest, option: Option) -> str:
    if option.kind is not Billing.SELF_HOSTED:
        return "-"
    if option.replicas is not None:
        return str(option.replicas)
    if row.replicas_to is None:
        return f"{row.replicas_from} and more"
    same = row.replicas_from == row.replicas_to
    return str(row.replicas_from) if same else f"{row.replicas_from} to {row.replicas_to}"


def _token_prices(option: Option) -> str:
    if option.input_usd_per_mtok is None:
        return "-"
    return f"{money(option.input_usd_per_mtok)} / {money(option.output_usd_per_mtok)}"


def _rate(rate: Interval | None) -> str:
    return UNKNOWN if rate is None else f"{rate.mid:,.0f} ({rate.low:,.0f} to {rate.high:,.0f})"


def _volume(crossing: Crossing) -> str:
    inputs, outputs = crossing.input_tokens_per_hour, crossing.output_tokens_per_hour
    return f"{inputs:,} input and {outputs:,} output tokens"
