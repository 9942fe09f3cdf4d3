"""Claims about reaching the AWS price list: real HTTP over loopback, to a stand-in with faults."""

import gzip
import json
import time
from collections.abc import Iterator
from datetime import date

import pytest

from planner.core.price_feed import Area
from planner.core.price_rows import HourlyPrice
from planner.feeds._http import Limits
from planner.feeds.aws_price_list import Bounds, Failure, Fetched, fetch, parse
from planner.files.facts import model_names
from tests.cloud.faults import FAULTS, spoil
from tests.cloud.prices import PricesCloud
from tests.cloud.prices_aws import offer_file
from tests.cloud.prices_change import Changes
from tests.cloud.server import Fault, Reply, Seen, Server, bomb, on_path, serving

TODAY = date(2026, 11, 20)
REGION = "us-east-1"
BRISK = Bounds(
    model_seconds=2.5,
    machine_seconds=2.5,
    http=Limits(tries=3, backoff_seconds=0.01, silence_seconds=0.4),
)
INDEX = "region_index.json"
MODEL_FILE = "/AmazonBedrock/current/us-east-1/"


@pytest.fixture
def server() -> Iterator[Server]:
    """A stand-in for the price list."""
    with serving(PricesCloud().cloud) as running:
        yield running


def models(server: Server, *regions: str, bounds: Bounds = BRISK) -> Fetched:
    """The models of regions, us-east-1 where none is named."""
    return fetch(set(regions) or {REGION}, endpoint=server.url, bounds=bounds)


def machines(server: Server, *, bounds: Bounds = BRISK) -> Fetched:
    """The machines of us-east-1."""
    return fetch({REGION}, models=False, machines=True, endpoint=server.url, bounds=bounds)


def spoiled(server: Server, fault: str, path: str) -> None:
    """Let a fault stand in for the answers of a path."""
    server.faults.append(Fault(matches=on_path(path), reply=FAULTS[fault]()))


def paths(server: Server) -> list[str]:
    """What was asked for, in the order of its names."""
    return sorted(seen.path.removeprefix("/offers/v1.0/aws/") for seen in server.seen)


def test_models_are_read_from_both_offers_of_each_region(server: Server) -> None:
    """The list of regions first, then one file each; only GET, without a login."""
    fetched = models(server, REGION, "eu-west-1")
    assert [(file.offer, file.region) for file in fetched.files] == [
        ("AmazonBedrock", "eu-west-1"),
        ("AmazonBedrock", "us-east-1"),
        ("AmazonBedrockFoundationModels", "eu-west-1"),
        ("AmazonBedrockFoundationModels", "us-east-1"),
    ]
    assert fetched.areas == {
        Area("bedrock", "models", "eu-west-1"),
        Area("bedrock", "models", "us-east-1"),
    }
    assert fetched.failures == ()
    assert paths(server) == [
        "AmazonBedrock/current/eu-west-1/index.json",
        "AmazonBedrock/current/region_index.json",
        "AmazonBedrock/current/us-east-1/index.json",
        "AmazonBedrockFoundationModels/current/eu-west-1/index.json",
        "AmazonBedrockFoundationModels/current/region_index.json",
        "AmazonBedrockFoundationModels/current/us-east-1/index.json",
    ]
    assert {seen.method for seen in server.seen} == {"GET"}
    assert not any("authorization" in seen.headers for seen in server.seen)


def test_no_regions_ask_for_all_that_have_models(server: Server) -> None:
    """As the price list itself names them."""
    fetched = fetch(None, endpoint=server.url, bounds=BRISK)
    assert sorted(area.region for area in fetched.areas) == [
        "ap-northeast-1",
        "ca-central-1",
        "eu-west-1",
        "il-central-1",
        "us-east-1",
        "us-west-2",
    ]


def test_machines_need_regions() -> None:
    """A file of theirs holds 480 MB."""
    with pytest.raises(ValueError, match="machines are asked for without regions"):
        fetch(None, machines=True)


