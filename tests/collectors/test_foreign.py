"""Claims about a collector of another package, found by its entry point."""

from pathlib import Path

import pytest

from planner.collectors import Collector, Request, find_collectors
from planner.core.snapshots import Status
from planner.files.snapshots import read_snapshot, write_snapshot
from tests.collectors.samples import COLLECTORS, FACTS, alias, snapshot_of

ACME = '''
"""A cloud that planner does not know, written against its interface alone."""

import json

from planner.collectors import Harvest, Login, Piece
from planner.core.offers import Billing, Offer, Scope
from planner.core.snapshots import Coverage, Status


class AcmeCollector:
    provider = "acme"
    extra = "acme"

    def login(self):
        return Login(sdk={"acme-cloud": "1.0"}, credentials="none needed")

    def fetch(self, request, tell):
        yield Piece(what="models", region="moon", body='[{"id": "gpt-4o-2024-08-06"}]')
        yield Piece(what="models", region="mars", status=Status.DENIED, error="too far")
        tell("moon", 1, 1)

    def parse(self, pieces, facts):
        records, coverage = [], []
        for piece in pieces:
            coverage.append(
                Coverage(region=piece.region, status=piece.status, error=piece.error)
            )
            for entry in json.loads(piece.body or "[]"):
                model, version = facts.names.split(entry["id"])
                records.append(
                    Offer(
                        provider="acme", region=piece.region, model=model, version=version,
                        deployment_type="rocket", usage_name=None, billing=Billing.ON_DEMAND,
                        scope=Scope.REGIONAL,
                    )
                )
        return Harvest(records=tuple(records), coverage=tuple(coverage))


class Impostor(AcmeCollector):
    provider = "gemini"
'''
ENTRY_POINTS = """
[planner.collectors]
acme = acme_cloud:AcmeCollector
gemini = acme_cloud:Impostor
"""


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, type[Collector]]:
    """The collectors that are found where a package with another one is installed."""
    info = tmp_path / "acme_cloud-1.0.dist-info"
    info.mkdir()
    (tmp_path / "acme_cloud.py").write_text(ACME, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-cloud\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    return find_collectors()


def test_another_package_adds_a_cloud(acme: dict[str, type[Collector]], tmp_path: Path) -> None:
    """Its collector is found by its entry point, and what it brings becomes a snapshot."""
    collector = acme["acme"]()
    pieces = collector.fetch(Request(alias=alias), lambda *_: None)
    harvest = collector.parse(pieces, FACTS)
    snapshot = snapshot_of(collector, harvest.records, harvest.coverage)
    assert read_snapshot(write_snapshot(tmp_path, snapshot)) == snapshot
    (record,) = snapshot.records
    assert record.identity[:5] == ("offer", "acme", "moon", "gpt-4o", "2024-08-06")
    assert {entry.region: entry.status for entry in snapshot.coverage} == {
        "moon": Status.OK,
        "mars": Status.DENIED,
    }


def test_another_package_takes_no_cloud_over(acme: dict[str, type[Collector]]) -> None:
    """A provider that planner itself reads stays with it."""
    assert acme["gemini"] is COLLECTORS["gemini"]
