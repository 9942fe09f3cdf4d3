"""From the pieces of a run to records, coverage and notes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

import msgspec

from planner.collectors import Facts, Harvest, Piece
from planner.collectors._azure_coverage import Outcomes, State
from planner.collectors._azure_errors import TroubleError
from planner.collectors._azure_gpu import read_sizes, read_usages
from planner.collectors._azure_holdings import (
    lesser,
    read_capacity,
    read_deployment,
    read_quota,
)
from planner.collectors._azure_json import holds_deployments, read_list, region_name
from planner.collectors._azure_merge import Merger
from planner.collectors._azure_models import ModelReader
from planner.core.offers import AnyRecord, Billing, Offer, Quota, RegionCapacity, Scope
from planner.core.snapshots import Status


def parse(pieces: Iterable[Piece], facts: Facts) -> Harvest:
    """Read the pieces, one at a time, so that no two bodies need be held at once."""
    reading = _Reading(facts)
    for piece in pieces:
        reading.take(piece)
    return reading.harvest()


class _Reading:
    """What the pieces so far said."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._models = ModelReader(facts)
        self._merger = Merger()
        self._outcomes = Outcomes()
        self._records: list[AnyRecord] = []
        self._capacity: dict[tuple[str, ...], RegionCapacity] = {}
        self._notes: list[str] = []
        self._unlisted: dict[str, str | None] = {}

    def take(self, piece: Piece) -> None:
        """Read one piece; what is malformed makes its place failed."""
        state = State(piece.status, piece.error)
        records: list[AnyRecord] = []
        if piece.status is Status.OK:
            try:
                records, unread = self._read(piece)
                state = _state(records, unread)
            except TroubleError as trouble:
                state = State(trouble.status, trouble.error)
            except (msgspec.DecodeError, RecursionError):
                state = State(Status.FAILED, "an entry of the answer is no JSON")
        if piece.what.endswith("usages") and state.status is Status.OK and not records:
            state = State(Status.SUSPECT, "no usages are listed, so quotas are unknown")
        if piece.what in ("models", "gpu-sizes"):
            if state.status is Status.OK and piece.region is not None:
                self._merger.take(piece.what, piece.account, piece.region, records)
        else:
            for record in records:
                self._add(record)
        self._keep(piece, state)

    def _add(self, record: AnyRecord) -> None:
        if isinstance(record, RegionCapacity):
            known = self._capacity.get(record.identity, record)
            self._capacity[record.identity] = lesser(known, record)
        else:
            self._records.append(record)

    def harvest(self) -> Harvest:
        """Return all that was said."""
        spelled = {
            (r.region, _plain(r.name)): r.name for r in self._records if isinstance(r, Quota)
        }
        offers = self._merger.records(lambda region, name: spelled.get((region, _plain(name))))
        records = (*self._records, *self._capacity.values(), *offers)
        notes = [*self._notes, *self._outcomes.notes(), *self._of_unlisted(records)]
        return Harvest(
            records=records,
            coverage=tuple(self._outcomes.coverage()),
            notes=tuple(dict.fromkeys(notes)),
        )

    def _of_unlisted(self, records: Iterable[AnyRecord]) -> Iterator[str]:
        """Yield the models whose capacity was wanted and that no list has, with like names."""
        if not self._unlisted:
            return
        offers = [r for r in records if isinstance(r, Offer)]
        listed = {o.model for o in offers if o.billing is not Billing.SELF_HOSTED}
        for model, why in self._unlisted.items():
            close = " or ".join(self._facts.names.close(model, listed))
            hint = f"; did you mean {close}?" if close else ""
            yield f"no capacity of {model!r} was asked: {why}{hint}"

    def _read(self, piece: Piece) -> tuple[list[AnyRecord], list[str]]:
        """Return the records of a body, and why some entries could not be understood."""
        account, region = piece.account or "", piece.region or ""
        if piece.what == "models":
            reading = self._models.read(piece.body, region)
            return [*reading.offers, *reading.meters], reading.unread
        entries, strange = read_list(piece.body)
        if piece.what == "gpu-sizes":
            boundary = self._models.boundary(region, Scope.REGIONAL)
            sizes = list(read_sizes(entries, region, boundary))
            names = tuple(sorted({size.model for size in sizes}))
            self._outcomes.sizes[piece.account, piece.region] = names
            return list(sizes), strange
        if piece.what == "gpu-usages":
            return list(read_usages(entries, region, account)), strange
        if piece.what == "resources":
            holding = (region_name(e.get("location")) for e in entries if holds_deployments(e))
            self._outcomes.resources[piece.account] = {name for name in holding if name}
            return [], strange
        one_by_one: dict[str, Callable[[dict[str, Any]], AnyRecord | None]] = {
            "usages": partial(read_quota, region=region, account=account),
            "deployments": partial(
                read_deployment, region=region, account=account, models=self._models
            ),
            "capacity": partial(read_capacity, models=self._models),
        }
        read = one_by_one.get(piece.what.partition(":")[0])
        if read is None:
            return [], strange
        records = [record for entry in entries if (record := read(entry)) is not None]
        return records, strange + ["an entry has no name"] * (len(entries) - len(records))

    def _keep(self, piece: Piece, state: State) -> None:
        """Remember how a question ended."""
        what, _, model = piece.what.partition(":")
        if what == "capacity" and state.status is Status.NOT_OFFERED:
            self._unlisted[model] = state.error
        elif what == "capacity":
            self._outcomes.keep_capacity(self._models.canonical(model, None), state)
        elif what in ("skus", "locations"):
            # Told only where it failed: which regions there are was then learned otherwise.
            self._note(piece, state.error or "")
            self._outcomes.keep((piece.account, None), "lists", state)
        else:
            self._outcomes.keep((piece.account, piece.region), what, state)

    def _note(self, piece: Piece, what: str) -> None:
        place = " ".join(filter(None, (piece.account, piece.region)))
        self._notes.append(f"{place} {piece.what}: {what}".strip())


def _state(records: Sequence[AnyRecord], unread: Sequence[str]) -> State:
    """Return how a list was read: whole, in part, or not at all; how much is lost, and why."""
    if not unread:
        return State(Status.OK)
    few = "1 entry" if len(unread) == 1 else f"{len(unread):,} entries"
    error = f"{few} of the answer could not be read: {unread[0]}"
    return State(Status.OK if records else Status.FAILED, error, complete=False)


@lru_cache(10_000)
def _plain(name: str) -> str:
    """Return a quota's name without case and blanks: SKUs and sizes spell it otherwise."""
    return "".join(name.lower().split())
