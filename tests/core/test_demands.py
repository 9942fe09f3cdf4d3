"""Claims about what a workload demands, the reasons of a no, and the steps that would mend it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from planner.core.demands import Objection, Place, of_lot, of_model, of_place, of_quota
from planner.core.lots import Lot, LotRegion
from planner.core.offered import ways_for
from planner.core.offers import Availability, Billing, Scope
from planner.core.profiles import business_hours, flat
from planner.core.quota_needs import needed_of
from planner.core.unit_grid import Grid
from planner.core.ways import Rates, Standing
from planner.core.workload import Lengths, Where
from tests.builders import day
from tests.supplied import MODEL, fact, on_demand, supply, tokens, workload

ON = day("2026-11-20")
CLAUDE = "claude-sonnet-4-5"


def lot(**fields: Any) -> Lot:
    """gpt-4.1 under GlobalStandard in swedencentral, with a price, free to use."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "model": "gpt-4.1",
        "version": "2025-04-14",
        "deployment_type": "GlobalStandard",
        "billing": Billing.ON_DEMAND,
        "standing": standing(),
        "rates": Rates(input=Decimal(2), output=Decimal(8)),
        "places": (),
    }
    return Lot(**(usual | fields))


def standing(tokens: float | None = None, requests: float | None = None, **fields: Any) -> Standing:
    """What is free of a quota, by the minute."""
    usual: dict[str, Any] = {"availability": Availability.AVAILABLE}
    return Standing(
        free_tokens_per_minute=tokens, free_requests_per_minute=requests, **(usual | fields)
    )


