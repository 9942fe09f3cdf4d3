"""Collectors: one file a cloud, found by name; each reaches with `fetch` and reads with `parse`.

`fetch` yields pieces: what one call (or one series of pages) brought, or why it brought nothing. It
never raises for what a cloud does; a piece says it. `parse` is pure: pieces in, records and
coverage out. Another package adds a cloud by an entry point of the group `planner.collectors` that
names a class like these.
"""

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module, metadata
from typing import Any, ClassVar, Protocol

import msgspec

from planner.core.bedrock_quotas import QuotaCode
from planner.core.names import ModelNames
from planner.core.offers import AnyRecord
from planner.core.regions import Regions
from planner.core.snapshots import Coverage, Status
from planner.errors import PlannerError

GROUP = "planner.collectors"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account by its id, which stays in memory, and the alias under which it is written."""

    id: str
    alias: str


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to collect: regions and accounts (none named: all), models whose capacity is asked.

    `alias` names an account that was not named, by its id and its display name; `canonical` gives
    the canonical name of a model, so that `capacity_models` may be spelled in any way. The run
    ends after `deadline_seconds`, a region after `region_seconds`, whatever a server does.
    """

    alias: Callable[[str, str], str]
    canonical: Callable[[str], str] = str
    regions: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    capacity_models: tuple[str, ...] = ()
    deadline_seconds: float = 600
    region_seconds: float = 60
    concurrency: int = 24


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What one question brought: a body, or a status that says why not.

    `what` is the collector's own word for the question ("models", "usages"). `error` is one line
    without ids, tokens or secrets: it reaches snapshots and reports.
    """

    what: str
    account: str | None = None
    region: str | None = None
    status: Status = Status.OK
    body: Any = None
    error: str | None = None


class Harvest(msgspec.Struct, frozen=True, kw_only=True):
    """What pieces say: records, what was looked at, and notes for the person who collects."""

    records: tuple[AnyRecord, ...]
    coverage: tuple[Coverage, ...]
    notes: tuple[str, ...] = ()


class Facts(msgspec.Struct, frozen=True):
    """What parsing needs to know beside the pieces."""

    names: ModelNames
    regions: Regions
    quota_codes: tuple[QuotaCode, ...] = ()


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a cloud can be asked at all: its SDK, its credentials, and what to do if not.

    `credentials` names the kind that was found ("environment", "profile", "key"), never a secret.
    """

    sdk: dict[str, str]
    credentials: str | None = None
    missing_extra: str | None = None
    hint: str | None = None


class Collector(Protocol):
    """One cloud. `provider` names its snapshots, `extra` the optional dependency that it needs."""

    provider: ClassVar[str]
    extra: ClassVar[str]

    def login(self) -> Login:
        """Look for SDK and credentials without asking the cloud."""
        ...

    def fetch(self, request: Request, tell: Callable[[str, int, int], None]) -> Iterator[Piece]:
        """Ask the cloud; `tell(what, done, total)` reports progress."""
        ...

    def parse(self, pieces: Iterable[Piece], facts: Facts) -> Harvest:
        """Read the pieces; what is malformed makes its region failed, never empty."""
        ...


def find_collectors() -> dict[str, type[Collector]]:
    """Every collector by its provider: those of this folder, then those of other packages.

    PlannerError where another package's collector cannot be loaded.
    """
    found: dict[str, type[Collector]] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            collector = import_module(f"{__name__}.{module.name}").COLLECTOR
            found[collector.provider] = collector
    for point in metadata.entry_points(group=GROUP):
        try:
            collector = point.load()
        except Exception as error:
            raise PlannerError(
                f"the collector {point.name} ({point.value}) does not load: {error}; "
                "mend or uninstall its package"
            ) from error
        found.setdefault(collector.provider, collector)
    return found
