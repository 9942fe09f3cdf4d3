"""`planner breakeven` for people: the volume, what stands in its way, and the better choice."""

from rich.table import Table
from rich.text import Text

from planner.core.breakeven_answer import BreakevenAnswer, CapacityRow, Cheapest, Option
from planner.core.offers import KIND_WORDS, Billing
from planner.core.throughput import Interval
from planner.render.breakeven_words import headlines
from planner.render.curve_plot import plot_lines
from planner.render.money import UNKNOWN, currency, money
from planner.render.safe import plain
from planner.render.sections import fitting
from planner.render.terminal import Screen
from planner.render.words import age

_SIDES = {
    "on_demand": "managed",
    "hosted": "managed",
    "provisioned": "units",
    "self_hosted": "machines",
}
_ROWS_SHOWN = 8
WIDE = 120


def breakeven_text(answer: BreakevenAnswer, screen: Screen, *, everything: bool = False) -> str:
    """The whole text; on a terminal the sections that fit, and the names of the others."""
    sections: list[tuple[str, list[str]]] = [
        ("", screen.lines(Text(plain(line)) for line in headlines(answer))),
        ("ways to serve it", _ways(answer, screen, everything=everything)),
        ("cheapest by volume", screen.lines([_cheapest(answer, everything=everything)])),
        ("provisioned units", _units(answer, screen)),
        ("capacity by request length", _capacity(answer, screen)),
        ("input shares", _shares(answer, screen)),
        ("plot", plot_lines(answer, screen.width)),
        ("assumptions", _small_print(answer, screen)),
    ]
    return fitting(sections, screen, everything=everything)


def _ways(answer: BreakevenAnswer, screen: Screen, *, everything: bool) -> list[str]:
    """What the ways cost and deliver; provisioned units have a table of their own."""
    if all(option.kind is Billing.PROVISIONED for option in answer.options):
        return []
    return screen.lines([_options(answer, wide=screen.width >= WIDE, everything=everything)])


def _options(answer: BreakevenAnswer, *, wide: bool, everything: bool) -> Table:
    first = {row.option for row in answer.cheapest[:_ROWS_SHOWN]}
    options = [
        o
        for o in answer.options
        if (everything or o.kind is not Billing.SELF_HOSTED or o.id in first)
        and o.kind is not Billing.PROVISIONED
    ]
    rate = "forecast output tok/s each" if wide else "tok/s each"
    table = _table("Way", "Where", f"{currency()}/Mtok in/out", f"{currency()}/h each", rate)
    for option in options:
        given = option.output_tokens_per_second
        figure = _rate(given) if wide or given is None else f"{given.mid:,.0f}"
        kind = f" ({KIND_WORDS[option.kind]})" if wide else ""
        table.add_row(
            Text(plain(_count(option) + option.what + kind)),
            Text(plain(f"{option.provider} {option.region or 'any'}")),
            Text(_token_prices(option), justify="right"),
            Text(money(option.usd_per_hour) if option.usd_per_hour is not None else "-"),
            Text(figure, justify="right"),
        )
    return table


def _cheapest(answer: BreakevenAnswer, *, everything: bool) -> Table:
    options = {o.id: o for o in answer.options}
    kinds = {options[row.option].kind for row in answer.cheapest}
    counted = "Units" if Billing.PROVISIONED in kinds else "Machines"
    table = _table("From tokens/h in + out", "Cheapest", counted)
    shown = len(answer.cheapest) if everything else _ROWS_SHOWN
    for row in answer.cheapest[:shown]:
        option = options[row.option]
        table.add_row(
            Text(f"{row.from_tokens_per_hour:,}", justify="right"),
            Text(plain(f"{option.what} ({option.provider}, {KIND_WORDS[option.kind]})")),
            Text(_machines(row, option)),
        )
    if more := len(answer.cheapest[shown:]):
        table.add_row(Text("..."), Text(f"{more} more changes: --all"), Text())
    return table


def _units(answer: BreakevenAnswer, screen: Screen) -> list[str]:
    """What an hour of a unit costs and serves, how full it has to be, and from where it pays."""
    if not answer.provisioned:
        return []
    options = {o.id: o for o in answer.options}
    table = _table(
        "Provisioned units", "Region", f"{currency()}/h", "Worth", "Pays at", "From tok/h"
    )
    for row in answer.provisioned:
        option, use = options[row.option], row.break_even_utilisation
        whole = row.from_tokens_per_hour
        table.add_row(
            Text(plain(option.what)),
            Text(plain(option.region or "any")),
            Text(money(row.usd_per_unit_hour), justify="right"),
            Text(money(row.worth_usd_per_unit_hour), justify="right"),
            Text(UNKNOWN if use is None else f"{use:.0%}", justify="right"),
            Text("never" if whole is None else f"{whole:,}", justify="right"),
        )
    return screen.lines([table])


def _capacity(answer: BreakevenAnswer, screen: Screen) -> list[str]:
    if not answer.capacity:
        return []
    first = answer.capacity[0]
    option = next(o for o in answer.options if o.id == first.option)
    table = _table("Request in/out", "low", "mid", "high", "Carries the load")
    for row in answer.capacity:
        rate = row.output_tokens_per_second
        figures = [f"{v:,.0f}" for v in (rate.low, rate.mid, rate.high)] if rate else ["-"] * 3
        verdict = str(row.carried) if rate else plain("; ".join(row.reasons))
        table.add_row(
            Text(f"{row.input_tokens}/{row.output_tokens}"),
            *(Text(figure, justify="right") for figure in figures),
            Text(verdict),
        )
    return [*screen.lines([Text(_needs(first, option))]), *screen.lines([table])]


def _needs(row: CapacityRow, option: Option) -> str:
    lost = row.needed_each_one_lost
    spare = f", {lost:,.0f} with one lost" if lost is not None else ""
    machine = f"Output tokens per second of one {plain(option.what)}{_gpus(option)}"
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
    table = _table(
        "Input", "Break-even in/out per h", "Beyond it", "Cheapest machines", f"{currency()}/h"
    )
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


def _count(option: Option) -> str:
    if option.replicas is not None:
        return f"{option.replicas} x "
    return f"{option.least_replicas}+ x " if option.least_replicas else ""


def _machines(row: Cheapest, option: Option) -> str:
    if option.kind not in (Billing.SELF_HOSTED, Billing.PROVISIONED):
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