def place(**fields: Any) -> Place:
    """A regional offer in swedencentral, 20 ms away."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "region": "swedencentral",
        "boundary": "se",
        "scope": Scope.REGIONAL,
        "latency_ms": 20,
    }
    return Place(**(usual | fields))


def objections(where: Where, **fields: Any) -> list[Objection]:
    """What is said against a place."""
    return list(of_place(where, place(**fields)))


def test_a_request_reserves_its_max_tokens() -> None:
    """600 a minute of 1,000 in: 720,000 with answers of 200, 1,200,000 with max_tokens of 1,000."""
    assert needed_of(workload(), "azure", "gpt-4.1").tokens_per_minute == 720_000
    reserved = workload(max_tokens=1000)
    assert needed_of(reserved, "azure", "gpt-4.1").tokens_per_minute == 1_200_000
    long = workload(output=Lengths.of(200, maximum=500))
    assert needed_of(long, "azure", "gpt-4.1").tokens_per_minute == 900_000


def test_a_request_has_its_tokens_where_all_may_wait() -> None:
    """Nothing is answered at once: the busiest minute takes none, a request still 1,200."""
    needed = needed_of(workload(batch_share=1), "azure", "gpt-4.1")
    assert needed.tokens_per_request == 1200
    assert needed.tokens_per_minute == 0


def test_the_peak_minute_of_the_last_month_counts_without_what_waits() -> None:
    """600 a minute, twice that in the busiest, half of it waits, four months of 10% growth."""
    load = workload(
        profile=flat(Fraction(2)),
        batch_share=Fraction(1, 2),
        growth_per_month=Fraction(1, 10),
        horizon_months=4,
    )
    needed = needed_of(load, "azure", "gpt-4.1")
    assert needed.requests_per_minute == Fraction("798.6")
    assert needed.tokens_per_minute == Fraction("798.6") * 1200


@pytest.mark.parametrize(
    ("provider", "model", "each"),
    [
        ("bedrock", CLAUDE, 1000 + 5 * 200),
        ("bedrock", "claude-3-5-sonnet", 1000 + 200),
        ("azure", CLAUDE, 1000 + 200),
        ("bedrock", "llama-3.1-8b", 1000 + 200),
    ],
)
def test_an_answer_of_claude_4_counts_five_times_on_bedrock(
    provider: str, model: str, each: int
) -> None:
    """200 tokens out take 1,000 of its quota; of other models, and elsewhere, 200."""
    assert needed_of(workload(), provider, model).tokens_per_minute == 600 * each


def test_the_larger_of_reserved_and_burnt_counts() -> None:
    """A max_tokens of 4,000 is more than 5 x 200, one of 500 is less."""
    for max_tokens, answer in ((4000, 4000), (500, 1000)):
        needed = needed_of(workload(max_tokens=max_tokens), "bedrock", CLAUDE)
        assert needed.tokens_per_minute == 600 * (1000 + answer)
    assert needed.source is not None
    assert needed.source.startswith("AWS documentation, How tokens are counted")


def test_a_quota_that_lacks_says_how_much_to_ask_for() -> None:
    """720,000 at the peak, 600,000 free: 120,000 more, in the region of the offer."""
    here = lot(standing=standing(600_000), places=(LotRegion("swedencentral"),))
    assert list(of_quota(workload(), here)) == [
        Objection(
            "600,000 tokens per minute free, the peak needs 720,000",
            "ask for 120,000 TPM more in swedencentral",
        )
    ]
    assert list(of_quota(workload(), lot(standing=standing(720_000)))) == []


def test_a_part_of_a_token_more_is_asked_for_whole() -> None:
    """A third of a request a minute needs 400 tokens; 399.5 free lack half a one."""
    load = workload(20)
    (objection,) = of_quota(load, lot(standing=standing(399.5)))
    assert objection.step == "ask for 1 TPM more in azure"


def test_the_limit_that_binds_first_is_told_first() -> None:
    """Short requests meet the requests, long ones the tokens; each as a share of what it needs."""
    free = standing(60_000, 100)
    short = [
        o.reason for o in of_quota(workload(input_tokens=10, output_tokens=10), lot(standing=free))
    ]
    assert short == ["100 requests per minute free, the peak needs 600"]
    long = [o.reason for o in of_quota(workload(), lot(standing=free))]
    assert long == [
        "60,000 tokens per minute free, the peak needs 720,000",
        "100 requests per minute free, the peak needs 600",
    ]
    scarce = [o.reason for o in of_quota(workload(), lot(standing=standing(700_000, 100)))]
    assert scarce == [
        "100 requests per minute free, the peak needs 600",
        "700,000 tokens per minute free, the peak needs 720,000",
    ]


def test_an_unknown_quota_is_no_objection() -> None:
    """Nothing is made of what was not read."""
    unknown = standing(availability=Availability.UNKNOWN)
    assert list(of_quota(workload(), lot(standing=unknown))) == []


def test_what_cannot_be_had_says_why_and_what_to_do() -> None:
    """No quota: ask for some; not enabled: enable it; retired: no step helps."""
    for availability, reason, step in (
        (Availability.NO_QUOTA, "0 of 0 units free", "ask for quota in swedencentral"),
        (
            Availability.NOT_ENABLED,
            "no agreement",
            "enable it for the account, or accept its agreement",
        ),
        (Availability.RETIRED, "retired on 2026-10-01", None),
    ):
        no = standing(availability=availability, reasons=(reason,))
        held = lot(standing=no, places=(LotRegion("swedencentral"),))
        (objection,) = of_lot(workload(), held, ON)
        assert (objection.reason, objection.step) == (reason, step)


def test_no_price_names_the_tier_and_the_day() -> None:
    """And where to write one."""
    step = "add one to ./pricing/overrides.yaml"
    assert list(of_lot(workload(), lot(rates=None), ON)) == [
        Objection("no price of it is known on 2026-11-20", step)
    ]
    assert list(of_lot(workload(tier="flex"), lot(rates=None), ON)) == [
        Objection("no price of it is known in the flex tier on 2026-11-20", step)
    ]


def test_units_fail_by_what_is_not_published_first() -> None:
    """What one carries, then the counts, then the price, then the rate of one request."""
    bare = {"billing": Billing.PROVISIONED, "rates": None, "deployment_type": "PTU"}
    for fields, reason in (
        ({}, "what one of its units carries is not published"),
        ({"fact": fact()}, "in which counts its units are sold is not published"),
        ({"fact": fact(), "grid": Grid()}, "no price of its units is known"),
    ):
        (objection,) = of_lot(workload(), lot(**bare, **fields), ON)
        assert objection.reason == reason


def test_a_target_of_50_tokens_per_second_is_20_ms_between_tokens() -> None:
    """A limit of 15 ms is not promised, one of 20 is."""
    slow = fact(tokens_per_second_target=50)
    unit = lot(billing=Billing.PROVISIONED, rates=None, fact=slow)
    said = "its target is 50 tokens per second, 20 ms between tokens, at most 15 asked for"
    assert said in [o.reason for o in of_lot(workload(tpot_ms=15), unit, ON)]
    assert said not in [o.reason for o in of_lot(workload(tpot_ms=20), unit, ON)]


def test_only_the_ways_asked_for() -> None:
    """Pay-as-you-go is none of the provisioned ways."""
    load = workload(ways=(Billing.PROVISIONED, Billing.SELF_HOSTED))
    assert list(of_lot(load, lot(), ON)) == [
        Objection("it is pay-as-you-go, asked for provisioned, self-hosted")
    ]


@pytest.mark.parametrize(
    ("boundary", "asked", "told"),
    [
        ("se", "eu", None),
        ("se", None, None),
        (None, None, None),
        (None, "eu", "where it processes is unknown, asked for eu"),
        ("anywhere", "eu", "it may process anywhere, asked for eu"),
        ("eur", "eu", "it may process in eur, asked for eu"),
        ("us", "eu", "it may process in us, asked for eu"),
        ("se", "on-premises", "data may not leave the premises, and it is a cloud's"),
        ("anywhere", "on-premises", "data may not leave the premises, and it is a cloud's"),
        (None, "on-premises", "data may not leave the premises, and it is a cloud's"),
        ("on-premises", "on-premises", None),
        (
            "on-premises",
            "eu",
            "it stands on your premises, and nobody says whether these are in eu",
        ),
        ("on-premises", "anywhere", None),
    ],
)
def test_a_boundary_holds_what_is_known_to_be_within_it(
    boundary: str | None, asked: str | None, told: str | None
) -> None:
    """What is unknown is not within it; own machines alone are on the premises."""
    found = objections(Where(boundary=asked), boundary=boundary)
    assert [o.reason for o in found] == ([] if told is None else [told])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"latency_ms": 30}, []),
        ({"latency_ms": 31}, ["31 ms from swedencentral, at most 30"]),
        ({"latency_ms": None}, ["the round trip from swedencentral is unknown"]),
        ({"scope": Scope.GLOBAL}, ["it may process elsewhere, so no round trip is promised"]),
        ({"scope": None}, ["it may process elsewhere, so no round trip is promised"]),
    ],
)
def test_a_round_trip_is_promised_by_regional_offers_alone(
    fields: dict[str, Any], told: list[str]
) -> None:
    """At most 30 ms from swedencentral; one that is not known fails the limit."""
    where = Where(from_region="swedencentral", latency_ms=30)
    assert [o.reason for o in objections(where, **fields)] == told
    assert objections(Where(), **fields) == []


def test_a_global_type_is_told_to_go_regional() -> None:
    """The step that would keep the limit."""
    (objection,) = objections(Where(latency_ms=30), scope=Scope.GLOBAL)
    assert objection.step == "take a regional type"


def test_regions_that_a_snapshot_does_not_tell_are_to_be_collected() -> None:
    """What may process elsewhere is unknown: the snapshot names no regions behind the type."""
    where = Where(boundary="eu")
    (objection,) = objections(where, provider="bedrock", boundary=None, untold=True)
    told = "the regions that may process it are not in the snapshot, asked for eu"
    assert objection.reason == told
    assert objection.step == "planner collect bedrock"
    (unknown,) = objections(where, boundary=None)
    assert (unknown.reason, unknown.step) == ("where it processes is unknown, asked for eu", None)


@pytest.mark.parametrize(
    ("deployment_types", "steps"),
    [
        ((("GlobalStandard", Scope.GLOBAL),), ()),
        (
            (("GlobalStandard", Scope.GLOBAL), ("Standard", Scope.REGIONAL)),
            ("take a regional type",),
        ),
    ],
)
def test_a_regional_type_is_named_only_where_there_is_one(
    deployment_types: tuple[tuple[str, Scope], ...], steps: tuple[str, ...]
) -> None:
    """Within 30 ms: a model that is sold globally alone has no regional type to take."""
    offers = [on_demand(deployment_type=name, scope=scope) for name, scope in deployment_types]
    load = workload(1, latency_ms=30.0, from_region="swedencentral", ways=(Billing.ON_DEMAND,))
    known = supply(*offers, usage=[tokens("input", "2"), tokens("output", "8")])
    ways = ways_for(load, MODEL, known)
    [no] = [refusal for refusal in ways.refused if refusal.what == "GlobalStandard"]
    assert no.steps == steps


def test_providers_and_regions_are_those_asked_for() -> None:
    """Models of Bedrock are AWS's too; a region that was not named is none."""
    assert objections(Where(providers=("aws",)), provider="bedrock") == []
    assert objections(Where(providers=("bedrock",)), provider="bedrock") == []
    assert objections(Where(providers=("aws", "gemini"))) == [
        Objection("its provider is azure, asked for aws, gemini")
    ]
    assert objections(Where(regions=("swedencentral",))) == []
    assert objections(Where(regions=("eastus2", "westus"))) == [Objection("not in eastus2, westus")]
    assert objections(Where(regions=("eastus2",)), region=None) == [Objection("not in eastus2")]


