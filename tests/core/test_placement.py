"""Claims about where a model can run: judged, measured against constraints, ranked."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from planner.core.answers import PriceView, RegionEntry, RegionsAnswer
from planner.core.catalog import Catalog
from planner.core.fit import Constraints
from planner.core.offers import AppliesTo, Availability, Billing, Offer, Scope
from planner.core.placement import Surroundings, find_places, follow_replacements
from planner.core.snapshots import Origin, Snapshot
from tests.builders import JUNE, catalog, day, lifecycle, looked, offer, retires, snapshot

ON = "2026-11-20"


def document(*notices: Any, on: str = "2026-07-07") -> Snapshot:
    """A document of retirements."""
    return snapshot(*notices, on=on, coverage=looked(None, kinds=("lifecycle",)))


def price(amount: str | None) -> PriceView:
    """A price of so much input per million tokens, and as much output."""
    rate = None if amount is None else Decimal(amount)
    return PriceView(
        input_usd_per_mtok=rate,
        cached_input_usd_per_mtok=None,
        output_usd_per_mtok=rate,
        usd_per_unit_hour=None,
        unit=None,
        effective_from=None,
        effective_to=None,
        source="a table",
        retrieved_on=day(JUNE),
        origin="feed",
        match="exact",
        region_group=None,
        doubts=(),
    )


def places(
    view: Catalog,
    home: str | None = None,
    ms: Mapping[str, int] | None = None,
    prices: Mapping[str, str] | None = None,
    **constraints: Any,
) -> RegionsAnswer:
    """Where gpt-4o runs; `ms` and `prices` are by region."""

    def cost(of: Offer, on: dt.date) -> PriceView | None:
        assert on == view.on
        return price((prices or {})[of.region]) if of.region in (prices or {}) else None

    around = Surroundings(price=cost, latency_ms=lambda _, to: (ms or {}).get(to), home=home)
    return find_places(view, "gpt-4o", Constraints(**constraints), around)


def told(entries: tuple[RegionEntry, ...]) -> list[tuple[str, Availability]]:
    """Region and availability, in order."""
    return [(e.region, e.availability) for e in entries]


def test_without_quota_data_an_offer_is_unknown_for_the_account_and_says_how_to_know() -> None:
    """The reason names the command that collects the quota."""
    answer = places(catalog(snapshot(offer())))
    assert told(answer.regions) == [("eastus2", Availability.UNKNOWN)]
    assert answer.regions[0].reasons == ("quota unknown: run planner collect azure",)
    assert answer.recommended == answer.regions[0]


@pytest.mark.parametrize(
    ("fields", "availability", "reason"),
    [
        (
            {"retirement_dates": (retires("2026-10-01"),)},
            Availability.RETIRED,
            "retired on 2026-10-01",
        ),
        ({"retirement_dates": (retires(ON),)}, Availability.RETIRED, f"retired on {ON}"),
        (
            {"retirement_dates": (retires("2026-11-21"),)},
            Availability.UNKNOWN,
            "quota unknown: run planner collect azure",
        ),
        ({"lifecycle": "retired"}, Availability.RETIRED, "retired"),
        (
            {"lifecycle": "deprecated"},
            Availability.CLOSED_TO_NEW,
            "deprecated: existing deployments only",
        ),
        (
            {"lifecycle": "deprecated", "retirement_dates": (retires("2026-10-01"),)},
            Availability.RETIRED,
            "retired on 2026-10-01",
        ),
    ],
)
def test_an_offer_is_judged_by_its_life(
    fields: dict[str, Any], availability: Availability, reason: str
) -> None:
    """From its retirement date on an offer is retired; a deprecated one is closed to new users."""
    [entry] = places(catalog(snapshot(offer(**fields)))).regions
    assert (entry.availability, entry.reasons[0]) == (availability, reason)


def test_a_retired_base_says_until_when_its_fine_tuned_deployments_run() -> None:
    """gpt-4.1: base 2026-10-14, fine-tuned deployments 2027-10-14."""
    both = (retires("2026-10-14"), retires("2027-10-14", AppliesTo.FINE_TUNED))
    [entry] = places(catalog(snapshot(offer(retirement_dates=both)))).regions
    assert entry.reasons == (
        "retired on 2026-10-14",
        "fine-tuned deployments run until 2027-10-14",
    )


def test_a_gone_offer_names_both_dates() -> None:
    """It is not offered; when it was last seen and when a look found it gone is told."""
    gone = snapshot(on="2026-08-21", coverage=looked("eastus2"))
    [entry] = places(catalog(snapshot(offer()), gone)).regions
    assert entry.availability is Availability.NOT_OFFERED
    assert entry.reasons == ("last seen on 2026-06-03, gone by 2026-08-21",)


def test_what_the_users_own_look_lacks_is_not_called_gone_before_it_was_seen() -> None:
    """An own look of May outranks carried data of June; the reason says just that."""
    own = snapshot(on="2026-05-01", coverage=looked("eastus2"), origin=Origin.ACCOUNT)
    [entry] = places(catalog(snapshot(offer()), own=(own,))).regions
    assert entry.availability is Availability.NOT_OFFERED
    assert entry.reasons == ("not in your snapshot of 2026-05-01; the carried one has it later",)


def test_order_is_availability_then_price_then_default_version_then_name() -> None:
    """Without a home: usable first, the cheapest, a default version, the newest, the name."""
    view = catalog(
        snapshot(
            offer("a-retired", version="0", retirement_dates=(retires("2026-10-01"),)),
            offer("b-closed", lifecycle="deprecated"),
            offer("c-unpriced", billing=Billing.ON_DEMAND),
            offer("d-dear", billing=Billing.ON_DEMAND),
            offer("e-cheap", billing=Billing.ON_DEMAND, version="1", default_version=False),
            offer("f-cheap", billing=Billing.ON_DEMAND, version="1", default_version=True),
            offer("g-cheap", billing=Billing.ON_DEMAND, version="1", default_version=False),
            offer("h-batch", billing=Billing.BATCH),
        )
    )
    prices = {"a-retired": "0.1", "d-dear": "3", "h-batch": "0.5"}
    prices |= dict.fromkeys(["e-cheap", "f-cheap", "g-cheap"], "2")
    answer = places(view, prices=prices)
    assert [e.region for e in answer.regions] == [
        "f-cheap",
        "e-cheap",
        "g-cheap",
        "d-dear",
        "c-unpriced",
        "h-batch",
        "b-closed",
        "a-retired",
    ]
    assert [e.rank for e in answer.regions] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert answer.recommended == answer.regions[0]


def test_with_a_home_the_round_trip_comes_before_the_price() -> None:
    """Home itself, then the nearest that processes in its region; then what processes anywhere."""
    regional = {"scope": Scope.REGIONAL, "billing": Billing.ON_DEMAND}
    view = catalog(
        snapshot(
            offer("westeurope", **regional),
            offer("japaneast", **regional),
            offer("francecentral", **regional),
            offer("unmeasured", **regional),
            offer("uksouth", scope=Scope.GLOBAL, billing=Billing.ON_DEMAND),
        )
    )
    ms = {"westeurope": 14, "japaneast": 230, "uksouth": 10}
    prices = {"japaneast": "1", "uksouth": "1", "westeurope": "9", "francecentral": "9"}
    answer = places(view, home="francecentral", ms=ms, prices=prices)
    assert [(e.region, e.latency_ms) for e in answer.regions] == [
        ("francecentral", None),
        ("westeurope", 14),
        ("japaneast", 230),
        ("uksouth", None),
        ("unmeasured", None),
    ]


@pytest.mark.parametrize(
    ("constraint", "fields", "reason"),
    [
        ({"provider": "bedrock"}, {}, "provider is azure, asked for bedrock"),
        ({"region": "japaneast"}, {}, "region is eastus2, asked for japaneast"),
        ({"version": "2024-08-06"}, {}, "version is 2024-11-20, asked for 2024-08-06"),
        ({"version": "1"}, {"version": None}, "version is unknown, asked for 1"),
        (
            {"deployment_type": "Standard"},
            {},
            "deployment type is GlobalStandard, asked for Standard",
        ),
        ({"boundary": "eu"}, {}, "where it processes is unknown, asked for eu"),
        ({"boundary": "eu"}, {"boundary": "anywhere"}, "it may process anywhere, asked for eu"),
        ({"boundary": "eu"}, {"boundary": "jp"}, "it may process in jp, asked for eu"),
        (
            {"boundary": "eu"},
            {"boundary": "eur"},
            "it may process in eur (Azure's zone: the EU, Norway and Switzerland), asked for eu",
        ),
        (
            {"boundary": "on-premises"},
            {"boundary": "us"},
            "it may process in us, asked for on-premises",
        ),
        (
            {"minimum_lifetime_days": 90},
            {"retirement_dates": (retires("2027-02-17"),)},
            "retires on 2027-02-17, in 89 days, asked for 90 days",
        ),
        (
            {"minimum_lifetime_days": 90},
            {"retirement_dates": (retires("2026-10-01"),)},
            "has retired, asked for 90 days",
        ),
    ],
)
def test_a_constraint_removes_an_offer_with_its_reason(
    constraint: dict[str, Any], fields: dict[str, Any], reason: str
) -> None:
    """What is removed is kept apart, with what it has and what was asked for."""
    answer = places(catalog(snapshot(offer(**fields))), **constraint)
    assert (answer.regions, answer.recommended) == ((), None)
    assert [e.reasons for e in answer.rejected] == [(reason,)]


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ({"boundary": "eur"}, {"boundary": "eur"}),
        ({"boundary": "eu"}, {"boundary": "fr"}),
        ({"boundary": "anywhere"}, {}),
        ({"minimum_lifetime_days": 90}, {"retirement_dates": (retires("2027-02-18"),)}),
        ({"minimum_lifetime_days": 90}, {}),
        ({"deployment_type": "GlobalStandard", "version": "2024-11-20"}, {}),
    ],
)
def test_what_meets_a_constraint_stays(constraint: dict[str, Any], fields: dict[str, Any]) -> None:
    """90 days are 90 days; an end that nobody announced is none."""
    answer = places(catalog(snapshot(offer(**fields))), **constraint)
    assert (len(answer.regions), answer.rejected) == (1, ())


def test_all_reasons_against_an_offer_are_told() -> None:
    """An offer that misses two constraints has two reasons."""
    answer = places(catalog(snapshot(offer())), region="japaneast", boundary="jp")
    assert answer.rejected[0].reasons == (
        "region is eastus2, asked for japaneast",
        "where it processes is unknown, asked for jp",
    )


def test_a_retired_model_is_followed_to_the_replacement_that_lives() -> None:
    """gpt-4o leads over gpt-5, itself retired, to gpt-5.1; both ends are shown, the living wins."""
    view = catalog(
        snapshot(offer("eastus2"), offer("japaneast", "gpt-5"), offer("uksouth", "gpt-5.1")),
        document(
            lifecycle("2026-10-01", replacement="gpt-5"),
            lifecycle("2026-11-01", "gpt-5", replacement="gpt-5.1"),
        ),
    )
    answer = places(view)
    assert answer.replaced_by == ("gpt-5", "gpt-5.1")
    assert [(e.model, e.region, e.rank) for e in answer.regions] == [
        ("gpt-5.1", "uksouth", 1),
        ("gpt-4o", "eastus2", 2),
    ]
    assert answer.recommended is not None
    assert answer.recommended.region == "uksouth"
    assert answer.notes == (
        "gpt-4o retired on 2026-10-01; its provider names gpt-5 as replacement",
        "gpt-5 retired on 2026-11-01; its provider names gpt-5.1 as replacement",
    )


def test_before_its_retirement_a_model_is_not_replaced() -> None:
    """The day before the last offer retires it is the model itself that is recommended."""
    view = catalog(
        snapshot(offer()), document(lifecycle("2026-10-01", replacement="gpt-5")), on="2026-09-30"
    )
    assert follow_replacements(view, "gpt-4o") == ((), "gpt-4o", ())


def test_one_offer_that_lives_keeps_the_model_alive() -> None:
    """A model is retired when nothing of it answers any more, whoever the provider."""
    view = catalog(
        snapshot(offer("eastus2", retirement_dates=(retires("2026-10-01"),))),
        snapshot(offer("us-east-1", provider="bedrock")),
    )
    assert follow_replacements(view, "gpt-4o") == ((), "gpt-4o", ())


def test_a_loop_of_replacements_ends() -> None:
    """gpt-4o names gpt-5 and gpt-5 names gpt-4o: the chain stops and says that nothing lives."""
    view = catalog(
        snapshot(offer("eastus2"), offer("eastus2", "gpt-5")),
        document(
            lifecycle("2026-10-01", replacement="gpt-5"),
            lifecycle("2026-10-01", "gpt-5", replacement="gpt-4o"),
        ),
    )
    answer = places(view)
    assert (answer.replaced_by, answer.recommended) == (("gpt-5",), None)
    assert answer.notes[-1] == (
        "gpt-5 retired on 2026-10-01; its provider names no living replacement"
    )


def test_a_model_that_names_itself_ends_at_once() -> None:
    """A document that names the model as its own replacement leads nowhere."""
    view = catalog(snapshot(offer()), document(lifecycle("2026-10-01", replacement="gpt-4o")))
    assert follow_replacements(view, "gpt-4o") == (
        (),
        "gpt-4o",
        ("gpt-4o retired on 2026-10-01; its provider names no living replacement",),
    )


def test_a_chain_that_ends_dead_recommends_nothing() -> None:
    """Where the last one retired without a replacement, nothing is recommended and a note says so.

    That holds, too, where the last model is known from a document alone.
    """
    view = catalog(
        snapshot(offer()),
        document(
            lifecycle("2026-10-01", replacement="gpt-5"),
            lifecycle("2026-10-15", "gpt-5", version="2025-08-07"),
        ),
    )
    answer = places(view)
    assert (answer.replaced_by, answer.recommended) == (("gpt-5",), None)
    assert answer.notes[-1] == (
        "gpt-5 retired on 2026-10-15; its provider names no living replacement"
    )


def test_a_replacement_is_followed_under_its_canonical_name() -> None:
    """A document that spells the replacement otherwise leads to the same model."""
    view = Catalog(
        (),
        (
            snapshot(offer(), offer("uksouth", "gpt-5.1")),
            document(lifecycle("2026-10-01", replacement="GPT-5.1")),
        ),
        day(ON),
        str.lower,
    )
    assert follow_replacements(view, "gpt-4o")[:2] == (("gpt-5.1",), "gpt-5.1")


def test_the_newest_versions_replacement_is_followed() -> None:
    """Where versions name different replacements, that of the newest one counts."""
    view = catalog(
        snapshot(offer()),
        document(
            lifecycle("2026-03-31", version="2024-05-13", replacement="gpt-4.1"),
            lifecycle("2026-10-01", version="2024-11-20", replacement="gpt-5.1"),
        ),
    )
    assert follow_replacements(view, "gpt-4o")[0] == ("gpt-5.1",)