def test_of_machines_only_those_with_accelerators_are_held() -> None:
    """Of a file of some MB, in which most machines are others, whose prices do not matter."""
    with serving(PricesCloud(ec2_bytes=4_000_000).cloud) as server:
        fetched = fetch(
            {REGION},
            models=False,
            machines=True,
            instances={"trn1.32xlarge"},
            endpoint=server.url,
        )
    (file,) = fetched.files
    assert sorted(file.products) == ["P4D", "P5E", "TRN1"]
    rows = parse(fetched, model_names(), TODAY, instances={"trn1.32xlarge"}).feed.rows
    assert [(r.name, r.term, str(r.amount)) for r in rows if isinstance(r, HourlyPrice)] == [
        ("p4d.24xlarge", "on_demand", "32.7726"),
        ("p4d.24xlarge", "1_year", "20.1837"),
        ("p4d.24xlarge", "3_years", "11.1111111111"),
        ("trn1.32xlarge", "on_demand", "21.5"),
    ]


def test_the_endpoint_comes_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is given."""
    monkeypatch.setenv("PLANNER_AWS_PRICES_ENDPOINT", server.url + "/")
    assert fetch({REGION}, bounds=BRISK).failures == ()


def test_a_region_that_no_list_names_is_a_failure_and_nothing_is_asked_for_it(
    server: Server,
) -> None:
    """Not even with a name that is a path."""
    fetched = models(server, REGION, "../../../x")
    assert fetched.failures == (
        Failure("bedrock", "models", "../../../x", "the price list has no file of this region"),
    )
    assert fetched.areas == {Area("bedrock", "models", REGION)}
    assert not any("x" in path.split("/") for path in paths(server))


BAD_BODIES = {
    "forbidden": "the server answers 403",
    "not-found": "the server answers 404",
    "unauthorized": "the server answers 401",
    "html": "the answer is no JSON, or cut off",
    "truncated": "the answer is no JSON, or cut off",
    "no-utf-8": "the answer is no valid UTF-8",
    "empty-object": 'the answer has no "products"',
    "null-list": 'the answer has no "products"',
    "empty-list": 'the answer has no "products"',
    "bomb": "the answer unpacks to far more than was sent; not read on",
    "throttled-for-an-hour": "the server answers 429 and asks to wait 3600 s",
    "conflict": "the server answers 409 after 3 tries",
    "throttled": "the server answers 429 after 3 tries",
    "server-error": "the server answers 500 after 3 tries",
    "unavailable": "the server answers 503 after 3 tries",
    "reset": "the connection broke off (RemoteDisconnected) after 3 tries",
    "short": "the answer broke off after 3 tries",
    "drip": "the answer broke off after 3 tries",
}


def test_every_fault_has_its_claim() -> None:
    """None of those that the stand-ins know is forgotten."""
    assert set(BAD_BODIES) == set(FAULTS)


@pytest.mark.parametrize("fault", BAD_BODIES)
def test_a_file_that_cannot_be_read_makes_its_region_no_area(server: Server, fault: str) -> None:
    """The reason is told, the other offer's file counts, other regions are not touched."""
    spoiled(server, fault, MODEL_FILE)
    fetched = models(server, REGION, "eu-west-1")
    reasons = [failure.reason for failure in fetched.failures]
    if fault == "reset":  # by a hard close, whichever side notices first
        assert reasons[0].startswith("AmazonBedrock: the connection broke off (")
    else:
        assert reasons == [f"AmazonBedrock: {BAD_BODIES[fault]}"]
    assert fetched.areas == {Area("bedrock", "models", "eu-west-1")}
    assert [(file.offer, file.region) for file in fetched.files] == [
        ("AmazonBedrock", "eu-west-1"),
        ("AmazonBedrockFoundationModels", "eu-west-1"),
        ("AmazonBedrockFoundationModels", "us-east-1"),
    ]


def test_a_list_of_regions_that_cannot_be_read_fails_all_its_regions(server: Server) -> None:
    """For both families alike; nothing is asked for on a guess."""
    spoiled(server, "html", INDEX)
    fetched = fetch({REGION}, machines=True, endpoint=server.url, bounds=BRISK)
    assert [(one.family, one.reason) for one in fetched.failures] == [
        ("machines", "AmazonEC2: the answer is no JSON, or cut off"),
        ("models", "AmazonBedrock: the answer is no JSON, or cut off"),
        ("models", "AmazonBedrockFoundationModels: the answer is no JSON, or cut off"),
    ]
    assert fetched.files == ()
    assert all(path.endswith(INDEX) for path in paths(server))


