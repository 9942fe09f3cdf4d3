"""Collecting from one provider: ask, read, compare with what was known, write."""

import datetime as dt
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
import msgspec

from planner import __version__
from planner.cli import unreachable
from planner.cli.streams import quiet_libraries
from planner.collectors import Collector, Facts, Harvest, Login, Piece, Request
from planner.core.accounts import nameless, without_secrets
from planner.core.collect_answer import Collection, PlaceEntry
from planner.core.collection import Collected, merge, needs_older
from planner.core.looks import Places
from planner.core.nameless import Nameless
from planner.core.offers import KINDS, Offer, Quota
from planner.core.snapshots import Coverage, Origin, Snapshot, Status
from planner.errors import BadFileError, NewerFileError, PlannerError
from planner.files.places import carried_folder
from planner.files.snapshot_lines import decode_header
from planner.files.snapshots import (
    list_snapshots,
    read_snapshot,
    refuse_place,
    snapshot_path,
    write_snapshot,
)

_LOOK_BACK = 10  # snapshots that may be read for what a newer, partial one leaves out
_LONGEST_ERROR = 300
_PACKAGES = {"azure": "azure-identity", "aws": "boto3", "gemini": "google-genai"}

FINE = {Status.OK, Status.EMPTY, Status.NOT_OFFERED, None}
Tell = Callable[[str, int, int], None]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all providers of a call; `say` writes a note for the person who collects."""

    folder: Path
    now: dt.datetime
    facts: Facts
    say: Callable[[str], None]
    accept_drop: bool = False
    dry_run: bool = False
    verbose: bool = False


def login_of(collector: Collector) -> Login:
    """What a collector finds of SDK and credentials; one that breaks has found nothing."""
    try:
        return collector.login()
    except Exception as error:  # noqa: BLE001 - whatever an SDK does, the others go on
        return Login(sdk={}, hint=f"looking for them failed ({type(error).__name__})")


def lacking(provider: str, login: Login) -> str | None:
    """What a provider lacks to be asked at all, and how to come by it; None where nothing."""
    if login.missing_extra:
        package = _PACKAGES.get(login.missing_extra, "its SDK")
        extra = f"pip install 'cloud-llm-planner[{login.missing_extra}]'"
        return f"{provider} needs {package}; {extra}"
    if login.credentials is None:
        return f"{provider} has no credentials; {login.hint or 'see planner doctor'}"
    return None


def failed(provider: str, error: str) -> Collection:
    """A provider of which nothing could be read."""
    entry = Coverage(region=None, kinds=KINDS, status=Status.FAILED, error=error)
    return _collection(provider, (entry,), Places(()))


def collect_from(
    collector: Collector, login: Login, request: Request, run: Run, tell: Tell
) -> Collection:
    """Collect from one provider and write its snapshot, unless nothing at all could be read."""
    provider = collector.provider
    quiet_libraries()
    try:
        if not run.dry_run:
            refuse_place(snapshot_path(run.folder, provider, run.now.date()))
        harvest = _harvest(collector, request, run, tell)
        return _kept(provider, harvest, login.sdk, run, everywhere=not request.regions)
    except PlannerError as error:
        return failed(provider, _tidy(str(error), request))
    except ValueError as error:
        # Records that contradict one another or their provider: the collector's fault.
        return failed(provider, _tidy(f"the collector contradicts itself: {error}", request))
    except Exception as error:  # noqa: BLE001 - values of types that no record has, likewise
        return failed(provider, _told(provider, error, run))


def _harvest(collector: Collector, request: Request, run: Run, tell: Tell) -> Harvest:
    """What a collector brings; where it breaks off, what it brought until then, and why."""
    broken: list[str] = []
    nameless = Nameless(request.alias, {a.id: a.alias for a in request.accounts})
    request = msgspec.structs.replace(request, alias=nameless.alias)

    def until_broken() -> Iterator[Piece]:
        try:
            yield from collector.fetch(request, tell)
        except PlannerError as error:
            broken.append(str(error))
        except Exception as error:  # noqa: BLE001 - whatever a collector does, others go on
            broken.append(_told(collector.provider, error, run))

    try:
        found = collector.parse(until_broken(), run.facts)
    except PlannerError as error:
        found, broken = Harvest(records=(), coverage=()), [str(error)]
    except Exception as error:  # noqa: BLE001 - likewise
        told = _told(collector.provider, error, run)
        found, broken = Harvest(records=(), coverage=()), [told]
    if not found.coverage and not broken:
        broken.append("nothing was asked; check --region")
    coverage = [_tidied(entry, request, collector.provider) for entry in found.coverage]
    coverage += [
        Coverage(region=None, kinds=KINDS, status=Status.FAILED, error=_tidy(why, request))
        for why in broken
    ]
    for text in found.notes:
        run.say(f"{collector.provider}: {_tidy(text, request)}")
    return Harvest(records=tuple(nameless.records(found.records)), coverage=tuple(coverage))


def _told(provider: str, error: Exception, run: Run) -> str:
    """An unforeseen error by its kind alone: its words may quote a secret."""
    if run.verbose:
        frames = traceback.format_tb(error.__traceback__)
        click.echo("".join([*frames, type(error).__name__]), err=True)
    return f"the collector of {provider} broke off ({type(error).__name__}); run with --verbose"


def _kept(
    provider: str, harvest: Harvest, sdk: dict[str, str], run: Run, *, everywhere: bool
) -> Collection:
    """Compare with what was known, and write where anything was read."""
    collected = Collected(
        provider=provider,
        date=run.now.date(),
        records=tuple(nameless(record) for record in harvest.records),
        coverage=harvest.coverage,
        everywhere=everywhere,
        collected_at=run.now,
        tool=f"planner {__version__}",
        sdk=sdk,
    )
    before = _before(provider, collected, run)
    public = partial(_public, provider, run)
    merged = merge(collected, before, public, accept_drop=run.accept_drop)
    snapshot, coverage = merged.snapshot, merged.own_coverage
    found = _collection(provider, coverage, Places(snapshot.records))
    if not any(was_reached(entry) for entry in coverage):
        return found
    path = snapshot_path(run.folder, provider, snapshot.date)
    since = None if run.dry_run else _written(run.folder, snapshot)
    return msgspec.structs.replace(
        found, snapshot=snapshot.date, path=str(path), unchanged_since=since
    )


def was_reached(entry: Coverage | PlaceEntry) -> bool:
    """Whether a place answered, be it with what is hard to believe."""
    reached = {Status.OK, Status.EMPTY, Status.NOT_OFFERED, Status.SUSPECT}
    return not {entry.status, entry.quota_status}.isdisjoint(reached)


def _written(folder: Path, snapshot: Snapshot) -> dt.date | None:
    """Write a snapshot; the earlier day that it equals, if any."""
    path = write_snapshot(folder, snapshot)
    with path.open("rb") as file:
        return decode_header(file.readline()).equals


def _before(provider: str, collected: Collected, run: Run) -> list[Snapshot]:
    """The newest snapshots that know the places of a collection, newest first.

    One that cannot be read is passed over, and said; one of a newer planner is a PlannerError.
    """
    found: list[Snapshot] = []
    days = list_snapshots(run.folder).get(provider, [])
    for day in reversed(days[-_LOOK_BACK:]):
        if found and not needs_older(collected.coverage, found):
            break
        try:
            found.append(read_snapshot(snapshot_path(run.folder, provider, day)))
        except NewerFileError:
            raise
        except BadFileError as error:
            run.say(f"{provider}: nothing is carried from, or compared with, {error}")
    return found


def _public(provider: str, run: Run) -> list[Snapshot]:
    """The carried snapshots of a provider up to today, newest first."""
    folder = carried_folder("snapshots")
    days = [d for d in list_snapshots(folder).get(provider, []) if d <= run.now.date()]
    return [read_snapshot(snapshot_path(folder, provider, day)) for day in reversed(days)]


def _collection(provider: str, coverage: tuple[Coverage, ...], held: Places) -> Collection:
    entries = []
    offers: set[int] = set()
    quotas: set[int] = set()
    for entry in coverage:
        # A snapshot holds each record once, so that the object stands for it.
        mine = held.of(entry)
        own_offers = {id(r) for r in mine if isinstance(r, Offer)}
        own_quotas = {id(r) for r in mine if isinstance(r, Quota)}
        offers |= own_offers
        quotas |= own_quotas
        entries.append(
            PlaceEntry(
                region=entry.region,
                account=entry.account,
                status=entry.status,
                quota_status=entry.quota_status,
                offers=len(own_offers),
                quotas=len(own_quotas),
                carried_from=entry.carried_from,
                error=entry.error,
            )
        )
    return Collection(
        provider=provider,
        snapshot=None,
        path=None,
        origin=Origin.ACCOUNT,
        unchanged_since=None,
        offers=len(offers),
        quotas=len(quotas),
        coverage=tuple(entries),
    )


def _tidied(entry: Coverage, request: Request, provider: str) -> Coverage:
    if entry.error is None:
        return entry
    error = unreachable.told(_tidy(entry.error, request), provider)
    return msgspec.structs.replace(entry, error=error)


def _tidy(text: str, request: Request) -> str:
    """One line of a collector's words, without ids or keys that it may have quoted."""
    for account in request.accounts:
        text = text.replace(account.id, account.alias)
    return " ".join(without_secrets(text).split())[:_LONGEST_ERROR]
