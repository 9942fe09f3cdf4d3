"""Prices of Bedrock's models from the two offer files of a region."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from planner.core.names import ModelNames
from planner.core.price_feed import Leftover
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._aws_names import model_of
from planner.feeds._aws_offer_file import OfferFile
from planner.feeds._aws_profiles import geographic_profiles
from planner.feeds._aws_rates import Amount, amount_of
from planner.feeds._aws_units import UnitError, money
from planner.feeds._aws_usage import Unread, Usage, read_usage

PROVIDER = "bedrock"
Row = UsagePrice | HourlyPrice

_ON_DEMAND = "on-demand"
_GLOBAL = "global. inference profile"


class _Priced(msgspec.Struct, frozen=True):
    """A row that a meter speaks for; of two for one thing the lower `rank` counts."""

    rank: tuple[bool, bool]
    row: Row
    amount: Amount
    sku: str


def model_rows(
    files: Iterable[OfferFile],
    names: ModelNames,
    retrieved_on: date,
    known: Collection[str] = (),
) -> tuple[list[Row], list[Leftover]]:
    """Return the prices that the offer files of one region tell, and the meters left unread.

    Two meters that price one thing differently are both left: neither is chosen by chance. But a
    meter for geographic profiles counts before one that names no route, and one of the ordinary
    endpoint before one of the Mantle endpoint.
    """
    claims: dict[tuple[object, ...], list[_Priced]] = defaultdict(list)
    left: list[Leftover] = []
    for file in files:
        reader = _Reader(file, names, retrieved_on, known)
        for sku in sorted(file.products):
            usage = read_usage(file.offer, file.products[sku])
            amount = amount_of(file.on_demand.get(sku, ()))
            if usage is None or amount is None:
                continue
            try:
                found = reader.read(sku, usage, amount)
            except UnitError as problem:
                left.append(_leftover(file.region, usage.words, amount, sku, str(problem)))
                continue
            for one in found:
                claims[one.row.identity].append(one)
    rows = []
    for claimed in claims.values():
        row, losers = _settled(claimed)
        left += losers
        rows += [] if row is None else [row]
    return rows, sorted(set(left), key=lambda one: (one.words, one.meter_id or "", one.reason))


class _Reader:
    """Makes rows of one file's meters."""

    def __init__(
        self, file: OfferFile, names: ModelNames, retrieved_on: date, known: Collection[str]
    ) -> None:
        self._file = file
        self._names = names
        self._retrieved_on = retrieved_on
        self._known = known

    def read(self, sku: str, usage: Usage | Unread, amount: Amount) -> list[_Priced]:
        """Return the rows of one meter; raises UnitError where it has none."""
        if isinstance(usage, Unread):
            raise UnitError(usage.reason)
        if amount.problem is not None:
            raise UnitError(amount.problem)
        model = model_of(usage.model, self._names, self._known)
        if model is None:
            raise UnitError("its name is no model's")
        file = self._file
        how = money(file.offer, usage, amount, model[0])
        types = list(_deployment_types(usage, file.region))
        if not types:
            raise UnitError(f"no such geographic profile is known to start in {file.region}")
        start = file.on_demand[sku][0].effective_from
        common: dict[str, Any] = {
            "provider": PROVIDER,
            "model": model[0],
            "version": model[1],
            "regions": (file.region,),
            "fine_tuned": usage.fine_tuned,
            "effective_from": start,
            "first_seen_on": None if start else file.published_on or self._retrieved_on,
            "source": f"AWS price list, {file.offer}",
            "retrieved_on": self._retrieved_on,
            "origin": "feed",
            "meter_id": sku,
            "words": usage.words,
        }
        kind = UsagePrice if usage.item in ("tokens", "images") else HourlyPrice
        return [
            _Priced(
                (not explicit, usage.mantle),
                kind(**common, **how, deployment_type=deployment_type),
                amount,
                sku,
            )
            for deployment_type, explicit in types
        ]


def _deployment_types(usage: Usage, region: str) -> Iterator[tuple[str, bool]]:
    """The deployment types that a meter prices, and whether it is made for them.

    A meter without a route is that of the region itself and, since no geographic profile has a
    token price of its own, of every geographic profile that starts there.
    """
    batch = " batch" if usage.batch else ""
    geographic = [f"{kind}{batch}" for kind in geographic_profiles(region)]
    if usage.item == "model_unit":
        yield "provisioned", True
    elif usage.fine_tuned:
        yield _ON_DEMAND, True
    elif usage.route == "global":
        yield f"{_GLOBAL}{batch}", True
    elif usage.route == "regional":
        yield "batch" if usage.batch else _ON_DEMAND, True
        if usage.item == "tokens":
            yield from ((kind, False) for kind in geographic)
    else:
        mine = f"{usage.route}. "
        yield from (
            (kind, True)
            for kind in geographic
            if usage.route == "geographic" or kind.startswith(mine)
        )


def _settled(claimed: list[_Priced]) -> tuple[Row | None, list[Leftover]]:
    """The row that counts among those for one thing; what contradicts it is left."""
    best = min(one.rank for one in claimed)
    heard = [one for one in claimed if one.rank == best]
    if len({one.row.amount for one in heard}) > 1:
        told = "; ".join(sorted({f"{one.row.amount} by {one.row.words!r}" for one in heard}))
        reason = f"two meters price this differently: {told}"
        return None, [_left_behind(one, reason) for one in heard]
    row = min(heard, key=lambda one: (one.row.words or "", one.sku)).row
    others = [
        _left_behind(one, f"the ordinary endpoint's meter says {row.amount}")
        for one in claimed
        if one.rank[0] == best[0] and one.rank[1] and not best[1] and one.row.amount != row.amount
    ]
    return row, others


def _left_behind(one: _Priced, reason: str) -> Leftover:
    return _leftover(one.row.regions[0], one.row.words or "", one.amount, one.sku, reason)


def _leftover(region: str, words: str, amount: Amount, sku: str, reason: str) -> Leftover:
    return Leftover(
        provider=PROVIDER,
        words=words,
        region=region,
        usd=amount.usd,
        unit=amount.unit,
        reason=reason,
        meter_id=sku,
    )
