"""Claims about where data may be processed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.boundaries import (
    COUNTRIES,
    EU,
    ZONES,
    join_places,
    parse_boundary,
    processing_boundary,
    within,
)
from planner.core.regions import Region, Regions


def region(
    name: str, geography: str | None, country: str | None, zone: str | None = None
) -> Region:
    """Make a region that lies here."""
    return Region(
        provider="azure",
        name=name,
        display_name=name,
        geography_group="Europe",
        geography=geography,
        country=country,
        zone=zone,  # type: ignore[arg-type]
        zone_source=zone and "here, 2026",
        source="here, 2026",
    )


@pytest.mark.parametrize(
    ("boundary", "asked", "expected"),
    [
        ("anywhere", "anywhere", True),
        ("anywhere", "us", False),
        ("jp", "anywhere", True),
        ("eur", "eur", True),
        ("eur", "eu", False),
        ("eu", "eur", True),
        ("fr", "eu", True),
        ("fr", "eur", True),
        ("ch", "eur", True),
        ("ch", "eu", False),
        ("gb", "eur", False),
        ("ie+nl", "eu", True),
        ("ie+nl", "ie", False),
        ("ie+nl", "ie+nl+us", True),
        ("us", "us", True),
        ("apac", "apac", True),
        ("apac", "jp", False),
        ("apac", "au+in+jp+sg", False),
        ("jp", "apac", True),
        ("kr", "apac", False),
        ("jp", "jp", True),
        ("jp", "on-premises", False),
        ("anywhere", "on-premises", False),
    ],
)
def test_within(boundary: str, asked: str, expected: bool) -> None:
    """Data passes where each place of its boundary lies in what was asked."""
    assert within(boundary, asked) is expected


def test_an_unknown_boundary_is_unknown() -> None:
    """What is not known is neither in nor out, but for the two answers that no place changes."""
    assert within(None, "eu") is None
    assert within(None, "anywhere") is True
    assert within(None, "on-premises") is False


PLACES = st.sampled_from(sorted(COUNTRIES | ZONES.keys()))
BOUNDARIES = st.sets(PLACES, min_size=1, max_size=4).map(join_places)


@given(BOUNDARIES, BOUNDARIES, PLACES)
def test_asking_for_more_places_never_loses_an_offer(boundary: str, asked: str, more: str) -> None:
    """A boundary is within itself, and what passes still passes when a place is added."""
    assert within(boundary, boundary) is True
    if within(boundary, asked):
        assert within(boundary, join_places([*asked.split("+"), more])) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EU", "eu"),
        ("eur", "eur"),
        ("JP", "jp"),
        (" us ", "us"),
        ("uk", "gb"),
        ("NL + ie", "ie+nl"),
        ("Anywhere", "anywhere"),
        ("on-premises", "on-premises"),
    ],
)
def test_parse_boundary_reads_codes_and_zones(text: str, expected: str) -> None:
    """Codes and zones are read in any case and given back in one spelling."""
    assert parse_boundary(text) == expected


@pytest.mark.parametrize("text", ["", "japan", "xx", "jp+", "jp+anywhere", "on-premises+jp"])
def test_parse_boundary_refuses_the_rest_and_names_what_is_accepted(text: str) -> None:
    """Anything else is refused with the zones and an example of a code."""
    with pytest.raises(
        ValueError, match=r"give anywhere, on-premises, a zone \(eu, eur, us, apac\)"
    ):
        parse_boundary(text)


def test_the_european_union_has_27_members() -> None:
    """Norway, Switzerland and the United Kingdom are none of the 27."""
    assert len(EU) == 27
    assert {"ch", "gb", "no"}.isdisjoint(EU)
    assert all(countries <= COUNTRIES for countries in ZONES.values())


IRELAND = region("northeurope", "Europe", "ie", "eur")
NETHERLANDS = region("westeurope", "Europe", "nl", "eur")
JAPAN = region("japaneast", "Japan", "jp")
NOWHERE = region("global", None, None)
REGIONS = Regions([IRELAND, NETHERLANDS, JAPAN, NOWHERE])


@pytest.mark.parametrize(
    ("scope", "where", "expected"),
    [
        ("global", IRELAND, "anywhere"),
        ("global", NOWHERE, "anywhere"),
        ("geographic", IRELAND, "eur"),
        ("geographic", JAPAN, None),
        ("regional", IRELAND, "ie+nl"),
        ("regional", JAPAN, "jp"),
        ("regional", NOWHERE, None),
    ],
)
def test_scope_and_region_tell_the_boundary(
    scope: str, where: Region, expected: str | None
) -> None:
    """A regional offer claims its whole geography, a geographic one its zone."""
    assert processing_boundary(scope, where, REGIONS) == expected


def test_an_unknown_scope_is_refused() -> None:
    """A scope outside the three words is a fault that is named."""
    with pytest.raises(ValueError, match="scope is 'zonal'; give regional, geographic or global"):
        processing_boundary("zonal", JAPAN, REGIONS)
