"""Where the providers' regions are, and how far they are from one another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

_CLOUDS = {"bedrock": "aws"}


def cloud_of(provider: str) -> str:
    """Whose cloud a provider is: what AWS sells as models and as machines goes by two names."""
    return _CLOUDS.get(provider, provider)


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """One region of one provider, at its own spelling ("southafricanorth", "us-east-1").

    `geography_group` is Azure's coarse grouping, used for all providers; `geography` is the
    provider's residency unit (a country, or Azure's "Europe"); `country` is ISO 3166 alpha-2 in
    lower case; `zone` is the Azure data zone it belongs to. None is unknown.
    """

    provider: str
    name: str
    display_name: str
    geography_group: str
    source: str
    geography: str | None = None
    country: str | None = None
    zone: Literal["us", "eur", "apac"] | None = None
    zone_source: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        for field in ("provider", "name", "display_name", "geography_group", "source"):
            if not getattr(self, field):
                raise ValueError(f"{field} of region {self.name!r} is empty; give it")
        if (code := self.country) is not None and not (len(code) == 2 and code.islower()):  # noqa: PLR2004
            raise ValueError(f"country is {code!r}; give two lower-case letters (ISO 3166)")
        if (self.zone is None) != (self.zone_source is None):
            raise ValueError(f"region {self.name} has a zone or its source; give both or neither")
        for field, most in (("latitude", 90), ("longitude", 180)):
            value = getattr(self, field)
            if value is not None and not -most <= value <= most:
                raise ValueError(f"{field} is {value}; give degrees from -{most} to {most}")

    @property
    def full_name(self) -> str:
        """The display name with its geography before it: "(Africa) South Africa North"."""
        return f"({self.geography_group}) {self.display_name}"


class Regions:
    """The known regions of all providers. Raises ValueError where one stands twice."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._regions = tuple(regions)
        self._by_name: dict[tuple[str, str], Region] = {}
        self._by_key: dict[str, list[Region]] = defaultdict(list)
        for region in self._regions:
            place = cloud_of(region.provider), region.name
            if self._by_name.setdefault(place, region) is not region:
                raise ValueError(f"{region.provider} region {region.name} stands twice; keep one")
            for key in {_key(name) for name in _names(region)}:
                self._by_key[key].append(region)

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions)

    def get(self, provider: str, name: str) -> Region | None:
        """Return the region of this exact name; "aws" has the regions of "bedrock"."""
        return self._by_name.get((cloud_of(provider), name))

    def find(self, query: str) -> list[Region]:
        """Return the regions that a person means, of whatever provider: [] where there is none.

        Name or display name, in any case, with or without blanks: "East US 2", "AUSTRALIAEAST".
        """
        return list(self._by_key.get(_key(query), ()))

    def close(self, query: str, n: int = 3) -> list[str]:
        """Return up to `n` region names that resemble the query, the closest first."""
        import difflib  # noqa: PLC0415 - of use in an error message alone

        keys = difflib.get_close_matches(_key(query[:100]), self._by_key, n=2 * n)
        names = dict.fromkeys(region.name for key in keys for region in self._by_key[key])
        return list(names)[:n]

    def display(self, provider: str, name: str) -> str:
        """Return the display name of a region, or the name itself where it is unknown."""
        region = self.get(provider, name)
        return region.display_name if region else name

    def zone_of(self, provider: str, name: str) -> tuple[str, ...]:
        """Return the regions of the data zone that a region belongs to; none where it has none."""
        region = self.get(provider, name)
        if region is None or region.zone is None:
            return ()
        same = (provider, region.zone)
        return tuple(r.name for r in self._regions if (r.provider, r.zone) == same)

    def sharing_geography(self, region: Region) -> list[Region]:
        """Return the regions of the same provider and geography, itself among them."""
        if region.geography is None:
            return [region]
        unit = (region.provider, region.geography)
        return [other for other in self._regions if (other.provider, other.geography) == unit]


class Latencies:
    """Round-trip times between Azure regions, in milliseconds, by (from, to)."""

    def __init__(self, ms_by_pair: Mapping[tuple[str, str], int]) -> None:
        self._ms_by_pair = ms_by_pair

    def ms(self, from_region: str, to_region: str) -> int | None:
        """Return the round trip in ms; measured the other way round where only that is known.

        The table has both ways, which differ a little. None where it has neither, and from a
        region to itself, which is not measured.
        """
        there = self._ms_by_pair.get((from_region, to_region))
        return there if there is not None else self._ms_by_pair.get((to_region, from_region))


def _names(region: Region) -> tuple[str, str, str]:
    return region.name, region.display_name, region.full_name


def _key(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
