"""Claims about what retires when, what follows it, and what of a team's it hits."""

from typing import Any

import pytest

from planner.core.catalog import Catalog
from planner.core.offers import AppliesTo, Retirement
from planner.core.retirements import RetirementFilter, find_retirements
from planner.core.retirements_answer import RetirementEntry, RetirementsAnswer, grouped
from planner.core.using import Use
from tests.builders import catalog, day, lifecycle, offer, retires, snapshot

ON = "2026-06-10"
SOON = "2026-07-01"
LATER = "2026-09-01"


def answer(known: Catalog, *uses: Use, **wanted: Any) -> RetirementsAnswer:
    """What retires, of the wanted."""
    return find_retirements(known, uses, RetirementFilter(**wanted))


def dates(found: RetirementsAnswer) -> list[str]:
    """The dates in their order."""
    return [str(e.retires_on) for e in found.retirements]


def ending(on: str = SOON, region: str = "eastus2", model: str = "gpt-4o", **fields: Any) -> Any:
    """An offer that retires on a day."""
    return offer(region, model, retirement_dates=(retires(on),), **fields)


def of(*records: Any, on: str = ON) -> Catalog:
    """A catalog of a snapshot of some records."""
    return catalog(snapshot(*records), on=on)


def test_regions_that_share_a_date_are_one_entry() -> None:
    """Regions are folded; another date, type or certainty is an entry of its own."""
    sure = Retirement(on=day(SOON), applies_to=AppliesTo.BASE, certainty="planned")
    found = answer(
        of(
            ending(),
            ending(region="westus"),
            ending(region="japaneast", on=LATER),
            ending(deployment_type="Standard"),
            offer("uksouth", retirement_dates=(sure,)),
        )
    )
    assert [
        (str(e.retires_on), e.deployment_type, e.certainty, e.regions, e.days_left)
        for e in found.retirements
    ] == [
        (SOON, "GlobalStandard", None, ("eastus2", "westus"), 21),
        (SOON, "GlobalStandard", "planned", ("uksouth",), 21),
        (SOON, "Standard", None, ("eastus2",), 21),
        (LATER, "GlobalStandard", None, ("japaneast",), 83),
    ]


@pytest.mark.parametrize(
    ("within", "expected"),
    [(0, []), (20, []), (21, [SOON]), (83, [SOON, LATER]), (None, [SOON, LATER])],
)
def test_within_counts_its_last_day(within: int | None, expected: list[str]) -> None:
    """A date 21 days ahead is within 21 days and not within 20."""
    known = of(ending(), ending(LATER, model="gpt-5"))
    assert dates(answer(known, within_days=within)) == expected


def test_a_span_beyond_the_calendar_is_no_fault() -> None:
    """The last day that there is stands for it."""
    assert dates(answer(of(ending()), within_days=9_999_999)) == [SOON]


def test_the_day_itself_is_ahead_and_the_day_before_past() -> None:
    """What retires on the date of the question is told; what retired the day before on demand."""
    today, before = ending(ON), ending("2026-06-09", model="gpt-3")
    assert dates(answer(of(today, before))) == [ON]
    assert dates(answer(of(today, before), past=True)) == ["2026-06-09", ON]


def test_base_and_fine_tuned_dates_are_told_apart() -> None:
    """Each is an entry; a use, which does not tell of fine-tuning, is hit by the base's."""
    both = (retires(SOON), retires(LATER, AppliesTo.FINE_TUNED))
    found = answer(of(offer(retirement_dates=both)), Use(model="gpt-4o"))
    assert [(e.applies_to, len(e.uses)) for e in found.retirements] == [
        ("base", 1), ("fine_tuned", 0),
    ]  # fmt: skip


def test_a_document_alone_is_an_entry_without_regions() -> None:
    """A version that no offer has is told by its newest notice that has a date."""
    found = answer(
        of(
            offer(),
            lifecycle(SOON, version="old", replacement="gpt-5"),
            lifecycle(LATER, version="2024-11-20"),
        )
    )
    assert [(e.version, e.regions, e.replacement) for e in found.retirements] == [
        ("old", (), "gpt-5"),
        ("2024-11-20", ("eastus2",), None),
    ]


def test_filters_narrow() -> None:
    """By provider, model and region; a document knows no region."""
    known = of(ending(), ending(region="westus"), lifecycle(SOON, model="gpt-3"))
    assert [e.model for e in answer(known, model=("gpt-3",)).retirements] == ["gpt-3"]
    assert [e.regions for e in answer(known, region=("westus",)).retirements] == [("westus",)]
    nothing = answer(known, provider=("bedrock",))
    assert (nothing.retirements, nothing.models_dated, nothing.sources) == ((), 0, ())


def test_models_without_a_date_are_counted() -> None:
    """A model with a date somewhere is dated, also where the date has passed."""
    found = answer(of(ending("2026-06-01"), offer(model="gpt-5"), offer(model="gpt-6")))
    assert (found.retirements, found.models_dated, found.models_undated) == ((), 1, 2)


