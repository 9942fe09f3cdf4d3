"""`planner breakeven`: from which traffic on another way to serve a model is cheaper."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import click

from planner.cli.changes import change_of, parse_changes
from planner.cli.facts import price_table, zone_of
from planner.cli.finding import find_model
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import note, show
from planner.cli.plotting import check_plot, write_plot
from planner.cli.reading import Reading
from planner.cli.request_shape import shape_of, shape_options
from planner.cli.serving import forecaster, limit_options, serving_options
from planner.cli.stock import sellers
from planner.cli.whereabouts import machines_fit, where_of, where_options
from planner.core.breakeven import break_even
from planner.core.breakeven_answer import Cheapest
from planner.core.catalog import Catalog
from planner.core.comparison import Market, Question
from planner.core.hardware import WeightFormat
from planner.core.managed_ways import priced
from planner.core.placement import follow_replacements
from planner.core.provisioned_ways import priced_units, units_without_offer
from planner.core.shelf import Shelf
from planner.core.workload import Where
from planner.errors import NoDataError, NothingFitsError, UsageError
from planner.files.facts import model_names
from planner.files.hardware import architectures, find_gpu, find_instance, instances
from planner.files.unit_facts import unit_fact

IN_PART = 3


@click.command(
    "breakeven",
    cls=Exemplified,
    epilog="Example: planner breakeven llama-2-7b --on 2024-03-17 "
    "--instance azure/Standard_NC12s_v3 --replicas 3",
)
@click.argument("model")
@shape_options
@click.option(
    "--instance",
    "named",
    multiple=True,
    metavar="CLOUD/NAME",
    help="Compare this machine, e.g. aws/g5.xlarge; repeatable.  [default: the best]",
)
@click.option(
    "--replicas",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="Run exactly so many machines, whatever the load.",
)
@click.option(
    "--min-replicas",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="Run at least so many, more as the load grows.  [default: 2]",
)
@where_options
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="OPTION.KEY=VALUE",
    help="Another price or capacity, e.g. managed.usd_per_hour=0; repeatable.",
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also draw the cost curves into a PNG, SVG or PDF file (extra: plots).",
)
@limit_options
@serving_options
@click.option("--all", "everything", is_flag=True, help="Every section, whatever the screen.")
@on_option
@common
def command(
    *, model: str, input_share: Fraction | None, input_tokens: int | None,
    output_tokens: int | None, cached_share: Fraction, named: tuple[str, ...],
    replicas: int | None, min_replicas: int | None, region: str | None, changes: tuple[str, ...],
    plot: Path | None, ttft: float | None, tpot: float | None, dtype: WeightFormat | None,
    providers: tuple[str, ...], boundary: str | None,
    kv_dtype: WeightFormat, engine: str | None, measured: Path | None, everything: bool,
    on: dt.date,
) -> int:  # fmt: skip
    """From which traffic on another way to serve MODEL is cheaper, and whether that way can do it.

    Compares the managed offers that have a price, by the token and as provisioned units, with
    self-hosting on GPU machines: tokens and hours, whole machines, request lengths, one machine
    lost.
    """
    check_plot(plot)
    chosen, names = settings(), model_names()
    shape, scaling = shape_of(input_tokens, output_tokens, input_share)
    note(chosen, *([scaling] if scaling else []))
    prices = price_table(chosen, instances=True)
    reading = Reading(chosen, on, names)
    others = prices.models() | {a.model for a in architectures()}
    catalog, name = find_model(model, names, reading, others, on, whole=True)
    architecture = next((a for a in architectures() if a.model == name), None)
    if replicas is not None and min_replicas is not None:
        raise UsageError("--replicas fixes the count, --min-replicas lets it grow; give one")
    asked = tuple(find_instance(instance).id for instance in named)
    wanted = parse_changes(changes)
    where = where_of(region, providers, boundary, sellers(catalog, prices))
    question = Question(
        on=on,
        shape=shape,
        scaling=scaling,
        cached_share=cached_share,
        instances=asked,
        replicas=replicas,
        least=min_replicas or 2,
        region=next(iter(where.regions), None),
        change=change_of(wanted),
    )
    shelf = Shelf(catalog, prices, zone_of=zone_of, unit_fact=unit_fact)
    units = tuple(priced_units(shelf.lots(name), where, shelf.offers_in))
    market = Market(
        offers=tuple(priced(shelf.lots(name), where, shelf.offers_in, shape.input_tokens)),
        units=(*units, *units_without_offer(prices, name, units, on)),
        hours=prices.instance_hours(on=on),
        instances={i.id: i for i in instances()},
        gpu=find_gpu,
        forecaster=forecaster(
            model,
            dtype=dtype,
            kv_dtype=kv_dtype,
            engine=engine,
            measured=measured,
            ttft=ttft,
            tpot=tpot,
            on=on,
        ),
        architecture=architecture,
        free_quota=catalog.allowances.free,
        fits=machines_fit(where),
    )
    sightings = catalog.offers(name)
    answer = break_even(name, question, market, catalog.sources(sightings))
    wanted.check_used((*(o.id for o in answer.options), *(t.option for t in answer.unknown_terms)))
    if asked and not answer.options:
        raise NothingFitsError(_unfit(asked, answer.rejected, on))
    if not answer.options:
        raise NoDataError(_nothing(name, where, catalog, answer.rejected))

    def table() -> str:
        from planner.render.breakeven import breakeven_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return breakeven_text(answer, screen(), everything=everything)

    def prose() -> tuple[Iterable[str], Iterable[str]]:
        from planner.render.breakeven_words import headlines  # noqa: PLC0415

        return headlines(answer), answer.assumptions

    show(chosen, answer, answer.cheapest, table, of=Cheapest, prose=prose)
    if plot is not None:
        write_plot(answer, plot)
    reading.note_unreadable()
    hosted = {f"{o.provider}/{o.what}" for o in answer.options}
    if asked and not hosted & set(asked):
        raise NothingFitsError(_unfit(asked, answer.rejected, on))
    return IN_PART if reading.in_part else 0


def _nothing(name: str, asked: Where, catalog: Catalog, rejected: Mapping[str, str]) -> str:
    """Why there is nothing to compare, and what to try."""
    chain, living, notes = follow_replacements(catalog, name)
    if notes:
        return f"{notes[0]}; try planner breakeven {living}" if chain else notes[0]
    told = {
        "region": ("in", asked.regions),
        "provider": ("of", asked.providers),
        "boundary": ("within", (asked.boundary,) if asked.boundary else ()),
    }
    where = "".join(f" {word} {', '.join(names)}" for word, names in told.values() if names)
    given = [f"--{flag}" for flag, (_, names) in told.items() if names] or ["--region"]
    flags = " or ".join((", ".join(("--on", *given[:-1])), given[-1]))
    why = f" ({next(iter(rejected.values()))})" if rejected else ""
    return (
        f"on {catalog.on}{where} no living offer of {name} has a price and no machine with a "
        f"price can serve it{why}; try another {flags}, or add a price under ./pricing"
    )


def _unfit(asked: Sequence[str], rejected: Mapping[str, str], on: dt.date) -> str:
    reasons = [f"{i}: {rejected.get(i, f'no price on {on} there')}" for i in asked]
    return f"no named machine can be compared: {'; '.join(reasons)}"
