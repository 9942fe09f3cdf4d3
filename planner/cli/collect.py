"""`planner collect`: read the clouds into dated snapshots."""

import contextlib
import datetime as dt
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import msgspec

from planner.cli.choices import Choice, choose, refuse_earlier_clock, subscriptions
from planner.cli.collecting import (
    FINE,
    Run,
    Tell,
    collect_from,
    failed,
    lacking,
    login_of,
    was_reached,
)
from planner.cli.options import Exemplified, Settings, common, settings
from planner.cli.output import note, show
from planner.collectors import Facts, Request
from planner.core.accounts import namer
from planner.core.collect_answer import CollectAnswer, Collection, PlaceRow, place_rows
from planner.errors import NoDataError, UsageError
from planner.files.facts import bedrock_quota_codes, model_names, regions
from planner.files.lock import check_room, hold
from planner.files.places import carried_folder
from planner.files.settings import read_settings

ERROR = 1
IN_PART = 3
_COLUMNS = [
    "provider", "region", "account", "status", "quota_status", "offers", "quotas",
    "carried_from", "error",
]  # fmt: skip


@click.command("collect", cls=Exemplified, epilog="Example: planner collect azure --dry-run")
@click.argument("providers", nargs=-1, metavar="[PROVIDER]...")
@click.option(
    "--subscription",
    multiple=True,
    metavar="ID[=ALIAS]",
    help="Only this Azure subscription  [AZURE_SUBSCRIPTION_ID, else all]",
)
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.")
@click.option("--capacity", multiple=True, metavar="MODEL", help="Ask for free capacity, too.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=1),
    default=600,
    metavar="SECONDS",
    help="End the run after so long  [600]",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=24,
    metavar="N",
    help="So many requests at once  [24]",
)
@click.option("--accept-drop", is_flag=True, help="Believe that most of a region is gone.")
@click.option("--dry-run", is_flag=True, help="Read the clouds, write nothing.")
@click.option("--retry-failed", is_flag=True, help="Only the regions that failed last time.")
@common
def command(
    *,
    providers: tuple[str, ...], subscription: tuple[str, ...], region: tuple[str, ...],
    capacity: tuple[str, ...], deadline: float, concurrency: int, accept_drop: bool,
    dry_run: bool, retry_failed: bool,
) -> int:  # fmt: skip
    """Read models, quotas and deployments of your accounts into ./snapshots (or --snapshots).

    PROVIDER is azure, bedrock, aws (GPU machines) or gemini; unnamed, each one that has an SDK
    and credentials. Nothing is ever written to a cloud.
    """
    if retry_failed and region:
        raise UsageError("--retry-failed chooses the regions itself; leave --region out")
    chosen, user = settings(), read_settings()
    run = Run(
        folder=_folder(chosen),
        now=dt.datetime.now(dt.UTC).replace(microsecond=0),
        facts=Facts(model_names(), regions(), bedrock_quota_codes()),
        say=lambda text: note(chosen, text),
        accept_drop=accept_drop,
        dry_run=dry_run,
        verbose=chosen.verbose,
    )
    choices = list(choose(providers, region, retry_failed, run))
    refuse_earlier_clock(choices, run)
    with subscriptions(subscription, user) as (accounts, aliases), _held(run):
        request = Request(
            alias=namer(aliases),
            canonical=run.facts.names.canonical,
            accounts=accounts,
            capacity_models=capacity,
            deadline_seconds=deadline,
            concurrency=concurrency,
        )
        found = list(_collected(choices, request, run, chosen))
    if not found and not retry_failed:
        ready = "both SDK and credentials; see planner doctor"
        has = ready if choices else "such a region; mend --region, or name another provider"
        raise NoDataError(f"nothing to collect: no provider has {has}")
    return _shown(CollectAnswer(collections=tuple(found)), run, chosen)


def _shown(answer: CollectAnswer, run: Run, chosen: Settings) -> int:
    """Write the summary, and say the exit code."""

    def table() -> str:
        from planner.render.collect import collect_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return collect_text(answer, screen(), run.dry_run)

    show(chosen, answer, place_rows(answer), table, _COLUMNS, of=PlaceRow)
    if run.dry_run:
        run.say("dry run: nothing was written")
    places = [entry for c in answer.collections for entry in c.coverage]
    if all({e.status, e.quota_status} <= FINE for e in places):
        return 0
    if any(was_reached(e) for e in places):
        return IN_PART
    click.echo("planner: nothing was collected; the summary says why", err=True)
    return ERROR


def _folder(chosen: Settings) -> Path:
    folder = chosen.snapshots or Path("snapshots")
    if folder.resolve() == carried_folder("snapshots").resolve():
        raise UsageError(f"{folder} holds the carried public data; give --snapshots another folder")
    return folder


@contextlib.contextmanager
def _held(run: Run) -> Iterator[None]:
    """The folder, ready to be written to by this process alone; untouched in a dry run."""
    if run.dry_run:
        yield
        return
    check_room(run.folder)
    with hold(run.folder, run.now):
        yield


def _collected(
    choices: Iterable[Choice], request: Request, run: Run, chosen: Settings
) -> Iterator[Collection]:
    """The providers one after another: each has all requests to itself, Ctrl-C ends the one."""
    from planner.render.collect import progress  # noqa: PLC0415 - rich is slow

    ends_at = time.monotonic() + request.deadline_seconds
    with progress(quiet=chosen.quiet) as bar:
        for choice in choices:
            collector = choice.collector
            login = login_of(collector)
            lack = lacking(collector.provider, login)
            left = ends_at - time.monotonic()
            if lack and choice.named:
                yield failed(collector.provider, lack)
            elif lack:
                run.say(f"skipped: {lack}")
            elif left <= 0:
                yield failed(collector.provider, "not asked before the run's deadline; --deadline")
            else:
                own = msgspec.structs.replace(
                    request,
                    regions=choice.regions,
                    deadline_seconds=left,
                    accounts=request.accounts if collector.provider == "azure" else (),
                )
                yield collect_from(collector, login, own, run, _telling(bar, collector.provider))


def _telling(bar: Tell, provider: str) -> Tell:
    return lambda what, done, total: bar(f"{provider} {what}", done, total)
