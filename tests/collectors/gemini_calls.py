"""Collecting from Gemini's stand-in through the real SDK: what the tests of it share."""

from collections.abc import Iterator
from typing import Any

import pytest

from planner.collectors import Facts, Harvest, Piece, Request
from planner.collectors.gemini import GeminiCollector
from planner.core.names import ModelNames
from planner.core.regions import Regions
from planner.core.snapshots import Status
from tests.cloud.gemini import GeminiCloud, environment
from tests.cloud.server import Server, serving

FACTS = Facts(ModelNames(()), Regions(()))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A stand-in with the default world, and the environment that leads to it."""
    with serving(GeminiCloud().cloud) as running:
        reach(running, monkeypatch)
        yield running


def reach(running: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the environment to a stand-in."""
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    for name, value in environment(running.url).items():
        monkeypatch.setenv(name, value)


def collected(*, seconds: float = 20, first_wait: float = 0.001, **fields: Any) -> Harvest:
    """What a collection reads, with short waits between tries."""
    pieces = fetched(seconds=seconds, first_wait=first_wait, **fields)
    return GeminiCollector().parse(pieces, FACTS)


def fetched(*, seconds: float = 20, first_wait: float = 0.001, **fields: Any) -> list[Piece]:
    """The pieces of a collection."""
    request = Request(alias=lambda _, name: name, region_seconds=seconds, **fields)
    collector = GeminiCollector(first_wait_seconds=first_wait)
    return list(collector.fetch(request, lambda *_: None))


def outcome(harvest: Harvest) -> tuple[Status, str | None]:
    """How the one entry of coverage ended."""
    (entry,) = harvest.coverage
    return entry.status, entry.error
