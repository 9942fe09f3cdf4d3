"""A sample of what each collector brings, from its stand-in cloud."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from planner.collectors import Collector, Facts, Harvest, Piece, Request, find_collectors
from planner.core.collection import Collected, merge
from planner.core.snapshots import Snapshot
from planner.files.facts import bedrock_quota_codes, model_names, regions
from tests.cloud.world import STAND_INS, StandIn

COLLECTORS = find_collectors()
TODAY = dt.date(2026, 11, 20)
FACTS = Facts(model_names(), regions(), bedrock_quota_codes())


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A collector, the pieces that it fetched of its stand-in, and what it made of them."""

    collector: Collector
    pieces: tuple[Piece, ...]
    harvest: Harvest
    secrets: tuple[str, ...]


def snapshot_of(collector: Collector, records: Any, coverage: Any) -> Snapshot:
    """A first snapshot of what was collected."""
    collected = Collected(
        provider=collector.provider, date=TODAY, records=records, coverage=coverage
    )
    return merge(collected).snapshot


def alias(account: str, name: str) -> str:
    """An alias as the command line gives it: a slug and a hash."""
    slug = "-".join(name.lower().split()) or "account"
    return f"{slug}-{hashlib.sha256(account.encode()).hexdigest()[:4]}"


@contextmanager
def reached(stand_in: StandIn) -> Iterator[None]:
    """The environment that leads to a stand-in, for the length of a block."""
    with pytest.MonkeyPatch.context() as patch:
        for name in stand_in.unset:
            patch.delenv(name, raising=False)
        for name, value in stand_in.environment.items():
            patch.setenv(name, value)
        yield


@contextmanager
def sample(provider: str, folder: Path) -> Iterator[Sample]:
    """Collect from a provider's stand-in. KeyError where it has none: write one."""
    collector = COLLECTORS[provider]()
    with STAND_INS[provider](folder) as stand_in, reached(stand_in):
        request = Request(alias=alias, deadline_seconds=60, region_seconds=20)
        pieces = tuple(collector.fetch(request, lambda *_: None))
        harvest = collector.parse(pieces, FACTS)
        yield Sample(collector=collector, pieces=pieces, harvest=harvest, secrets=stand_in.secrets)
