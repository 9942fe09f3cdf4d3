"""What an account can use, from quota and capacity."""

import pytest

from planner.core.availability import judge
from planner.core.catalog import Catalog
from planner.core.offers import Availability, Billing, Quota, RegionCapacity
from planner.core.snapshots import Origin, Status
from tests.builders import catalog, looked, offer, snapshot

STANDARD = {
    "deployment_type": "GlobalStandard",
    "quota_names": ("OpenAI.GlobalStandard.gpt-4o",),
    "tokens_per_minute_per_unit": 1000,
    "requests_per_minute_per_unit": 6,
}
PROVISIONED = {
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
    assert standing(view) == ("available", ("450 units of quota free",), 450_000, 2_700)


def test_the_account_with_the_most_counts_and_all_are_listed() -> None:
    """Two accounts: the free rate is the larger one's, the quota tuple holds both."""
    name = "OpenAI.GlobalStandard.gpt-4o"
    view = seen(STANDARD, quota(name, 100, 0, "dev"), quota(name, 300, 0, "prod"))
    (sighting,) = view.offers()
    found = judge(view, sighting, view.life(sighting))
    assert found.free_tokens_per_minute == 300_000
    assert [q.account for q in found.quota] == ["dev", "prod"]


def test_more_used_than_allowed_is_nothing_free() -> None:
    """The use may exceed the limit; then 0 is free, never a negative number."""
    view = seen(STANDARD, quota("OpenAI.GlobalStandard.gpt-4o", 100, 130))
    availability, reasons, tokens, _ = standing(view)
    assert (availability, tokens) == ("no_quota", 0)
    assert reasons == ("0 of 100 units of OpenAI.GlobalStandard.gpt-4o free, 1 needed",)


@pytest.mark.parametrize(
    "records",
    [
        (),
        (quota("OpenAI.GlobalStandard.gpt-4o", None, 10),),
        (quota("OpenAI.GlobalStandard.gpt-4o", 100, None),),
        (quota("OpenAI.GlobalStandard.other", 100, 0),),
    ],
)
def test_unknown_quota_is_never_zero(records: tuple[Quota, ...]) -> None:
    """No quota, one without limit or use, or another's: unknown, with what to collect."""
    reason = "quota unknown: run planner collect azure"
    assert standing(seen(STANDARD, *records)) == (Availability.UNKNOWN, (reason,), None, None)


def test_quota_is_not_capacity() -> None:
    """Provisioned units need both: with quota alone they stay unknown."""
    name = "OpenAI.GlobalProvisionedManaged"
    availability, reasons, _, _ = standing(seen(PROVISIONED, quota(name, 100, 0)))
    assert availability == "unknown"
    assert "capacity unknown: planner collect --capacity gpt-4o" in reasons[0]
    few = standing(seen(PROVISIONED, quota(name, 100, 0), capacity(10)))
    assert few[:2] == ("no_capacity", ("the region has 10 units left, 15 needed",))
    enough = standing(seen(PROVISIONED, quota(name, 100, 0), capacity(300)))
    assert enough[0] == "available"


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
        ("50 requests and 400,000 tokens per minute, shared by all your traffic",),
        400_000,
        50,
    )


def test_a_machine_is_no_model() -> None:
    """Machine sizes that a collection found serve break-even; they are no offers of a model."""
    size = offer(model="Standard_NC24ads_A100_v4", billing=Billing.SELF_HOSTED)
    assert catalog(snapshot(size)).models() == set()
