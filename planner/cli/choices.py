"""What `planner collect` is asked for: providers, their regions, and Azure subscriptions."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from planner.cli.collecting import FINE, Run
from planner.cli.facts import known_region, one_of
from planner.collectors import Account, Collector, find_collectors
from planner.core.accounts import checked_alias
from planner.core.collection import later
from planner.errors import BadFileError, PlannerError, UsageError
from planner.files.facts import regions
from planner.files.settings import UserSettings
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One provider to collect from, and which of its regions (none: all)."""

    collector: Collector
    named: bool
    regions: tuple[str, ...] = ()


def choose(
    names: Sequence[str], region: Sequence[str], retry_failed: bool, run: Run
) -> Iterator[Choice]:
    """The collectors that are asked for, each with its regions; what is left out is said."""
    known = find_collectors()
    wanted = dict.fromkeys(one_of("provider", name, known) for name in names) or known
    owners: dict[str, list[str]] = {p: [] for p in wanted}
    for query in region:
        for provider, own in _spelled(query, wanted, run.folder).items():
            owners[provider].append(own)
    for provider in wanted:
        regions_ = tuple(owners[provider])
        if region and not regions_:
            run.say(f"{provider} left out: it has no region {' or '.join(region)}")
            continue
        if retry_failed:
            again = _failed_before(provider, run)
            if again is None:
                continue
            regions_ = again
        yield Choice(collector=known[provider](), named=bool(names), regions=regions_)


def _spelled(query: str, providers: Iterable[str], folder: Path) -> dict[str, str]:
    """A region as each of the providers that has it spells it; UnknownNameError where none has."""
    table = regions()
    placed = {region.provider for region in table}
    names = {region.name for region in table.find(query)}
    found: dict[str, str] = {}
    for provider in providers:
        seen = {n for n in _seen_regions(folder, provider) if n.casefold() == query.casefold()}
        own = seen | {name for name in names if table.get(provider, name)}
        if own:
            found[provider] = min(own)
        elif not names and provider not in {*placed, "aws"}:
            found[provider] = query  # of regions that only its own cloud can tell
    if not found and not names:
        known_region(query)
    return found


def _seen_regions(folder: Path, provider: str) -> set[str]:
    """The regions of a provider's last snapshot of the user's own."""
    days = list_snapshots(folder).get(provider, [])
    if not days:
        return set()
    with contextlib.suppress(PlannerError):
        last = read_snapshot(snapshot_path(folder, provider, days[-1]), lambda _: False)
        return {entry.region for entry in last.coverage if entry.region is not None}
    return set()


def _failed_before(provider: str, run: Run) -> tuple[str, ...] | None:
    """The regions that failed in the last snapshot, () where all did; None where none did.

    Of a file that cannot be read nothing is known: all regions are asked again.
    """
    days = list_snapshots(run.folder).get(provider, [])
    if not days:
        run.say(f"{provider} left out: no snapshot of it here yet; run planner collect {provider}")
        return None
    try:
        last = read_snapshot(snapshot_path(run.folder, provider, days[-1]), lambda _: False)
    except BadFileError as error:
        run.say(f"{provider}: which regions failed is unknown, so all are read: {error}")
        return ()
    lost = [e for e in last.coverage if not {e.status, e.quota_status} <= FINE]
    if not lost:
        run.say(f"{provider} left out: nothing failed on {days[-1]}")
        return None
    if any(entry.region is None for entry in lost):
        return ()
    return tuple(sorted({entry.region for entry in lost if entry.region is not None}))


def refuse_earlier_clock(choices: Iterable[Choice], run: Run) -> None:
    """PlannerError with both dates where a chosen provider has a snapshot of a later day."""
    found = list_snapshots(run.folder)
    for choice in choices:
        provider = choice.collector.provider
        days = found.get(provider, [])
        if days and days[-1] > run.now.date():
            raise PlannerError(later(provider, days[-1], run.now.date()))


def _refuse_shared(aliases: Mapping[str, str], chosen: Iterable[str]) -> None:
    """UsageError where two of the subscriptions would be written under one alias."""
    owners: dict[str, str] = {}
    wanted = {account.lower() for account in chosen} or {account.lower() for account in aliases}
    for account, alias in aliases.items():
        known = owners.setdefault(alias.lower(), account.lower())
        if known != account.lower() and wanted & {known, account.lower()}:
            raise UsageError(f"the alias {alias} is given to two accounts; choose another for one")


@contextlib.contextmanager
def subscriptions(
    given: Sequence[str], user: UserSettings
) -> Iterator[tuple[tuple[Account, ...], dict[str, str]]]:
    """The chosen Azure subscriptions and all aliases by account id.

    An id without an alias needs its display name, which only Azure knows: it goes where Azure's
    own setting stands, AZURE_SUBSCRIPTION_ID, for as long as the collection runs.
    """
    ids = {alias: account for account, alias in user.accounts.items()}
    aliases = dict(user.accounts)
    chosen = []
    for text in given:
        account, _, alias = text.partition("=")
        account = ids.get(account, account)
        if not _GUID.fullmatch(account):
            raise UsageError("--subscription takes ID[=ALIAS]: a GUID, or an alias of planner.yaml")
        if alias:
            try:
                aliases[account] = checked_alias(alias)
            except ValueError as error:
                raise UsageError(f"--subscription: {error}") from None
        chosen.append(account)
    _refuse_shared(aliases, chosen)
    if all(account in aliases for account in chosen):
        yield tuple(Account(id=i, alias=aliases[i]) for i in dict.fromkeys(chosen)), aliases
        return
    before = os.environ.get("AZURE_SUBSCRIPTION_ID")
    os.environ["AZURE_SUBSCRIPTION_ID"] = " ".join(dict.fromkeys(chosen))
    try:
        yield (), aliases
    finally:
        os.environ.pop("AZURE_SUBSCRIPTION_ID")
        if before is not None:
            os.environ["AZURE_SUBSCRIPTION_ID"] = before
