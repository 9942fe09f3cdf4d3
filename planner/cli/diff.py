"""`planner diff`: what changed between two days, and whether it matters."""

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import msgspec

from planner.cli.comparing import (
    Comparison,
    Filter,
    Found,
    answer_of,
    at_least,
    known_models,
)
from planner.cli.facts import PROVIDERS, known_region, one_of
from planner.cli.holdings import Holdings
from planner.cli.options import Exemplified, Format, Settings, common, settings
from planner.cli.output import note, show, write
from planner.cli.points import Sides, point
from planner.cli.unseen import unseen_regions, unseen_uses
from planner.cli.using import find_uses, refuse_unknown, using_options
from planner.core.checks import CHECKS, Severity
from planner.core.diff_answer import Change, DiffAnswer, reaches
from planner.core.judging import Ignore, Rules
from planner.errors import BadFileError, UnknownNameError, UsageError
from planner.files.facts import model_names
from planner.files.settings import read_settings
from planner.render.safe import plain

IN_PART = 3
GATE = 10
_FEED = 30  # looks that a feed tells of, unless OLD says from when on
_LEVELS = [level.value for level in Severity]
_COLUMNS = [
    "severity", "check", "provider", "model", "version", "deployment_type", "regions", "before",
    "after", "message",
]  # fmt: skip
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(
    "diff",
    cls=Exemplified,
    epilog="Example: planner diff 2026-02-13 2026-08-21 --provider bedrock",
)
@click.argument("old", required=False, metavar="[OLD]")
@click.argument("new", required=False, metavar="[NEW]")
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, ...")
@click.option("--model", multiple=True, metavar="MODEL", help="Only about this model.")
@click.option("--region", multiple=True, metavar="REGION", help="Only in this region.")
@click.option(
    "--severity",
    type=click.Choice(_LEVELS),
    metavar="LEVEL",
    help="Only breaking, or warning and breaking  [info: all]",
)
@using_options
@click.option("--everything", is_flag=True, help="Whatever planner.yaml's using file says.")
@click.option("--ignore", type=_FILE, metavar="FILE", help="Leave out what this file lists.")
@click.option("--severities", type=_FILE, metavar="FILE", help="Other severities, by check.")
@click.option(
    "--fail-on",
    type=click.Choice(_LEVELS),
    metavar="LEVEL",
    help="Exit 10 where something is as bad as breaking, warning or info.",
)
@click.option("--brief", is_flag=True, help="The summary alone, in one line.")
@click.option("--checks", is_flag=True, help="List the checks with their severities.")
@click.option("--all", "every_row", is_flag=True, help="Every change on a terminal.")
@common
def command(
    *,
    old: str | None, new: str | None, provider: tuple[str, ...], model: tuple[str, ...],
    region: tuple[str, ...], severity: str | None, using: str | None, mine: bool,
    everything: bool, ignore: Path | None, severities: Path | None, fail_on: str | None,
    brief: bool, checks: bool, every_row: bool,
) -> int:  # fmt: skip
    """What changed between OLD and NEW: offers, retirements, quotas, capacity, prices.

    OLD and NEW are dates, snapshot files or folders (of snapshots, or a checkout); without them
    the two newest snapshots of each provider. --format also knows github (annotations) and atom.
    """
    chosen, names = settings(), model_names()
    if (checks or brief) and chosen.format is not Format.TABLE:
        raise UsageError("--checks and --brief are text; leave --format out")
    if checks:
        return _list_checks()
    canonical = functools.cache(names.canonical)
    sides = Sides()
    comparison = Comparison(
        point(old, chosen) if old else None, point(new, chosen), sides, canonical
    )
    everyone = comparison.providers(carried=True)
    wanted = {one_of("provider", p, everyone) for p in provider} or comparison.providers()
    found = comparison.run(wanted)
    models = known_models(found, canonical) | sides.priced_models()
    rules = _rules(chosen, using, mine=mine, everything=everything, ignore=ignore,
                   severities=severities)  # fmt: skip
    refuse_unknown(rules.uses, models, chosen)
    asked = _filter(found, model, region, models)
    answer = answer_of(found, comparison, rules, asked)
    answer = msgspec.structs.replace(
        answer,
        not_compared=(
            *answer.not_compared,
            *unseen_regions(found, asked.regions),
            *unseen_uses(found, rules.uses or (), canonical),
        ),
    )
    gated = fail_on is not None and reaches(answer, Severity(fail_on))
    answer = at_least(answer, Severity(severity or Severity.INFO))
    if brief:
        from planner.render.diff_words import headline  # noqa: PLC0415

        write(headline(answer) + "\n")
    else:

        def steps() -> list[DiffAnswer]:
            return [answer_of(s, comparison, rules, asked) for s in comparison.steps(wanted, _FEED)]

        _show(chosen, answer, steps, every_row=every_row)
    for name, error in comparison.unreadable.items():
        click.echo(f"planner: {plain(name)} left out: {plain(error)}", err=True)
    sides.passed_over.note(but=map(str, comparison.unreadable.values()))
    if gated:
        return GATE
    return IN_PART if comparison.unreadable or sides.passed_over.faults else 0


