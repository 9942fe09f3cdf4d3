"""What a snapshot's coverage says, in numbers: regions and accounts read, and what was not."""

from collections.abc import Collection, Iterable, Iterator

from planner.core.snapshots import Coverage
from planner.core.snapshots_answer import NotRead


def not_read(coverage: Iterable[Coverage]) -> Iterator[NotRead]:
    """The places that were not read whole, each look once."""
    for entry in coverage:
        if not _was_whole(entry):
            yield NotRead(
                region=entry.region,
                account=entry.account,
                status=entry.status,
                quota_status=entry.quota_status,
                complete=entry.complete,
                carried_from=entry.carried_from,
                error=entry.error,
            )


def regions_read(coverage: Iterable[Coverage]) -> int:
    """How many regions were looked at without a look that failed."""
    whole: dict[str, bool] = {}
    for entry in coverage:
        if entry.region is not None:
            was_read = entry.status.was_read
            whole[entry.region] = whole.get(entry.region, True) and was_read
    return sum(whole.values())


def accounts(coverage: Iterable[Coverage]) -> tuple[str, ...]:
    """The aliases of the accounts that were asked."""
    return tuple(sorted({entry.account for entry in coverage if entry.account is not None}))


def models_named(coverage: Collection[Coverage]) -> int | None:
    """How many models the looks were for; None where one of them was for all, or none looked."""
    if not coverage or any(entry.models is None for entry in coverage):
        return None
    return len({model for entry in coverage for model in entry.models or ()})


def _was_whole(entry: Coverage) -> bool:
    quota = entry.quota_status
    return entry.complete and entry.status.was_read and (quota is None or quota.was_read)
