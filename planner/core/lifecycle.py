"""When an offer retires and what follows it, from statements that differ in date and detail.

A management API tells dates by deployment type, in the regions that were read; a document tells
one date for a version, everywhere. The newest statement wins, with one exception: a deployment type
that was to retire before the rest of its version keeps its own date when a newer statement gives
the version's date alone, since such a statement does not look at deployment types. A newer date
that is sooner than its own holds for it, too.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from planner.core.offers import AppliesTo, Lifecycle, Offer, Retirement

RETIRED = frozenset({"retired"})
CLOSED_TO_NEW = frozenset({"deprecated"})
"""Lifecycle words under which a provider takes no new deployments (Azure: "Deprecated")."""

LIFE_FIELDS = (
    "version",
    "deployment_type",
    "lifecycle",
    "fine_tuned",
    "retirement_dates",
    "replacement",
)
"""What `life_of` looks at in an offer: two that agree in these live alike."""


class Life(msgspec.Struct, frozen=True):
    """What is known of an offer's life: its lifecycle word, retirement dates and replacement."""

    lifecycle: str | None
    retirement_dates: tuple[Retirement, ...]
    replacement: str | None


class Statements(msgspec.Struct, frozen=True):
    """All that was said of one provider's model up to a date, newest first.

    `notices` are document records, `dated` the offers that were seen with retirement dates.
    """

    notices: tuple[tuple[dt.date, Lifecycle], ...] = ()
    dated: tuple[tuple[dt.date, Offer], ...] = ()


def life_of(offer: Offer, seen_on: dt.date, statements: Statements) -> Life:
    """The life of an offer that was seen on a day, in the light of all statements."""
    notices = [(day, n) for day, n in statements.notices if _speaks_of(n, offer)]
    notices.sort(key=_weight, reverse=True)
    word = offer.lifecycle
    for day, notice in notices:
        if notice.lifecycle and notice.applies_to is _wanted(offer):
            word = notice.lifecycle if word is None or day >= seen_on else word
            break
    dates = sorted(_dates(offer, seen_on, notices, statements.dated), key=_by_date)
    mine = [(day, n) for day, n in notices if n.applies_to is _wanted(offer)]
    told = [(day, n.replacement) for day, n in mine if n.replacement]
    replacement = offer.replacement
    if told and (replacement is None or told[0][0] > seen_on):
        replacement = told[0][1]
    return Life(word, tuple(dates), replacement)


def ends_on(offer: Offer, life: Life) -> dt.date | None:
    """The day from which a deployment of the offer's base model does not answer any more.

    For an offer of fine-tuned deployments alone, the day on which those stop.
    """
    dates = [r.on for r in life.retirement_dates if r.applies_to in (_wanted(offer), None)]
    return min(dates, default=None)


def _wanted(offer: Offer) -> AppliesTo:
    """Which deployments an offer is first of all about."""
    return AppliesTo.FINE_TUNED if offer.fine_tuned else AppliesTo.BASE


def _by_date(retirement: Retirement) -> tuple[dt.date, str]:
    return retirement.on, retirement.applies_to or ""


def _weight(statement: tuple[dt.date, Lifecycle]) -> tuple[dt.date, bool, bool]:
    """Newer is heavier; of one day, what is said of a version or type is more than of them all."""
    day, notice = statement
    return day, notice.version is not None, notice.deployment_type is not None


def _kind(retirement: Retirement, offer: Offer) -> AppliesTo:
    """Which deployments a date of an offer is for, where the provider does not tell."""
    return retirement.applies_to or _wanted(offer)


def _speaks_of(notice: Lifecycle, offer: Offer) -> bool:
    return notice.version in (None, offer.version) and notice.deployment_type in (
        None,
        offer.deployment_type,
    )


def _dates(
    offer: Offer,
    seen_on: dt.date,
    notices: Sequence[tuple[dt.date, Lifecycle]],
    dated: Sequence[tuple[dt.date, Offer]],
) -> Iterator[Retirement]:
    told_on, own, version_ends = _observed(offer, seen_on, dated)
    for kind in AppliesTo:
        if offer.fine_tuned is not None and offer.fine_tuned is not (kind is AppliesTo.FINE_TUNED):
            continue
        mine = [r for r in own if _kind(r, offer) is kind]
        early = bool(mine and version_ends and min(r.on for r in mine) < version_ends)
        day, told = next(
            ((day, r) for day, n in notices if (r := _told(n)) and n.applies_to is kind),
            (dt.date.min, None),
        )
        sooner = told is not None and bool(mine) and told.on < min(r.on for r in mine)
        if told is not None and (not mine or (day > told_on and (sooner or not early))):
            yield told
        else:
            yield from mine


def _told(notice: Lifecycle) -> Retirement | None:
    """The retirement that a notice names, if it names one."""
    if notice.retires_on is None:
        return None
    return Retirement(
        on=notice.retires_on, applies_to=notice.applies_to, certainty=notice.certainty
    )


def _observed(
    offer: Offer, seen_on: dt.date, dated: Sequence[tuple[dt.date, Offer]]
) -> tuple[dt.date, Iterable[Retirement], dt.date | None]:
    """When dates were told for the offer's version and deployment type, and which.

    The offer's own, else those of any region: a provider retires a version under a deployment
    type everywhere at once, so they hold until the offer's region itself is read. Also the last
    day of the version's base deployments in that same look.
    """
    version = [(day, o) for day, o in dated if o.version == offer.version]
    if offer.retirement_dates:
        day, dates = seen_on, set(offer.retirement_dates)
    else:
        same = [(day, o) for day, o in version if o.deployment_type == offer.deployment_type]
        if not same:
            return seen_on, (), None
        day = same[0][0]
        dates = {r for d, o in same if d == day for r in o.retirement_dates}
    ends = [
        r.on
        for d, o in version
        if d == day
        for r in o.retirement_dates
        if _kind(r, o) is AppliesTo.BASE
    ]
    return day, dates, max(ends, default=None)
