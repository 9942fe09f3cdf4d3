"""Claims about what the snapshots say together on a date."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.catalog import Catalog, Sighting, Source
from planner.core.offers import Lifecycle, Offer
from planner.core.snapshots import Coverage, Origin, Snapshot, Status
from tests.builders import catalog, day, lifecycle, looked, offer, snapshot

MAY, JUNE, JULY = "2026-05-01", "2026-06-03", "2026-07-07"


def seen(sightings: list[Sighting]) -> list[tuple[str, str, str]]:
    """Region, model and the day on which it was seen, in order."""
    return sorted((s.offer.region, s.offer.model, str(s.seen_on)) for s in sightings)


def test_the_newest_record_that_covers_a_place_wins() -> None:
    """What the older snapshot says of a region that was read again does not count any more."""
    old = snapshot(offer(context_tokens=1), on=MAY)
    new = snapshot(offer(context_tokens=2), on=JUNE)
    found = catalog(old, new).offers("gpt-4o")
    assert [(s.offer.context_tokens, s.seen_on, s.snapshot) for s in found] == [
        (2, day(JUNE), day(JUNE))
    ]


def test_what_a_newer_snapshot_does_not_cover_stays_with_its_own_date() -> None:
    """Only May read japaneast; June read eastus2."""
    old = snapshot(offer("eastus2"), offer("japaneast"), on=MAY)
    new = snapshot(offer("eastus2"), on=JUNE)
    assert seen(catalog(old, new).offers()) == [
        ("eastus2", "gpt-4o", JUNE),
        ("japaneast", "gpt-4o", MAY),
    ]


def test_a_carried_record_keeps_the_day_on_which_it_was_seen() -> None:
    """A record of a June snapshot that was observed in May shows May."""
    kept = snapshot(
        offer(observed_on=day(MAY)),
        on=JUNE,
        coverage=looked("eastus2", status=Status.FAILED, carried_from=day(MAY)),
    )
    assert seen(catalog(kept).offers()) == [("eastus2", "gpt-4o", MAY)]


@pytest.mark.parametrize(
    "coverage",
    [
        looked("eastus2", complete=False),
        looked("eastus2", models=("o1",)),
        looked("eastus2", kinds=("quota",)),
        looked("eastus2", status=Status.FAILED),
        looked("eastus2", status=Status.DENIED),
        looked("eastus2", status=Status.THROTTLED),
        looked("eastus2", status=Status.SUSPECT),
        looked("japaneast"),
        looked(None, kinds=("lifecycle",)),
        (),
    ],
)
def test_a_look_that_was_not_whole_takes_nothing_away(coverage: tuple[Coverage, ...]) -> None:
    """A partial, failed or denied look without the model leaves the older record as it was."""
    silent = snapshot(on=JUNE, coverage=coverage)
    found = catalog(snapshot(offer(), on=MAY), silent)
    assert seen(found.offers()) == [("eastus2", "gpt-4o", MAY)]
    assert found.gone("gpt-4o") == []


@pytest.mark.parametrize("status", [Status.OK, Status.EMPTY, Status.NOT_OFFERED])
def test_a_model_that_a_whole_look_no_longer_has_is_gone(status: Status) -> None:
    """Both dates are kept: the last sight of it, and the look that found it gone."""
    silent = snapshot(on=JUNE, coverage=looked("eastus2", status=status))
    found = catalog(snapshot(offer(), on=MAY), silent)
    assert found.offers() == []
    assert [(s.seen_on, s.gone_by) for s in found.gone("gpt-4o")] == [(day(MAY), day(JUNE))]


def test_a_gone_model_rests_on_both_snapshots() -> None:
    """The answer names the snapshot that saw it last and the one that found it gone."""
    docs = snapshot(on=JUNE, coverage=looked("eastus2"), origin=Origin.PUBLIC_DOCS)
    found = catalog(snapshot(offer(), on=MAY), docs, on="2026-06-13")
    assert found.sources(found.gone("gpt-4o")) == (
        Source(provider="azure", snapshot=day(MAY), origin=Origin.API, age_days=43),
        Source(provider="azure", snapshot=day(JUNE), origin=Origin.PUBLIC_DOCS, age_days=10),
    )


def test_a_model_that_came_back_is_not_gone() -> None:
    """May had it, June did not, July has it again."""
    silent = snapshot(on=JUNE, coverage=looked("eastus2"))
    found = catalog(snapshot(offer(), on=MAY), silent, snapshot(offer(), on=JULY))
    assert seen(found.offers()) == [("eastus2", "gpt-4o", JULY)]
    assert found.gone("gpt-4o") == []


def test_a_deployment_type_that_vanished_is_gone_where_its_model_stays() -> None:
    """The newer whole look says how the model is offered in the region; the rest was seen once."""
    both = (offer(), offer(deployment_type="Standard"))
    found = catalog(snapshot(*both, on=MAY), snapshot(offer(), on=JUNE))
    assert [s.offer.deployment_type for s in found.offers()] == ["GlobalStandard"]
    (gone,) = found.gone("gpt-4o")
    assert (gone.offer.deployment_type, gone.gone_by) == ("Standard", day(JUNE))


def test_own_snapshots_come_before_carried_ones_whatever_their_dates() -> None:
    """The user's look of May beats the public data of June where it looked, and only there."""
    own = snapshot(offer("eastus2", context_tokens=1), on=MAY)
    public = snapshot(offer("eastus2", context_tokens=2), offer("japaneast"), on=JUNE)
    found = catalog(public, own=(own,))
    assert seen(found.offers()) == [("eastus2", "gpt-4o", MAY), ("japaneast", "gpt-4o", JUNE)]