def test_quality_is_the_users_own_and_unknown_is_too_little() -> None:
    """A score of 0.7 fails 0.8 and passes 0.7; a model without one fails."""
    load = workload(quality={"gpt-4.1": 0.7}, minimum_quality=0.8)
    assert list(of_model(load, "gpt-4.1", None)) == [
        Objection("quality 0.7, at least 0.8 asked for")
    ]
    assert list(of_model(load, "gpt-5", None)) == [
        Objection("no quality score of gpt-5 is given, at least 0.8 asked for")
    ]
    enough = workload(quality={"gpt-4.1": 0.7}, minimum_quality=0.7)
    assert list(of_model(enough, "gpt-4.1", None)) == []


def test_the_longest_request_has_to_fit_into_the_context() -> None:
    """A prompt of 8,000 at most and 1,000 reserved need 9,000; what is unknown is no objection."""
    load = workload(input=Lengths.of(1000, maximum=8000), max_tokens=1000)
    assert list(of_model(load, "gpt-4.1", 9000)) == []
    assert list(of_model(load, "gpt-4.1", None)) == []
    assert list(of_model(load, "gpt-4.1", 8999)) == [
        Objection(
            "context of 8,999 tokens, the longest request needs 9,000",
            "name a model of a longer context, or cut the prompts",
        )
    ]


def test_business_hours_need_the_quota_of_the_busy_hour() -> None:
    """A quota is by the minute: a load of 45 hours a week needs as much as one of 168."""
    assert needed_of(workload(profile=business_hours()), "azure", "gpt-4.1") == needed_of(
        workload(), "azure", "gpt-4.1"
    )
