"""Claims about reaching the Retail Prices API: real HTTP over loopback, to a spoiled stand-in."""

import json
import time
from collections.abc import Iterator

import pytest

from planner.core.price_feed import Area
from planner.feeds._http import Limits
from planner.feeds.azure_retail import Failure, Fetched, fetch
from tests.cloud.faults import FAULTS
from tests.cloud.prices import PricesCloud
from tests.cloud.server import Fault, Reply, Seen, Server, bomb, serving

REGION = "eastus2"
BRISK = Limits(tries=3, backoff_seconds=0.01, silence_seconds=0.4)
ITEM = {
    "skuName": "gpt-4o-0806-Inp-glbl",
    "meterName": "gpt-4o-0806-Inp-glbl Tokens",
    "productName": "Azure OpenAI",
    "armRegionName": REGION,
    "retailPrice": 0.0025,
    "unitOfMeasure": "1K",
    "effectiveStartDate": "2024-08-01T00:00:00Z",
}


@pytest.fixture
def server() -> Iterator[Server]:
    """A stand-in for the feed, with pages of five rows."""
    with serving(PricesCloud(page=5).cloud) as running:
        yield running


def fetched(server: Server, *regions: str, seconds: float = 3, **told: bool) -> Fetched:
    """The models of regions, eastus2 where none is named."""
    return fetch(
        set(regions) or {REGION},
        endpoint=server.url,
        deadline_seconds=seconds,
        limits=BRISK,
        **told,  # type: ignore[arg-type]  # models and machines are flags
    )


def in_place(server: Server, reply: Reply, part: str = "", times: int | None = None) -> None:
    """Let a reply stand in for the answers to filters that hold a text."""

    def matches(seen: Seen) -> bool:
        return part in seen.query.get("$filter", "")

    server.faults.append(Fault(matches=matches, reply=reply, times=times))


def failed(server: Server, **told: float) -> str:
    """Why eastus2 could not be read; nothing of it is kept."""
    found = fetched(server, **told)  # type: ignore[arg-type]  # seconds alone
    (failure,) = found.failures
    assert (found.rows, found.areas) == ((), frozenset())
    return failure.reason


def test_models_are_asked_for_under_both_names_of_the_service(server: Server) -> None:
    """One question each and region, and one for managed hosting; only GET, without a login."""
    found = fetched(server, REGION, "japaneast")
    assert found.areas == {Area("azure", "models", r) for r in (REGION, "japaneast")}
    assert found.failures == ()
    assert {row.region for row in found.rows} == {REGION, "japaneast"}
    assert sorted({seen.query["$filter"] for seen in server.seen if REGION in str(seen.query)}) == [
        "productName eq 'Managed Model Hosting Service' and armRegionName eq 'eastus2'",
        "serviceName eq 'Cognitive Services' and armRegionName eq 'eastus2'",
        "serviceName eq 'Foundry Models' and armRegionName eq 'eastus2'",
    ]
    assert {seen.query["api-version"] for seen in server.seen} == {"2023-01-01-preview"}
    assert {seen.method for seen in server.seen} == {"GET"}
    assert not any("authorization" in seen.headers for seen in server.seen)


def test_pages_are_followed_to_the_last(server: Server) -> None:
    """Pages of five rows hold the same as one large page."""
    with serving(PricesCloud().cloud) as whole:
        assert fetched(server).rows == fetched(whole).rows
    assert any("$skip" in seen.query for seen in server.seen)


def test_machines_are_asked_for_alone(server: Server) -> None:
    """GPU sizes of virtual machines."""
    found = fetched(server, models=False, machines=True)
    assert found.areas == {Area("azure", "machines", REGION)}
    assert {row.service_name for row in found.rows} == {"Virtual Machines"}


def test_amounts_keep_their_digits() -> None:
    """0.1 and 8.3e-05 come as they stand in the text."""
    body = json.dumps({"Items": [ITEM]}).replace("0.0025", "0.10000000000000000001").encode()
    with serving(lambda _: Reply(body=body)) as server:
        assert str(fetched(server).rows[0].retail_price) == "0.10000000000000000001"


def test_the_endpoint_comes_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is given."""
    monkeypatch.setenv("PLANNER_AZURE_PRICES_ENDPOINT", server.url + "/")
    assert fetch({REGION}, limits=BRISK).failures == ()


@pytest.mark.parametrize(
    "endpoint", ["http://prices.azure.com", "ftp://127.0.0.1", "prices.azure.com", "https://"]
)
def test_prices_come_over_https_alone(endpoint: str) -> None:
    """Nobody may change a price on its way; http is for a loopback address."""
    with pytest.raises(ValueError, match="is no https address"):
        fetch({REGION}, endpoint=endpoint)


def test_a_region_that_fails_takes_no_other_with_it(server: Server) -> None:
    """It makes no area, so that none of its prices seems to be gone; each is told."""
    in_place(server, Reply(status=404), "'japaneast'")
    said: list[str] = []
    found = fetch({REGION, "japaneast"}, endpoint=server.url, limits=BRISK, tell=said.append)
    assert found.areas == {Area("azure", "models", REGION)}
    assert found.failures == (Failure("azure", "models", "japaneast", "the server answers 404"),)
    assert sorted(said) == [
        f"eastus2 models: {len(found.rows)} rows",
        "japaneast models: the server answers 404",
    ]


def test_half_a_region_is_none(server: Server) -> None:
    """Rows of one service are not kept where the other's cannot be read."""
    in_place(server, Reply(status=400), "Foundry")
    assert failed(server) == "the server answers 400"


