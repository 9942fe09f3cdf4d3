"""What an account can use, from quota and capacity."""

from typing import Any

import pytest

from planner.core.availability import judge
from planner.core.catalog import Catalog
from planner.core.offers import Availability, Billing, Quota, RegionCapacity
from planner.core.snapshots import Origin, Status
from tests.builders import catalog, looked, offer, retires, snapshot

STANDARD: dict[str, Any] = {
    "deployment_type": "GlobalStandard",
    "quota_names": ("OpenAI.GlobalStandard.gpt-4o",),
    "tokens_per_minute_per_unit": 1000,
    "requests_per_minute_per_unit": 6,
}
PROVISIONED: dict[str, Any] = {
    "deployment_type": "GlobalProvisionedManaged",
    "quota_names": ("OpenAI.GlobalProvisionedManaged",),
    "billing": Billing.PROVISIONED,
    "units_minimum": 15,
}


def quota(name: str, limit: float | None, used: float | None, account: str = "prod") -> Quota:
    """What an account has of a quota in eastus2."""
    return Quota(
        provider="azure", account=account, region="eastus2", name=name, limit=limit, used=used
    )


def capacity(units: int) -> RegionCapacity:
    """What eastus2 could still deploy of the provisioned offer."""
    return RegionCapacity(
        provider="azure",
        region="eastus2",
        model="gpt-4o",
        version="2024-11-20",
        deployment_type="GlobalProvisionedManaged",
        available_units=units,
    )


def standing(view: Catalog) -> tuple[str, tuple[str, ...], float | None, float | None]:
    """Availability, reasons, free tokens and free requests per minute of the only offer."""
    (sighting,) = view.offers()
    found = judge(view, sighting, view.life(sighting))
    return (
        found.availability,
        found.reasons,
        found.free_tokens_per_minute,
        found.free_requests_per_minute,
    )


def seen(fields: dict[str, object], *records: Quota | RegionCapacity) -> Catalog:
    """A catalog of one offer in eastus2 with what an account knows of it."""
    one = offer(region="eastus2", model="gpt-4o", version="2024-11-20", **fields)
    return catalog(snapshot(one, *records))


def test_free_units_are_tokens_and_requests_per_minute() -> None:
    """450 of 500 units at 1,000 TPM and 6 RPM each leave 450,000 TPM and 2,700 RPM."""
    view = seen(STANDARD, quota("OpenAI.GlobalStandard.gpt-4o", 500, 50))
    assert standing(view) == (
        "available",
        (
            "450 of 500 units of OpenAI.GlobalStandard.gpt-4o free",
            "2,700 requests per minute bind where a request has under 167 tokens",
        ),
        450_000,
        2_700,
    )


def test_requests_under_a_thousand_tokens_are_bound_by_their_rate_on_gpt_4_1() -> None:
    """Where a unit serves one request per 1,000 tokens, shorter requests meet that rate first."""
    fields = STANDARD | {"requests_per_minute_per_unit": 1}
    reasons = standing(seen(fields, quota("OpenAI.GlobalStandard.gpt-4o", 450, 0)))[1]
    assert reasons[1] == "450 requests per minute bind where a request has under 1,000 tokens"


def test_a_shared_pool_says_how_many_draw_on_it() -> None:
    """42 other models count against the same quota, 2 in another region do not."""
    pool = "AIServices.GlobalStandard.MaaS"
    fields = STANDARD | {"quota_names": (pool,)}
    others = [offer(model=f"model-{n}", **fields) for n in range(42)]
    elsewhere = [offer(region="westus", model=f"far-{n}", **fields) for n in range(2)]
    one = offer(model="llama", **fields)
    view = catalog(snapshot(one, *others, *elsewhere, quota(pool, 500, 50)))
    (sighting,) = view.offers("llama")
    assert judge(view, sighting, view.life(sighting)).reasons[0] == (
        "450 of 500 units of AIServices.GlobalStandard.MaaS free, "
        "a pool shared with 42 other models"
    )


