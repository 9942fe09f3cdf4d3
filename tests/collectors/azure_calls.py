"""Collecting from Azure's stand-in through the real SDK over TLS: what the tests of it share."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.collectors import Account, Facts, Harvest, Piece, Request
from planner.collectors._azure_limits import Limits
from planner.collectors.azure import AzureCollector
from planner.core.snapshots import Coverage
from planner.files.facts import model_names, regions
from tests.cloud.azure import SUBSCRIPTIONS, AzureCloud
from tests.cloud.azure import settings as environment
from tests.cloud.server import Fault, Reply, Seen, Server
from tests.cloud.tls import make_certificate

FACTS = Facts(model_names(), regions())
MAIN, SECOND = SUBSCRIPTIONS
QUICK = Limits(backoff_seconds=0.02)
NAMES = ("AZURE_SUBSCRIPTION_ID", "AZURE_TOKEN_CREDENTIALS", "IDENTITY_ENDPOINT", "MSI_ENDPOINT")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for the tests of this file."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def start(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Server]]:
    """Start stand-ins, and point the environment at the last one."""
    servers: list[Server] = []

    def started(cloud: AzureCloud | None = None) -> Server:
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        server = Server((cloud or AzureCloud()).cloud, certificate)
        servers.append(server)
        for name, value in environment(server.url, str(certificate[0])).items():
            monkeypatch.setenv(name, value)
        return server

    yield started
    for server in servers:
        server.close()


def alias(account: str, name: str) -> str:
    """The alias of an account: its name."""
    return name.lower().replace(" ", "-") or f"unnamed-{account[:2]}"


def ask(limits: Limits = QUICK, **wanted: Any) -> tuple[list[Piece], Harvest]:
    """What a collection brings of the main subscription, in swedencentral unless told."""
    usual: dict[str, Any] = {
        "accounts": (Account(id=MAIN, alias="main"),),
        "regions": ("swedencentral",),
        "deadline_seconds": 20,
    }
    collector = AzureCollector(limits)
    request = Request(alias=alias, **(usual | wanted))
    pieces = list(collector.fetch(request, lambda *_: None))
    return pieces, collector.parse(pieces, FACTS)


def place(harvest: Harvest, region: str | None = "swedencentral") -> Coverage:
    """The entry of a region's models and quotas."""
    return next(e for e in harvest.coverage if e.region == region and "meter" in e.kinds)


def fault(server: Server, part: str, reply: Reply, times: int | None = None) -> None:
    """Have requests whose path ends in `part` answered by a reply."""
    matches = _ends(part)
    server.faults.append(Fault(matches=matches, reply=reply, times=times))


def _ends(part: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.path.endswith(part)


def asked(server: Server, part: str) -> int:
    """How many requests had a path with this end."""
    return sum(seen.path.endswith(part) for seen in server.seen)


def kinds(harvest: Harvest) -> Counter[str]:
    """The records by kind."""
    return Counter(record.kind for record in harvest.records)
