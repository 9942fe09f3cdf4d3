"""Claims about regions and the round trips between them."""

import pytest

from planner.core.regions import Latencies, Region, Regions


def region(name: str, display_name: str, **fields: object) -> Region:
    """Make an Azure region in Europe, unless `fields` say otherwise."""
    known: dict[str, object] = {
        "provider": "azure",
        "name": name,
        "display_name": display_name,
        "geography_group": "Europe",
        "source": "here, 2026",
    }
    return Region(**(known | fields))  # type: ignore[arg-type]


IRELAND = region("northeurope", "North Europe", geography="Europe", country="ie")
NETHERLANDS = region("westeurope", "West Europe", geography="Europe", country="nl")
AMERICA = region(
    "eastus2", "East US 2", geography_group="US", geography="United States", country="us"
)
DUBLIN = region("eu-west-1", "Europe (Ireland)", provider="bedrock", geography="Ireland")
EVERYWHERE = region("global", "Global", provider="gemini", geography_group="Global")
REGIONS = Regions([IRELAND, NETHERLANDS, AMERICA, DUBLIN, EVERYWHERE])


@pytest.mark.parametrize("query", ["eastus2", "EastUS2", "East US 2", "EASTUS2", "(US) East US 2"])
def test_find_takes_any_spelling_of_a_region(query: str) -> None:
    """A region is found by name or display name in any case, with or without blanks."""
    assert REGIONS.find(query) == [AMERICA]


def test_find_answers_nothing_for_an_unknown_region() -> None:
    """An unknown region is an empty list, and close names help."""
    assert REGIONS.find("eastus3") == []
    assert REGIONS.close("eastus3", n=1) == ["eastus2"]


def test_get_knows_the_regions_of_aws_by_two_names() -> None:
    """GPU instances of "aws" and models of "bedrock" are in the same regions."""
    assert REGIONS.get("aws", "eu-west-1") is DUBLIN
    assert REGIONS.get("bedrock", "eu-west-1") is DUBLIN
    assert REGIONS.get("azure", "eu-west-1") is None


def test_display_falls_back_to_the_name() -> None:
    """A region that the table lacks is shown under its own name."""
    assert REGIONS.display("azure", "eastus2") == "East US 2"
    assert REGIONS.display("azure", "marsnorth") == "marsnorth"
    assert AMERICA.full_name == "(US) East US 2"


def test_regions_of_one_geography_belong_together() -> None:
    """A geography holds the regions of one provider; without one a region stands alone."""
    assert REGIONS.sharing_geography(IRELAND) == [IRELAND, NETHERLANDS]
    assert REGIONS.sharing_geography(EVERYWHERE) == [EVERYWHERE]


def test_a_region_stands_once() -> None:
    """A table with the same region twice is refused."""
    with pytest.raises(ValueError, match="azure region westeurope stands twice; keep one"):
        Regions([NETHERLANDS, region("westeurope", "Once More")])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "name of region '' is empty"),
        ({"country": "DE"}, "country is 'DE'; give two lower-case letters"),
        ({"zone": "eur"}, "a zone or its source; give both or neither"),
        ({"latitude": 91.0}, "latitude is 91.0; give degrees from -90 to 90"),
    ],
)
def test_a_region_is_checked_at_birth(fields: dict[str, object], message: str) -> None:
    """Nonsense in a region is refused, with what to give instead."""
    with pytest.raises(ValueError, match=message):
        region(**({"name": "here", "display_name": "Here"} | fields))  # type: ignore[arg-type]


def test_a_round_trip_is_the_measured_one_or_the_way_back() -> None:
    """A round trip is as measured this way, else the other way, else unknown; never 0."""
    latencies = Latencies(
        {("japaneast", "eastus"): 162, ("eastus", "japaneast"): 160, ("eastus", "uksouth"): 78}
    )
    assert latencies.ms("japaneast", "eastus") == 162
    assert latencies.ms("eastus", "japaneast") == 160
    assert latencies.ms("uksouth", "eastus") == 78
    assert latencies.ms("uksouth", "japaneast") is None
    assert latencies.ms("eastus", "eastus") is None