def test_base_and_fine_tuned_quota_stay_apart() -> None:
    """Each offer is told by the quota that it draws on, by its name."""
    tuned = STANDARD | {"quota_names": ("gpt-4o-finetune",), "usage_name": "gpt-4o-finetune"}
    base = offer(**STANDARD)
    records = (
        base,
        offer(fine_tuned=True, **tuned),
        quota("OpenAI.GlobalStandard.gpt-4o", 100, 100),
        quota("gpt-4o-finetune", 250, 0),
    )
    view = catalog(snapshot(*records))
    told = {s.offer.usage_name: judge(view, s, view.life(s)).reasons[0] for s in view.offers()}
    assert told == {
        None: "0 of 100 units of OpenAI.GlobalStandard.gpt-4o free, 1 needed",
        "gpt-4o-finetune": "250 of 250 units of gpt-4o-finetune free",
    }


def test_the_account_with_the_most_counts_and_all_are_listed() -> None:
    """Two accounts: the free rate is the larger one's, who is named; the quota tuple holds both."""
    name = "OpenAI.GlobalStandard.gpt-4o"
    view = seen(STANDARD, quota(name, 100, 0, "dev"), quota(name, 300, 0, "prod"))
    (sighting,) = view.offers()
    found = judge(view, sighting, view.life(sighting))
    assert found.free_tokens_per_minute == 300_000
    assert found.reasons[0] == f"300 of 300 units of {name} free in prod"
    assert [q.account for q in found.quota] == ["dev", "prod"]


def test_more_used_than_allowed_is_nothing_free() -> None:
    """The use may exceed the limit; then 0 is free, never a negative number."""
    view = seen(STANDARD, quota("OpenAI.GlobalStandard.gpt-4o", 100, 130))
    availability, reasons, tokens, _ = standing(view)
    assert (availability, tokens) == ("no_quota", 0)
    assert reasons == ("0 of 100 units of OpenAI.GlobalStandard.gpt-4o free, 1 needed",)


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ((), "run planner collect azure"),
        (
            (quota("OpenAI.GlobalStandard.gpt-4o", None, 10),),
            "OpenAI.GlobalStandard.gpt-4o has limit unknown, used 10",
        ),
        (
            (quota("OpenAI.GlobalStandard.gpt-4o", 100, None),),
            "OpenAI.GlobalStandard.gpt-4o has limit 100, used unknown",
        ),
        ((quota("OpenAI.GlobalStandard.other", 100, 0),), "run planner collect azure"),
    ],
)
def test_unknown_quota_is_never_zero(records: tuple[Quota, ...], why: str) -> None:
    """No quota, one without limit or use, or another's: unknown, with what to collect."""
    reason = f"quota unknown: {why}"
    assert standing(seen(STANDARD, *records)) == (Availability.UNKNOWN, (reason,), None, None)


@pytest.mark.parametrize(
    ("records", "coverage", "why"),
    [
        ((), {}, "azure told none"),
        (
            (quota("other", 1, 0),),
            {},
            "none that was read names it (planner quotas --unmapped)",
        ),
        (
            (),
            {"quota_status": Status.DENIED, "error": "grant the role Usages Reader"},
            "grant the role Usages Reader",
        ),
    ],
)
def test_who_has_collected_is_not_told_to_collect(
    records: tuple[Quota, ...], coverage: dict[str, Any], why: str
) -> None:
    """An offer that the account itself saw without a quota says why there is none."""
    one = offer(**STANDARD)
    told = looked("eastus2", kinds=("offer", "quota"), **coverage)
    own = snapshot(one, *records, coverage=told, origin=Origin.ACCOUNT)
    assert standing(catalog(own=(own,)))[1] == (f"quota unknown: {why}",)


def test_what_is_left_of_a_retired_offers_quota_is_told_beside_its_end() -> None:
    """The quota is the account's, whatever becomes of the model."""
    fields = STANDARD | {"retirement_dates": (retires("2026-10-01"),)}
    view = seen(fields, quota("OpenAI.GlobalStandard.gpt-4o", 500, 50))
    assert standing(view) == ("retired", ("retired on 2026-10-01",), 450_000, 2_700)


def test_quota_is_not_capacity() -> None:
    """Provisioned units need both: with quota alone they stay unknown."""
    name = "OpenAI.GlobalProvisionedManaged"
    availability, reasons, _, _ = standing(seen(PROVISIONED, quota(name, 100, 0)))
    assert availability == "unknown"
    assert "capacity unknown: planner collect --capacity gpt-4o" in reasons[0]
    few = standing(seen(PROVISIONED, quota(name, 100, 0), capacity(10)))
    assert few[:2] == ("no_capacity", ("the region has 10 units left, 15 needed",))
    enough = standing(seen(PROVISIONED, quota(name, 100, 0), capacity(300)))
    told = ("100 of 100 units of OpenAI.GlobalProvisionedManaged free", "300 units in the region")
    assert enough[:2] == ("available", told)


