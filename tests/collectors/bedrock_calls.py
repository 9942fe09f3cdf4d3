"""Collecting from Bedrock's stand-in through the real boto3: what the tests of it share."""

from collections.abc import Iterator

import msgspec
import pytest

from planner.collectors import Facts, Harvest, Piece, Request
from planner.collectors.bedrock import BedrockCollector
from planner.core.offers import Offer
from planner.core.snapshots import Coverage
from planner.files.facts import model_names, regions
from tests.cloud.aws import AwsCloud, environment
from tests.cloud.server import Server, serving

MODELS_PATH = "/foundation-models"
FACTS = Facts(names=model_names(), regions=regions())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The stand-in, and a login to it."""
    with serving(AwsCloud().cloud) as running:
        log_in(monkeypatch, running.url)
        yield running


def log_in(monkeypatch: pytest.MonkeyPatch, url: str, **more: str) -> None:
    """Set the variables of a login, and no others of AWS."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (environment(url) | more).items():
        monkeypatch.setenv(name, value)


def fetch(*names: str, **limits: float) -> list[Piece]:
    """The pieces of some regions, under the alias "main-1a2b"."""
    request = Request(alias=lambda _id, _: "main-1a2b", regions=names)
    request = msgspec.structs.replace(request, **limits)
    return list(BedrockCollector().fetch(request, lambda *_: None))


def collect(*names: str, **limits: float) -> Harvest:
    """What the pieces of some regions say."""
    return BedrockCollector().parse(fetch(*names, **limits), FACTS)


def looked_at(harvest: Harvest, region: str | None = "us-east-1") -> Coverage:
    """The coverage of a region's offers."""
    return next(e for e in harvest.coverage if e.region == region and "offer" in e.kinds)


def offers(harvest: Harvest) -> list[Offer]:
    """The offers among the records."""
    return [r for r in harvest.records if isinstance(r, Offer)]
