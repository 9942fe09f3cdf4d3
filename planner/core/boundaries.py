"""Where data may be processed, as text: a claim of an offer, and what a person asks for.

A boundary is None (unknown), "anywhere", or places joined by "+" in sorted order ("ie+nl"): data
stays within these places together. A place is a country (ISO 3166 alpha-2, lower case) or a zone:

- "eu": the 27 member states of the European Union;
- "eur": what Azure calls the EUR data zone: the European Union, Norway and Switzerland;
- "us": the United States, as a country and as Azure's data zone;
- "apac": Azure's Asia-Pacific data zone, whose countries are not promised one by one.

A person may also ask for "on-premises", which no provider's offer is within.
"""

from collections.abc import Iterable

from planner.core.regions import Region, Regions

ANYWHERE = "anywhere"
ON_PREMISES = "on-premises"

# The member states since 2020-02-01 (Treaty on European Union, Article 52; recalled).
_EU_CODES = "at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk"
EU = frozenset(_EU_CODES.split())
EUR = EU | {"ch", "no"}
# The countries where the zone's known regions are: australiaeast, centralindia, japaneast,
# southeastasia (Azure price meters, 2026-07).
APAC = frozenset({"au", "in", "jp", "sg"})
ZONES = {"eu": EU, "eur": EUR, "us": frozenset({"us"}), "apac": APAC}

# Zones that are no more than their countries; "apac" may grow beyond the ones known.
_SUMS = ("eu", "eur", "us")

# ISO 3166-1 as of 2024-02-29, from iso3166.tab of the IANA time zone database 2026.
_COUNTRY_CODES = (
    "ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br "
    "bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz "
    "ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw "
    "gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky "
    "kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv "
    "mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py "
    "qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg "
    "th tj tk tl tm tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm "
    "zw"
)
COUNTRIES = frozenset(_COUNTRY_CODES.split())


def within(boundary: str | None, asked: str) -> bool | None:
    """Return whether data that stays in `boundary` stays in what was asked; None: unknown.

    Every place is within "anywhere", also an unknown one; no provider's offer is within
    "on-premises". A country passes the zones that hold it: "fr" passes "eu" and "eur", "ch" passes
    "eur", and "jp" passes "apac", since the zone has a region in Japan. "eur" does not pass "eu".
    "apac" passes "apac" alone.
    """
    if asked == ANYWHERE:
        return True
    if asked == ON_PREMISES or boundary == ANYWHERE:
        return False
    if boundary is None:
        return None
    allowed: set[str] = set()
    for place in asked.split("+"):
        allowed |= {place} | ZONES.get(place, frozenset())
    return all(
        place in allowed or (place in _SUMS and ZONES[place] <= allowed)
        for place in boundary.split("+")
    )


def parse_boundary(text: str) -> str:
    """Return what a person asks for in its canonical spelling: "EU" gives "eu", "NL+ie" "ie+nl".

    Raises ValueError, naming what is accepted, for anything that is no boundary.
    """
    asked = text.strip().lower()
    if asked in (ANYWHERE, ON_PREMISES):
        return asked
    # "uk" is what people write for "gb".
    places = {"gb" if place == "uk" else place for place in map(str.strip, asked.split("+"))}
    if strange := sorted(places - COUNTRIES - ZONES.keys()):
        raise ValueError(
            f"boundary {strange[0][:40]!r} is not known; give anywhere, on-premises, a zone "
            f"({', '.join(ZONES)}) or two-letter country codes such as jp or ie+nl"
        )
    return join_places(places)


def join_places(places: Iterable[str]) -> str:
    """Return the boundary of several places: {"nl", "ie"} gives "ie+nl"."""
    return "+".join(sorted(set(places)))


def processing_boundary(scope: str, region: Region, regions: Regions) -> str | None:
    """Return where a request to a region is processed, from its scope; None where unknown.

    "global" is anywhere; "geographic" is the region's data zone; "regional" is every country of
    the region's geography, the weaker of two promises where a provider makes both (Azure's
    geography "Europe" has regions in Ireland and the Netherlands: "ie+nl").
    """
    if scope == "global":
        return ANYWHERE
    if scope == "geographic":
        return region.zone
    if scope != "regional":
        raise ValueError(f"scope is {scope!r}; give regional, geographic or global")
    countries = {other.country for other in regions.sharing_geography(region)}
    known = {country for country in countries if country is not None}
    return join_places(known) if known == countries else None