def test_a_region_without_rows_is_no_empty_list(server: Server) -> None:
    """Misspelled, or not sold there: it must not seem that its prices are gone."""
    found = fetched(server, "atlantis", "x' or armRegionName ne 'y")
    assert [failure.reason for failure in found.failures] == [
        "the feed has no price of it there",
        "that is no region's short name",
    ]
    assert not any("ne 'y" in str(seen.query) for seen in server.seen)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("html", "the answer is no JSON, or cut off"),
        ("truncated", "the answer is no JSON, or cut off"),
        ("no-utf-8", "the answer is no JSON, or cut off"),
        ("empty-object", 'the answer is no page of prices: it has no list under "Items"'),
        ("not-found", "the server answers 404"),
        ("unavailable", "the server answers 503 after 3 tries"),
        ("throttled", "the server answers 429 after 3 tries"),
        ("throttled-for-an-hour", "the server answers 429 and asks to wait 3600 s"),
        ("short", "the answer broke off after 3 tries"),
        ("reset", "the connection broke off (ConnectionResetError) after 3 tries"),
    ],
)
def test_a_bad_answer_fails_the_region(server: Server, fault: str, reason: str) -> None:
    """With its reason; never an empty list."""
    in_place(server, FAULTS[fault]())
    assert failed(server) == reason


@pytest.mark.parametrize("items", [None, {}, "rows"])
def test_a_page_must_hold_a_list(server: Server, items: object) -> None:
    """Whatever else stands under "Items" is no page."""
    in_place(server, Reply(body={"Items": items}))
    assert failed(server) == 'the answer is no page of prices: it has no list under "Items"'


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"retailPrice": "a lot"}, "retailPrice"),
        ({"skuName": None}, "skuName"),
        ({"savingsPlan": [{}]}, "savingsPlan"),
    ],
)
def test_a_row_unlike_a_price_fails_its_region(
    server: Server, told: dict[str, object], said: str
) -> None:
    """The reason names the field; fields never seen before are let be."""
    in_place(server, Reply(body={"Items": [ITEM | {"neverSeen": 1} | told]}))
    assert said in failed(server)


def test_fields_never_seen_before_are_let_be(server: Server) -> None:
    """A new field of a row or a page is no fault."""
    in_place(server, Reply(body={"Items": [ITEM | {"neverSeen": [1]}], "New": {}}))
    assert fetched(server).failures == ()


def test_a_passing_throttling_is_waited_out(server: Server) -> None:
    """As long as the server asks for."""
    reply = Reply(status=429, headers={"Retry-After": "0.2"})
    in_place(server, reply, "Cognitive", times=1)
    begun = time.monotonic()
    assert fetched(server).failures == ()
    assert time.monotonic() - begun >= 0.2


def test_a_dripping_answer_ends_at_the_deadline(server: Server) -> None:
    """A byte now and then is no progress."""
    in_place(server, Reply(body={"Items": [ITEM]}, drip=0.05))
    begun = time.monotonic()
    assert failed(server, seconds=0.5) == "no whole answer within the time that it has"
    assert time.monotonic() - begun < 3


def test_a_packed_bomb_is_not_unpacked(server: Server) -> None:
    """Some kilobytes that unpack to 80 MB are refused while they are read."""
    in_place(server, bomb(80 * 2**20))
    assert failed(server) == "the answer unpacks to far more than was sent; not read on"


def test_pages_that_loop_end(server: Server) -> None:
    """Each page is asked for once."""
    link = f"{server.url}/api/retail/prices?again"
    in_place(server, Reply(body={"Items": [ITEM], "NextPageLink": link}))
    assert failed(server) == "the pages of the answer loop"
    assert len(server.seen) == 2


def test_pages_without_end_are_capped() -> None:
    """A next page every time, each with another address."""

    def endless(seen: Seen) -> Reply:
        page = int(seen.query.get("page", 0)) + 1
        link = f"http://{seen.headers['host']}{seen.path}?page={page}"
        return Reply(body={"Items": [ITEM], "NextPageLink": link})

    with serving(endless) as server:
        assert failed(server) == "the answer has more than 100 pages"


@pytest.mark.parametrize(
    "link",
    [
        "https://prices.example.com/api/retail/prices?$skip=1000",
        "http://127.0.0.1:1/api/retail/prices?$skip=1000",
        "http://user@127.0.0.1/api",
        "file:///etc/passwd",
        "http://[broken/",
    ],
)
def test_a_next_page_elsewhere_is_not_followed(server: Server, link: str) -> None:
    """Another host, port or scheme."""
    in_place(server, Reply(body={"Items": [ITEM], "NextPageLink": link}))
    assert failed(server) == "the next page is on another host; not followed"
    assert len(server.seen) == 1


def test_a_dead_feed_is_not_asked_for_every_region(server: Server) -> None:
    """After eight failures one after the other the rest is told with the reason of the last."""
    in_place(server, Reply(status=404))
    regions = [f"region{number}" for number in range(40)]
    found = fetched(server, *regions)
    reasons = {failure.region: failure.reason for failure in found.failures}
    assert set(reasons) == set(regions)
    assert list(reasons.values()).count("not read any more: the server answers 404") == 32
    assert len(server.seen) < 20
