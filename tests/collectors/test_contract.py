"""Claims that hold for every collector, found as `planner collect` finds them."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec
import pytest

from planner.collectors import Request
from planner.core.boundaries import parse_boundary
from planner.core.looks import Places
from planner.core.offers import Billing, Meter, Offer
from planner.core.snapshots import Status
from planner.files.snapshots import read_snapshot, write_snapshot
from tests.cloud.faults import spoil
from tests.cloud.world import STAND_INS
from tests.collectors.samples import (
    COLLECTORS,
    FACTS,
    Sample,
    alias,
    reached,
    sample,
    snapshot_of,
)

ROOT = Path(__file__).parents[2]
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
ARN = re.compile(r"\barn:aws", re.IGNORECASE)
AWS_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")

# Faults that are told without waiting; what each collector's tests add is the waiting.
QUICK_FAULTS = (
    "unauthorized",
    "forbidden",
    "not-found",
    "throttled-for-an-hour",
    "html",
    "truncated",
    "empty-object",
    "null-list",
    "no-utf-8",
    "bomb",
)
ONE_OF_EACH = ("swedencentral", "us-east-1", "global")


@pytest.fixture(scope="module", params=sorted(COLLECTORS))
def known(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sample]:
    """The sample of each collector in turn."""
    with sample(request.param, tmp_path_factory.mktemp(request.param)) as collected:
        yield collected


def test_every_collector_has_a_stand_in() -> None:
    """A new cloud brings its stand-in: a class with `cloud(seen) -> Reply`, named in world.py."""
    assert set(COLLECTORS) <= set(STAND_INS)


def test_a_whole_world_is_read_whole(known: Sample) -> None:
    """The stand-in, undisturbed, gives offers, and nothing of it is lost."""
    offers = [r for r in known.harvest.records if isinstance(r, Offer)]
    assert offers
    assert {entry.status for entry in known.harvest.coverage} <= {Status.OK, Status.NOT_OFFERED}


def test_login_finds_the_sdk(known: Sample) -> None:
    """Where the SDK is installed its versions are told, and no extra is missing."""
    login = known.collector.login()
    assert login.sdk
    assert login.missing_extra is None
    assert known.collector.extra


def test_records_are_of_the_provider(known: Sample) -> None:
    """A snapshot of one provider holds records of no other."""
    assert {record.provider for record in known.harvest.records} == {known.collector.provider}


def test_regions_are_known(known: Sample) -> None:
    """Every region has a name that planner knows: a display name, a geography, a country."""
    records, coverage = known.harvest.records, known.harvest.coverage
    named = {getattr(record, "region", None) for record in records} | {e.region for e in coverage}
    provider = known.collector.provider
    assert {r for r in named if r and FACTS.regions.get(provider, r) is None} == set()


def test_boundaries_are_boundaries(known: Sample) -> None:
    """Each is unknown or in the spelling that `--boundary` compares with."""
    offers = [r for r in known.harvest.records if isinstance(r, Offer)]
    spelled = {offer.boundary for offer in offers if offer.boundary is not None}
    assert {parse_boundary(boundary) for boundary in spelled} == spelled


def test_models_have_canonical_names(known: Sample) -> None:
    """A model's name leads to itself, so that every provider's snapshot means the same by it.

    GPU machines, which host any model, go by their own names.
    """
    offers = [r for r in known.harvest.records if isinstance(r, Offer)]
    models = {offer.model for offer in offers if offer.billing is not Billing.SELF_HOSTED}
    assert {FACTS.names.canonical(model) for model in models} == models


def test_identities_are_unique(known: Sample) -> None:
    """No two records stand for one thing."""
    identities = [record.identity for record in known.harvest.records]
    assert len(set(identities)) == len(identities)


def test_every_record_is_covered(known: Sample) -> None:
    """A record of a place that coverage does not name could never be seen to vanish."""
    places = Places(known.harvest.records)
    covered = {r.identity for entry in known.harvest.coverage for r in places.of(entry)}
    assert {record.identity for record in known.harvest.records} == covered


def test_a_snapshot_of_it_reads_back(known: Sample, tmp_path: Path) -> None:
    """What is written is what was collected."""
    snapshot = snapshot_of(known.collector, known.harvest.records, known.harvest.coverage)
    assert read_snapshot(write_snapshot(tmp_path, snapshot)) == snapshot


def test_pieces_in_another_order_say_the_same(known: Sample, tmp_path: Path) -> None:
    """Answers arrive as they like; the file does not tell in which order."""
    parsed = known.collector.parse(reversed(known.pieces), FACTS)
    files = [
        write_snapshot(
            tmp_path / name, snapshot_of(known.collector, harvest.records, harvest.coverage)
        )
        for name, harvest in (("as-fetched", known.harvest), ("reversed", parsed))
    ]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_no_secret_is_kept(known: Sample, tmp_path: Path) -> None:
    """No key, token, subscription, account id or ARN; the only GUIDs are those of meters."""
    harvest = known.harvest
    without_meters = [r for r in harvest.records if not isinstance(r, Meter)]
    path = write_snapshot(tmp_path, snapshot_of(known.collector, without_meters, harvest.coverage))
    told = path.read_text(encoding="utf-8") + "\n".join(harvest.notes)
    assert [word.findall(told) for word in (GUID, ARN, AWS_ACCOUNT)] == [[], [], []]
    everything = msgspec.json.encode(list(harvest.records)).decode() + told
    assert [secret for secret in known.secrets if secret in everything] == []


JUNK: tuple[Any, ...] = (
    None,
    b"",
    b"\xff",
    b"{}",
    b'{"value": null}',
    {},
    [],
    "x",
    5,
    {"models": [None]},
)


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_in_place_of_a_body_is_a_status(known: Sample, junk: Any) -> None:
    """`parse` raises for no body, and nothing that it then says breaks a snapshot."""
    for place in _one_of_each_kind(known):
        pieces = list(known.pieces)
        pieces[place] = msgspec.structs.replace(pieces[place], body=junk)
        harvest = known.collector.parse(pieces, FACTS)
        snapshot_of(known.collector, harvest.records, harvest.coverage)


@pytest.mark.parametrize("status", [Status.DENIED, Status.THROTTLED, Status.FAILED])
def test_a_lost_piece_is_told(known: Sample, status: Status) -> None:
    """Where no question was answered nothing is left, and coverage says why."""
    lost = [
        msgspec.structs.replace(piece, status=status, body=None, error="lost")
        for piece in known.pieces
    ]
    harvest = known.collector.parse(lost, FACTS)
    assert list(harvest.records) == []
    assert harvest.coverage
    assert {entry.status for entry in harvest.coverage} == {status}


@pytest.mark.parametrize("fault", QUICK_FAULTS)
@pytest.mark.parametrize("provider", sorted(COLLECTORS))
def test_a_cloud_that_fails_is_told(provider: str, fault: str, tmp_path: Path) -> None:
    """Whatever a cloud answers instead: a status that is no success, no record, no secret."""
    collector = COLLECTORS[provider]()
    request = Request(alias=alias, regions=ONE_OF_EACH, deadline_seconds=10, region_seconds=5)
    with STAND_INS[provider](tmp_path) as stand_in, reached(stand_in):
        for server in stand_in.servers:
            spoil(server, fault)
        harvest = collector.parse(collector.fetch(request, lambda *_: None), FACTS)
    assert harvest.records == ()
    assert harvest.coverage
    assert [entry for entry in harvest.coverage if entry.status.was_read] == []
    assert [entry for entry in harvest.coverage if not entry.error] == []
    assert [secret for secret in stand_in.secrets if secret in repr(harvest)] == []


def _one_of_each_kind(known: Sample) -> list[int]:
    """The place of the first piece to each question."""
    first: dict[str, int] = {}
    for place, piece in enumerate(known.pieces):
        first.setdefault(piece.what, place)
    return list(first.values())


# --- the stand-ins as a program


def test_the_stand_ins_run_as_a_program() -> None:
    """`python -m tests.cloud` prints what to export, serves, and ends quietly on Ctrl-C."""
    command = [sys.executable, "-m", "tests.cloud", "--only", "gemini", "--fault", "forbidden"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        exported = [program.stdout.readline() for _ in range(3)]
        address = exported[1].strip().removeprefix("export GOOGLE_GEMINI_BASE_URL=")
        with pytest.raises(HTTPError, match="403"):
            urlopen(f"{address}/v1beta/models")  # noqa: S310 - an address of this machine
        program.send_signal(signal.SIGINT)
        rest, said = program.communicate(timeout=20)
    assert exported[0] == "unset GOOGLE_API_KEY\n"
    assert exported[2] == "export GEMINI_API_KEY=stand-in-gemini-key\n"
    assert (program.returncode, rest) == (0, "")
    told = "Export these where you run `planner collect` or `planner prices`; Ctrl-C ends.\n"
    assert said == told