def test_without_any_list_and_any_region_there_is_still_a_failure(server: Server) -> None:
    """Silence is no answer."""
    spoil(server, "unavailable")
    fetched = fetch(None, endpoint=server.url, bounds=BRISK)
    assert {failure.region for failure in fetched.failures} == {"all regions"}


@pytest.mark.parametrize("fault", ["throttled", "unavailable", "reset", "short"])
def test_a_trouble_that_passes_leaves_no_trace(server: Server, fault: str) -> None:
    """The file is asked for again, from its beginning."""
    server.faults.append(Fault(matches=on_path(MODEL_FILE), reply=FAULTS[fault](), times=2))
    fetched = models(server)
    assert fetched.failures == ()
    assert len([path for path in paths(server) if MODEL_FILE[1:] in path]) == 3


def test_a_retry_after_is_honoured(server: Server) -> None:
    """The second request comes no sooner than the server asked."""
    reply = Reply(status=429, headers={"Retry-After": "0.3"})
    server.faults.append(Fault(matches=on_path(MODEL_FILE), reply=reply, times=1))
    began = time.monotonic()
    assert models(server).failures == ()
    assert time.monotonic() - began >= 0.3


def test_a_body_that_drips_meets_its_deadline(server: Server) -> None:
    """However often a byte comes."""
    reply = Reply(body=b" " * 10_000, drip=0.05)
    server.faults.append(Fault(matches=on_path(MODEL_FILE), reply=reply))
    began = time.monotonic()
    fetched = models(server)
    assert time.monotonic() - began < 6
    assert [failure.reason for failure in fetched.failures] == [
        "AmazonBedrock: no whole answer within the time that it has"
    ]


def test_a_large_body_meets_its_cap(server: Server) -> None:
    """Packed or not; a cap of its own for machines."""
    small = Bounds(model_bytes=2000, machine_bytes=3 * 2**20, http=BRISK.http)
    reasons = {failure.reason for failure in models(server, bounds=small).failures}
    assert reasons == {
        "AmazonBedrock: the answer is larger than 0 MiB",
        "AmazonBedrockFoundationModels: the answer is larger than 0 MiB",
    }
    with serving(PricesCloud(ec2_bytes=4_000_000).cloud) as large:
        (failure,) = machines(large, bounds=small).failures
    assert failure == Failure(
        "aws", "machines", REGION, "AmazonEC2: the answer is larger than 3 MiB"
    )


def test_a_gzip_body_is_unpacked(server: Server) -> None:
    """As a content network packs it."""
    body = offer_file("AmazonEC2", REGION, Changes(), size=500_000)
    packed = Reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    server.faults.append(Fault(matches=on_path("/AmazonEC2/current/us-east-1/"), reply=packed))
    assert machines(server).failures == ()


def test_a_bomb_is_not_read_to_its_end_even_under_the_machines_cap(server: Server) -> None:
    """300 KB that unpack to 300 MB stop at 200 times what was sent."""
    server.faults.append(
        Fault(matches=on_path("/AmazonEC2/current/us-east-1/"), reply=bomb(300 * 2**20))
    )
    began = time.monotonic()
    (failure,) = machines(server, bounds=Bounds(http=BRISK.http)).failures
    assert failure.reason == (
        "AmazonEC2: the answer unpacks to far more than was sent; not read on"
    )
    assert time.monotonic() - began < 5


def test_a_packing_that_was_not_asked_for_is_refused(server: Server) -> None:
    """It could not be bounded."""
    reply = Reply(body=b"x", headers={"Content-Encoding": "br"})
    server.faults.append(Fault(matches=on_path(MODEL_FILE), reply=reply))
    (failure,) = models(server).failures
    assert failure.reason.endswith("the answer is packed in a way that was not asked for")


def test_a_redirect_is_not_followed(server: Server) -> None:
    """Neither to another host nor to a file."""
    with serving(lambda _: Reply(body={})) as elsewhere:
        reply = Reply(status=302, headers={"Location": elsewhere.url})
        server.faults.append(Fault(matches=on_path(MODEL_FILE), reply=reply))
        (failure,) = models(server).failures
        assert elsewhere.seen == []
    assert failure.reason == (
        "AmazonBedrock: the server answers 302, to another address; not followed"
    )


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        ("file:///etc", "is no http or https address"),
        ("pricing.example", "is no http or https address"),
        ("https://me:secret@pricing.example", "the address holds a login; none is needed"),
    ],
)
def test_an_endpoint_that_is_none_is_refused(endpoint: str, reason: str) -> None:
    """And a password in it is not repeated."""
    fetched = fetch({REGION}, endpoint=endpoint, bounds=BRISK)
    assert all(reason in failure.reason for failure in fetched.failures)
    assert not any("secret" in failure.reason for failure in fetched.failures)


