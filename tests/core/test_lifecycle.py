"""Claims about when an offer retires, with the dates that Azure really gave."""

import datetime as dt

import pytest

from planner.core.lifecycle import Life, Statements, ends_on, life_of
from planner.core.offers import AppliesTo, Lifecycle, Offer
from tests.builders import day, lifecycle, offer, retires

APRIL, JULY = day("2026-04-23"), day("2026-07-07")
FINE_TUNED = AppliesTo.FINE_TUNED

# gpt-4o 2024-08-06 in swedencentral, as the management API told on 2026-04-23.
STANDARD = offer(
    "swedencentral",
    version="2024-08-06",
    deployment_type="Standard",
    retirement_dates=(retires("2026-03-31"),),
)
GLOBAL = offer("swedencentral", version="2024-08-06", retirement_dates=(retires("2026-10-01"),))
API = ((APRIL, STANDARD), (APRIL, GLOBAL))
# The documentation of 2026-07-07 tells one date for the version.
DOCUMENT = (JULY, lifecycle("2026-10-01", version="2024-08-06", replacement="gpt-5.1"))


def life(
    of: Offer,
    *notices: tuple[dt.date, Lifecycle],
    dated: tuple[tuple[dt.date, Offer], ...] = (),
    seen_on: dt.date = APRIL,
) -> Life:
    """The life of an offer that was seen in April."""
    return life_of(of, seen_on, Statements(notices, dated))


def test_standard_retires_half_a_year_before_global_as_the_api_says() -> None:
    """gpt-4o 2024-08-06: Standard on 2026-03-31, GlobalStandard on 2026-10-01."""
    assert ends_on(STANDARD, life(STANDARD, dated=API)) == day("2026-03-31")
    assert ends_on(GLOBAL, life(GLOBAL, dated=API)) == day("2026-10-01")


def test_an_early_deployment_type_keeps_its_date_against_a_newer_document() -> None:
    """A newer statement that tells the version's date alone does not look at deployment types."""
    assert ends_on(STANDARD, life(STANDARD, DOCUMENT, dated=API)) == day("2026-03-31")
    assert ends_on(GLOBAL, life(GLOBAL, DOCUMENT, dated=API)) == day("2026-10-01")


def test_a_moved_date_wins_when_it_is_newer() -> None:
    """gpt-4o-transcribe was told for 2026-06-01 in April and for 2026-10-15 in July."""
    told = offer(
        "swedencentral",
        "gpt-4o-transcribe",
        version="2025-03-20",
        retirement_dates=(retires("2026-06-01"),),
    )
    moved = (JULY, lifecycle("2026-10-15", "gpt-4o-transcribe", version="2025-03-20"))
    dated = ((APRIL, told),)
    assert ends_on(told, life(told, dated=dated)) == day("2026-06-01")
    assert ends_on(told, life(told, moved, dated=dated)) == day("2026-10-15")


def test_an_older_document_does_not_move_what_was_seen_later() -> None:
    """The newest statement wins, also where it is the offer's own."""
    older = (day("2026-01-05"), lifecycle("2027-01-01", version="2024-08-06"))
    assert ends_on(GLOBAL, life(GLOBAL, older, dated=API)) == day("2026-10-01")


def test_a_sku_with_two_dates_keeps_both_and_ends_with_the_base() -> None:
    """gpt-4.1 ProvisionedManaged: base 2026-10-14, fine-tuned deployments 2027-10-14."""
    both = (retires("2026-10-14"), retires("2027-10-14", FINE_TUNED))
    sku = offer(
        "swedencentral",
        "gpt-4.1",
        version="2025-04-14",
        deployment_type="ProvisionedManaged",
        retirement_dates=both,
    )
    found = life(sku, dated=((APRIL, sku),))
    assert found.retirement_dates == both
    assert ends_on(sku, found) == day("2026-10-14")


def test_an_offer_of_fine_tuned_deployments_ends_with_their_date() -> None:
    """A usage name of fine-tuned deployments has their date alone, and not the base's notice."""
    tuned = offer(fine_tuned=True, retirement_dates=(retires("2027-10-14", FINE_TUNED),))
    found = life(tuned, (JULY, lifecycle("2026-10-14")))
    assert found.retirement_dates == (retires("2027-10-14", FINE_TUNED),)
    assert ends_on(tuned, found) == day("2027-10-14")


def test_a_date_that_tells_no_kind_is_that_of_the_offers_own_kind() -> None:
    """A provider that says only "fine-tuned deployments, 2027-10-14" is not dropped."""
    tuned = offer(fine_tuned=True, retirement_dates=(retires("2027-10-14", None),))
    assert ends_on(tuned, life(tuned)) == day("2027-10-14")
    plain = offer(retirement_dates=(retires("2026-10-14", None),))
    assert ends_on(plain, life(plain)) == day("2026-10-14")


def test_an_offer_without_dates_takes_those_of_its_type_from_any_region() -> None:
    """A version retires under a deployment type everywhere at once."""
    elsewhere = offer("japaneast", version="2024-08-06", deployment_type="Standard")
    found = life(elsewhere, DOCUMENT, dated=API, seen_on=day("2026-06-03"))
    assert ends_on(elsewhere, found) == day("2026-03-31")


def test_dates_of_another_version_or_type_are_not_taken() -> None:
    """2024-11-20 Standard does not retire with 2024-08-06 Standard."""
    other = offer(version="2024-11-20", deployment_type="Standard")
    assert life(other, dated=API).retirement_dates == ()
    assert ends_on(other, life(other, dated=API)) is None


@pytest.mark.parametrize(("version", "end"), [("2024-08-06", "2026-10-01"), ("2024-05-13", None)])
def test_a_notice_speaks_of_its_version(version: str, end: str | None) -> None:
    """A notice of one version says nothing of another."""
    of = offer(version=version)
    assert ends_on(of, life(of, DOCUMENT)) == (end and day(end))


def test_a_notice_without_a_version_speaks_of_all_but_yields_to_one_that_names_it() -> None:
    """Of one day, what is said of the version itself weighs more, in either order."""
    every = (JULY, lifecycle("2027-01-01", version=None))
    this = (JULY, lifecycle("2026-10-01"))
    assert ends_on(offer(), life(offer(), every)) == day("2027-01-01")
    assert ends_on(offer(), life(offer(), every, this)) == day("2026-10-01")
    assert ends_on(offer(), life(offer(), this, every)) == day("2026-10-01")


def test_the_newest_named_replacement_wins() -> None:
    """A newer notice changes the replacement that the offer itself named."""
    of = offer(replacement="gpt-4.1")
    assert life(of).replacement == "gpt-4.1"
    older = (day("2026-01-05"), lifecycle(replacement="gpt-5"))
    assert life(of, older).replacement == "gpt-4.1"
    newer = (JULY, lifecycle(replacement="gpt-5.1"))
    assert life(of, newer, older).replacement == "gpt-5.1"


def test_the_newest_lifecycle_word_wins_and_an_older_one_fills_a_gap() -> None:
    """The offer's own word yields to a newer notice, and none to an older one."""
    of = offer(lifecycle="generally_available")
    older = (day("2026-01-05"), lifecycle(lifecycle="preview"))
    newer = (JULY, lifecycle(lifecycle="deprecated"))
    assert life(of, older).lifecycle == "generally_available"
    assert life(of, newer).lifecycle == "deprecated"
    assert life(offer(), older).lifecycle == "preview"
    tuned = (JULY, lifecycle(lifecycle="deprecated", applies_to=FINE_TUNED))
    assert life(of, tuned).lifecycle == "generally_available"