def only(known: Catalog, *uses: Use, **wanted: Any) -> RetirementEntry:
    """The one entry of gpt-4o."""
    [entry] = answer(known, *uses, model=("gpt-4o",), **wanted).retirements
    return entry


def test_a_replacement_counts_where_one_can_move_to_it() -> None:
    """Under the same type, not deprecated, and alive after the date."""
    entry = only(
        of(
            *(ending(region=r, replacement="gpt-5") for r in ("a", "b", "c", "d")),
            offer("a", "gpt-5"),
            offer("b", "gpt-5", deployment_type="Standard"),
            offer("c", "gpt-5", lifecycle="deprecated"),
            ending(SOON, "d", "gpt-5", version="of d"),
        )
    )
    assert (entry.replacement, entry.living_replacement) == ("gpt-5", "gpt-5")
    assert entry.replacement_regions == ("a",)


def test_a_replacement_that_ends_too_is_followed() -> None:
    """The chain's end is named beside the direct replacement; a chain without an end has none."""
    chain = (ending(replacement="gpt-4.1"), ending(model="gpt-4.1", replacement="gpt-5"))
    entry = only(of(*chain, offer(model="gpt-5")))
    assert (entry.replacement, entry.living_replacement) == ("gpt-4.1", "gpt-5")
    assert entry.replacement_regions == ("eastus2",)
    loop = only(of(chain[0], ending(model="gpt-4.1", replacement="gpt-4o")))
    assert (loop.replacement, loop.living_replacement) == ("gpt-4.1", None)
    unlisted = only(of(chain[0]))
    assert (unlisted.living_replacement, unlisted.replacement_regions) == ("gpt-4.1", ())


def test_another_version_can_be_the_replacement() -> None:
    """A provider names the model itself: its version that lives on is what follows."""
    old = ending(replacement="gpt-4o")
    entry = only(of(old, ending(LATER, version="new")), within_days=30)
    assert (entry.living_replacement, entry.replacement_regions) == ("gpt-4o", ("eastus2",))
    told = only(of(old, lifecycle(LATER, version="new")), within_days=30)
    assert (told.living_replacement, told.replacement_regions) == ("gpt-4o", ())
    last = only(of(old))
    assert (last.living_replacement, last.replacement_regions) == (None, ())


def test_what_is_mine_narrows_entries_and_regions() -> None:
    """Only what a use is hit by, in the regions that it names; without, it is marked alone."""
    known = of(ending(), ending(region="westus"), ending(model="gpt-5"))
    use = Use(model="gpt-4o", name="chat", regions=("westus",), file="using.yaml", line=3)
    [entry] = answer(known, use, mine=True).retirements
    assert (entry.regions, [(u.name, u.file, u.line, u.regions) for u in entry.uses]) == (
        ("westus",),
        [("chat", "using.yaml", 3, ("westus",))],
    )
    everything = answer(known, use).retirements
    assert [(e.model, e.regions, len(e.uses)) for e in everything] == [
        ("gpt-4o", ("eastus2", "westus"), 1),
        ("gpt-5", ("eastus2",), 0),
    ]


def test_a_dead_model_that_still_runs_is_told() -> None:
    """Of a deployment or of a file that names the version; a mere name means no old versions."""
    known = of(ending("2026-06-01"))
    seen = Use(model="gpt-4o", name="chat", account="main", regions=("eastus2",))
    exact = Use(model="gpt-4o", version="2024-11-20", file="using.yaml", line=1)
    vague = Use(model="gpt-4o", file="using.yaml", line=1)
    assert dates(answer(known, seen, mine=True)) == ["2026-06-01"]
    assert dates(answer(known, exact, mine=True)) == ["2026-06-01"]
    assert dates(answer(known, vague, mine=True)) == []
    assert dates(answer(known, seen)) == []


def test_a_deployment_where_no_offer_stands_has_its_versions_date() -> None:
    """A region that lists the model no more still answers for those who run it."""
    use = Use(
        model="gpt-4o", provider="azure", version="2024-11-20", regions=("japaneast",),
        deployment_type="GlobalStandard", account="main", name="chat",
    )  # fmt: skip
    [entry] = answer(of(ending()), use, mine=True).retirements
    assert (str(entry.retires_on), entry.regions) == (SOON, ("japaneast",))


def test_types_of_one_version_and_date_are_one_group() -> None:
    """A region counts as replaced where each type that it has is."""
    known = of(
        *(ending(region=r, replacement="gpt-5") for r in ("a", "b")),
        ending(region="b", replacement="gpt-5", deployment_type="Standard"),
        *(offer(r, "gpt-5") for r in ("a", "b")),
    )
    [group] = grouped(answer(known).retirements)
    assert [e.deployment_type for e in group.entries] == ["GlobalStandard", "Standard"]
    assert (group.regions, group.replaced_in) == (["a", "b"], ["a"])