def test_what_the_users_own_look_did_not_have_is_not_offered() -> None:
    """Public data of June does not put into eastus2 what the user's own look of May lacks."""
    own = snapshot(on=MAY, coverage=looked("eastus2"), origin=Origin.ACCOUNT)
    found = catalog(snapshot(offer(), on=JUNE), own=(own,))
    assert found.offers() == []
    assert [(s.seen_on, s.gone_by) for s in found.gone("gpt-4o")] == [(day(JUNE), day(MAY))]


def test_snapshots_after_the_date_do_not_exist() -> None:
    """On the day before the July snapshot nothing of it is known, also not from the user's own."""
    june, july = snapshot(offer("eastus2"), on=JUNE), snapshot(offer("japaneast"), on=JULY)
    assert seen(catalog(june, july, on="2026-07-06").offers()) == [("eastus2", "gpt-4o", JUNE)]
    assert seen(catalog(june, own=(july,), on="2026-07-06").offers()) == [
        ("eastus2", "gpt-4o", JUNE)
    ]
    assert catalog(june, july, on="2026-05-31").models() == set()


def test_a_document_of_retirements_takes_no_offer_away_and_dates_it() -> None:
    """Kinds are independent: July tells when the offers of June retire."""
    document = snapshot(
        lifecycle("2026-10-01", replacement="gpt-5.1"),
        on=JULY,
        coverage=looked(None, kinds=("lifecycle",)),
    )
    found = catalog(snapshot(offer(), on=JUNE), document)
    [sighting] = found.offers("gpt-4o")
    life = found.life(sighting)
    assert (sighting.seen_on, life.retirement_dates[0].on) == (day(JUNE), day("2026-10-01"))
    assert life.replacement == "gpt-5.1"
    assert [s.snapshot for s in found.sources([sighting])] == [day(JUNE), day(JULY)]


def test_providers_do_not_speak_for_one_another() -> None:
    """A whole look at one provider's region says nothing of another's region of that name."""
    azure = snapshot(offer("global"), on=MAY)
    gemini = snapshot(on=JUNE, coverage=looked("global"), provider="gemini")
    assert seen(catalog(azure, gemini).offers()) == [("global", "gpt-4o", MAY)]


def test_spellings_of_one_model_are_found_under_its_canonical_name() -> None:
    """The catalog answers by the name that all providers share."""
    own = snapshot(offer(model="GPT-4o"), on=MAY)
    found = Catalog((own,), (), day(JUNE), str.lower)
    assert found.models() == {"gpt-4o"}
    assert [s.offer.model for s in found.offers("gpt-4o")] == ["GPT-4o"]


REGIONS = ("eastus2", "japaneast")
entries = st.builds(
    Coverage,
    region=st.sampled_from(REGIONS),
    models=st.sampled_from([None, ("a",)]),
    complete=st.booleans(),
    status=st.sampled_from([Status.OK, Status.FAILED]),
)
records = st.one_of(
    st.builds(
        offer,
        region=st.sampled_from(REGIONS),
        model=st.sampled_from(["a", "b"]),
        deployment_type=st.sampled_from([None, "Standard"]),
    ),
    st.builds(lifecycle, st.none(), st.sampled_from(["a", "b"])),
)


@st.composite
def layers(draw: st.DrawFn) -> list[Snapshot]:
    """Up to four snapshots of different days."""
    days = draw(st.lists(st.integers(1, 28), max_size=4, unique=True))
    return [
        snapshot(
            *draw(st.lists(records, max_size=4, unique_by=_identity)),
            on=f"2026-05-{number:02d}",
            coverage=tuple(draw(st.lists(entries, max_size=3))),
            provider="azure",
        )
        for number in days
    ]


def _identity(record: Offer | Lifecycle) -> tuple[str, ...]:
    return record.identity


@given(layers(), st.randoms())
def test_the_order_of_snapshots_does_not_matter(found: list[Snapshot], random: object) -> None:
    """However the files are listed, the answer is the same, in the same order."""
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = catalog(*found), catalog(*shuffled)
    assert one.offers() == other.offers()
    assert [one.gone(m) for m in "ab"] == [other.gone(m) for m in "ab"]
    assert [one.notices(m) for m in "ab"] == [other.notices(m) for m in "ab"]


@given(layers())
def test_nothing_is_invented_and_a_place_stands_or_is_gone(found: list[Snapshot]) -> None:
    """Each sighting is a record of a snapshot up to the date; no offer both stands and is gone."""
    on = dt.date(2026, 5, 14)
    view = catalog(*found, on=str(on))
    known = {(s.date, r) for s in found for r in s.records}
    stands, gone = view.offers(), [s for m in "ab" for s in view.gone(m)]
    assert all((s.snapshot, s.offer) in known and s.seen_on <= on for s in [*stands, *gone])
    assert {s.offer.identity for s in stands}.isdisjoint(s.offer.identity for s in gone)