def _show(
    chosen: Settings,
    answer: DiffAnswer,
    steps: Callable[[], list[DiffAnswer]],
    *,
    every_row: bool,
) -> None:
    """Write the answer; a feed tells of each look beside the one before, so that none is missed."""

    def table() -> str:
        from planner.render.diff import diff_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return diff_text(answer, screen(), every_row=every_row)

    def markdown() -> str:
        from planner.render.diff_markdown import diff_markdown  # noqa: PLC0415

        return diff_markdown(answer)

    def github() -> str:
        from planner.render.annotations import annotations  # noqa: PLC0415

        return annotations(answer)

    def feed() -> str:
        from planner.render.atom import atom, entries  # noqa: PLC0415

        last = max((one.to for one in answer.compared), default=_today())
        return atom(entries(steps()), last)

    formats = {Format.MARKDOWN: markdown, Format.GITHUB: github, Format.ATOM: feed}
    show(chosen, answer, answer.changes, table, _COLUMNS, of=Change, formats=formats)


def _rules(
    chosen: Settings,
    using: str | None,
    *,
    mine: bool,
    everything: bool,
    ignore: Path | None,
    severities: Path | None,
) -> Rules:
    """What the team runs, ignores and minds; planner.yaml's using file unless `everything`."""
    user, names = read_settings(), model_names()
    if everything and (using or mine):
        raise UsageError("--everything and --using contradict one another; keep one")
    narrowed = mine or (user.using is not None and using is None and not everything)

    def holdings() -> Holdings:
        return Holdings(chosen, _today(), "deployment")

    uses = find_uses(using, narrowed, user, holdings, names.canonical)
    if uses is not None and not (using or mine):
        note(chosen, f"only what {user.using} says that you run; --everything for the rest")
    ignore, severities = ignore or user.ignore, severities or user.severities
    ignores: tuple[Ignore, ...] = ()
    levels: dict[str, Severity] = {}
    if ignore or severities:
        from planner.files.diff_rules import read_ignores, read_severities  # noqa: PLC0415 - YAML

        if ignore:
            ignores = tuple(_placed(rule) for rule in read_ignores(ignore, names.canonical))
        if severities:
            levels, silent = read_severities(severities)
            ignores += silent
    return Rules(uses=uses, ignores=ignores, severities=levels)


def _placed(rule: Ignore) -> Ignore:
    """An entry of the ignore file with provider and regions as the snapshots spell them."""
    try:
        provider = rule.provider and one_of("provider", rule.provider, {*PROVIDERS, "aws"})
        regions = tuple(known_region(r, provider) for r in rule.regions)
    except UnknownNameError as error:
        raise BadFileError(f"{rule.file}:{rule.line}: {error}") from None
    return msgspec.structs.replace(rule, provider=provider, regions=regions)


def _filter(
    found: Sequence[Found],
    model: Sequence[str],
    region: Sequence[str],
    models: set[str],
) -> Filter:
    """What the call asks for, in the snapshots' spelling; UnknownNameError with close matches."""
    looks = [snapshot for f in found for side in (f.old, f.new) for snapshot in side.snapshots]
    seen = {e.region for look in looks for e in look.coverage if e.region is not None}
    return Filter(
        models={_model(query, models) for query in model},
        regions={known_region(query, also=seen) for query in region},
    )


def _model(query: str, known: set[str]) -> str:
    names = model_names()
    found = names.find(query, known)
    if found is None:
        close = names.close(query, known)
        hint = f"did you mean {' or '.join(close)}?" if close else "see planner models"
        raise UnknownNameError(f"no compared snapshot knows the model {query!r}; {hint}")
    return found


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _list_checks() -> int:
    """Every check, how bad it is, and how bad for those who use what it is about."""
    width = max(map(len, CHECKS))
    lines = [
        f"{name:{width}}  {check.severity:8}  {check.used or check.severity:8}  {check.what}"
        for name, check in CHECKS.items()
    ]
    head = f"{'CHECK':{width}}  {'SEVERITY':8}  {'IF USED':8}  WHAT"
    write("\n".join([head, *lines]) + "\n")
    return 0