def test_less_than_the_minimum_is_no_quota() -> None:
    """14 units free where 15 are the least that can be deployed."""
    view = seen(PROVISIONED, quota("OpenAI.GlobalProvisionedManaged", 20, 6), capacity(300))
    assert standing(view)[0] == "no_quota"


def test_a_region_that_denies_the_account_is_not_enabled() -> None:
    """The carried data has an offer where the account's own look was denied."""
    one = offer(deployment_type="GlobalStandard")
    shut = looked("eastus2", account="prod", status=Status.DENIED, error="region not enabled?")
    own = snapshot(on="2026-06-02", coverage=shut, origin=Origin.ACCOUNT)
    view = catalog(snapshot(one, on="2026-06-01"), own=(own,))
    assert standing(view)[:2] == ("not_enabled", ("region not enabled?",))


def test_a_region_that_no_account_has_enabled_is_not_enabled() -> None:
    """It was left out of the collection; the carried data has its offers."""
    one = offer("me-south-1", deployment_type="on-demand")
    unasked = looked(
        "me-south-1",
        account="prod",
        status=Status.NOT_OFFERED,
        error="region not enabled for this account",
    )
    own = snapshot(on="2026-06-02", coverage=unasked, origin=Origin.ACCOUNT)
    view = catalog(snapshot(one, on="2026-06-01"), own=(own,))
    (sighting,) = view.gone("gpt-4o")
    found = judge(view, sighting, view.life(sighting))
    assert (found.availability, found.reasons) == (
        "not_enabled",
        ("region not enabled for this account",),
    )


def test_a_rate_that_nothing_reserves_is_free_as_a_whole() -> None:
    """Amazon Bedrock tells a limit per minute and no use: it is there for all the traffic."""
    names = ("L-1", "L-2")
    one = offer(
        region="us-east-1", provider="bedrock", deployment_type="on-demand", quota_names=names
    )
    limits = [
        Quota(provider="bedrock", account="main", region="us-east-1", name=n, limit=v, unit=unit)
        for n, v, unit in (
            ("L-1", 400_000, "On-demand model inference tokens per minute for X"),
            ("L-2", 50, "On-demand model inference requests per minute for X"),
        )
    ]
    assert standing(catalog(snapshot(one, *limits, provider="bedrock"))) == (
        "available",
        (
            "50 requests and 400,000 tokens per minute, shared by all your traffic",
            "50 requests per minute bind where a request has under 8,000 tokens",
        ),
        400_000,
        50,
    )


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("agreement=not_available", "the account's agreement for this model is not available"),
        ("authorization=not_authorized", "the account's authorization for this model is not"),
    ],
)
def test_a_model_without_an_agreement_is_not_enabled(word: str, why: str) -> None:
    """Its quota may be there; who does not hold the agreement cannot use it."""
    fields = STANDARD | {"capabilities": ("streaming", word)}
    availability, reasons, *_ = standing(seen(fields, quota(STANDARD["quota_names"][0], 9, 0)))
    assert (availability, reasons[0].startswith(why)) == ("not_enabled", True)


def test_a_rate_of_zero_is_no_refusal() -> None:
    """Amazon Bedrock tells a limit of 0 also where a model answers: unknown, never no_quota."""
    one = offer("us-east-1", provider="bedrock", quota_names=("L-1",))
    limit = Quota(
        provider="bedrock",
        account="main",
        region="us-east-1",
        name="L-1",
        limit=0,
        unit="On-demand model inference tokens per minute for X",
    )
    assert standing(catalog(snapshot(one, limit, provider="bedrock"))) == (
        "unknown",
        ("quota unknown: L-1 has limit 0, as it can where a model answers",),
        None,
        None,
    )


def test_a_machine_is_no_model() -> None:
    """Machine sizes that a collection found serve break-even; they are no offers of a model."""
    size = offer(model="Standard_NC24ads_A100_v4", billing=Billing.SELF_HOSTED)
    assert catalog(snapshot(size)).models() == set()