def test_no_network_is_a_failure_with_its_reason() -> None:
    """Nobody listens there."""
    fetched = fetch({REGION}, endpoint="http://127.0.0.1:1", bounds=BRISK)
    assert {failure.reason.partition(": ")[2] for failure in fetched.failures} == {
        "the connection broke off (ConnectionRefusedError) after 3 tries"
    }


def test_progress_names_each_file(server: Server) -> None:
    """As it is read, or why it could not be."""
    spoiled(server, "not-found", MODEL_FILE)
    said: list[str] = []
    fetch({REGION}, endpoint=server.url, bounds=BRISK, progress=said.append)
    assert sorted(said) == [
        "AmazonBedrock us-east-1: the server answers 404",
        "AmazonBedrockFoundationModels us-east-1: read",
    ]


def test_a_second_reading_of_the_same_files_is_the_same(server: Server) -> None:
    """Row for row, in the same order."""
    first, second = (parse(models(server), model_names(), TODAY) for _ in range(2))
    assert first == second


def test_a_change_between_two_requests_is_seen() -> None:
    """A price that rises, jumps and falls to zero, words that change, a meter that goes."""
    cloud = PricesCloud()
    with serving(cloud.cloud) as server:
        told = [_changing(server)]
        for kind in ("price", "jump", "words", "zero", "gone"):
            cloud.change(kind)
            told.append(_changing(server))
    assert told == [
        ("0.15", "default"),
        ("0.165", "default"),
        ("0.825", "default"),
        ("0.825", "flex"),
        ("0", "flex"),
        (),
    ]


def _changing(server: Server) -> tuple[str, ...]:
    """What the meter NATIVE00 says."""
    feed = parse(models(server), model_names(), TODAY).feed
    for row in feed.rows:
        if row.meter_id == "NATIVE00" and row.deployment_type == "on-demand":
            return str(row.amount), getattr(row, "tier", "")
    return ()


def test_the_stand_in_serves_azure_s_prices_page_by_page() -> None:
    """With the filters of the real one, and links to the next page."""
    with serving(PricesCloud(page=2).cloud) as server:
        wanted = (
            "(serviceName eq 'Virtual Machines' or serviceName eq 'Foundry Models')"
            " and armRegionName eq 'eastus2' and not contains(meterName, 'Spot')"
            " and retailPrice gt 7"
        )
        seen = Seen(
            method="GET",
            path="/api/retail/prices",
            query={"$filter": wanted},
            headers={"host": server.url.removeprefix("http://")},
        )
        cloud = PricesCloud(page=2)
        names, counts = [], []
        while True:
            body = json.loads(json.dumps(cloud.cloud(seen).body))
            names += [row["meterName"] for row in body["Items"]]
            counts.append(body["Count"])
            if body["NextPageLink"] is None:
                break
            assert body["NextPageLink"].startswith(server.url)
            skip = body["NextPageLink"].rpartition("skip=")[2]
            seen = Seen(
                method="GET",
                path=seen.path,
                query={"$filter": wanted, "$skip": skip},
                headers=seen.headers,
            )
    assert names == [
        "5.4 opt Dz 1M Tokens",
        "Mngd MI300_192GB Gl",
        "NC48ads_A100_v4",
        "NC48ads_A100_v4",
        "NC48ads_A100_v4",
        "NC48ads_A100_v4",
    ]
    assert counts == [2, 2, 2]


def test_a_change_can_be_asked_for_by_http(server: Server) -> None:
    """For whoever runs the stand-in by hand."""
    import urllib.request  # noqa: PLC0415 - of use here alone

    request = urllib.request.Request(f"{server.url}/change/jump", data=b"", method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        assert json.loads(answer.read()) == {"changed": "jump"}
    assert _changing(server) == ("0.75", "default")
