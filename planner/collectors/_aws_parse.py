"""What the answers of Bedrock and EC2 have in common when they are read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from planner.collectors import Piece
from planner.core.offers import AnyRecord, Quota
from planner.core.snapshots import Coverage, Status

# What a piece is called whose body says why the list of enabled regions could not be read.
UNTOLD = "untold regions"
_WORST_FIRST = (
    Status.DENIED,
    Status.FAILED,
    Status.THROTTLED,
    Status.NOT_OFFERED,
)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One account and region, and its pieces by what they answer."""

    region: str
    account: str | None
    pieces: dict[str, Piece]

    def body(self, what: str) -> Any:
        """The answer to a question; None where there is none."""
        piece = self.pieces.get(what)
        return piece.body if piece is not None and piece.status is Status.OK else None


class Quotas(msgspec.Struct, frozen=True, kw_only=True):
    """Quotas, how reading them ended (None: nobody asked), why not, and what to note.

    `whole`: what is not among them is not there.
    """

    records: tuple[Quota, ...] = ()
    status: Status | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
    whole: bool = True

    def told_beside(self, error: str | None) -> str | None:
        """Why quotas were not read, unless the offers' error says the same."""
        return f"quotas: {self.error}" if self.error and self.error != error else None


class _Limit(msgspec.Struct, rename="pascal"):
    quota_code: str
    quota_name: str | None = None
    value: float | None = None


def places(
    pieces: Iterable[Piece], kinds: tuple[str, ...]
) -> tuple[list[Place], list[Coverage], list[str]]:
    """Pieces by account and region; what failed without a region as coverage of these kinds.

    Where nobody could tell which regions are enabled, a note says that each was tried.
    """
    found: dict[tuple[str, str | None], dict[str, Piece]] = {}
    coverage, notes = [], []
    for piece in pieces:
        if piece.region is not None:
            found.setdefault((piece.region, piece.account), {})[piece.what] = piece
        elif piece.what == UNTOLD:
            notes.append(f"which regions are enabled is unknown, each was tried: {piece.body}")
        elif piece.status is not Status.OK:
            coverage.append(
                Coverage(
                    region=None,
                    account=piece.account,
                    kinds=kinds,
                    status=piece.status,
                    error=piece.error,
                )
            )
            notes.append(piece.error or f"{piece.what}: {piece.status}")
    rows = [Place(region=r, account=a, pieces=p) for (r, a), p in found.items()]
    return sorted(rows, key=lambda p: (p.region, p.account or "")), coverage, notes


def worst(pieces: dict[str, Piece], *names: str) -> tuple[Status, str | None]:
    """The worst status among pieces, and its reason; OK where all of them were read."""
    bad = [p for n in names if (p := pieces.get(n)) is not None and p.status is not Status.OK]
    if not bad:
        return Status.OK, None
    first = min(bad, key=lambda p: _WORST_FIRST.index(p.status) if p.status in _WORST_FIRST else 9)
    return first.status, first.error


def rows_of(body: Any, key: str, kind: type[Any]) -> tuple[Any, ...]:
    """The entries of an answer, none without one.

    ValueError, which tells types and places alone, if malformed.
    """
    if body is None:
        return ()
    if not isinstance(body, dict) or key not in body:
        raise ValueError(f"the answer holds no {key}")
    try:
        rows: tuple[Any, ...] = msgspec.convert(body[key], tuple[kind, ...])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise ValueError(f"the answer's {key} are malformed: {error}") from None
    return rows


def settle(records: Iterable[AnyRecord]) -> list[AnyRecord]:
    """Records without repetition; ValueError, naming both, where two of one identity differ."""
    known: dict[tuple[str, ...], AnyRecord] = {}
    for record in records:
        other = known.setdefault(record.identity, record)
        if other != record:
            raise ValueError(
                f"{_name(other)} and {_name(record)} contradict: {_clash(other, record)}"
            )
    return list(known.values())


def quotas_of(place: Place, provider: str, named: Mapping[str, str] | None = None) -> Quotas:
    """The quotas of a place: each under its code, with its sentence as unit.

    `named`: the quotas of these codes alone, under these names, in vCPUs. A limit of 0 is a limit.
    Default limits that cannot be read are noted and left out; unless they are denied for good, the
    quotas that stand among them alone may still be there (`whole` is False).
    """
    if "quotas" not in place.pieces:
        return Quotas()
    status, error = worst(place.pieces, "quotas")
    if status is not Status.OK:
        return Quotas(status=status, error=error)
    lost, why = worst(place.pieces, "default quotas")
    try:
        records = tuple(_quotas(place, provider, named))
    except ValueError as problem:
        return Quotas(status=Status.FAILED, error=str(problem))
    return Quotas(
        records=records,
        status=status,
        notes=() if lost is Status.OK else (f"default limits are unknown: {why}",),
        whole=lost in (Status.OK, Status.DENIED, Status.NOT_OFFERED),
    )


def _quotas(place: Place, provider: str, named: Mapping[str, str] | None) -> Iterator[Quota]:
    applied, default = _limits(place.body("quotas")), _limits(place.body("default quotas"))
    for code in sorted(applied.keys() | default.keys()):
        if named is not None and code not in named:
            continue
        usual = default.get(code)
        # A quota that was never raised can stand among the defaults alone.
        limit = applied.get(code) or default[code]
        sentence = limit.quota_name or (usual.quota_name if usual else None) or ""
        yield Quota(
            provider=provider,
            account=place.account or "unknown",
            region=place.region,
            name=named[code] if named else code,
            limit=limit.value,
            default_limit=usual.value if usual else None,
            unit="vCPU" if named else " ".join(sentence.split()) or None,
        )


def _limits(body: Any) -> dict[str, _Limit]:
    """Quotas by their code; ValueError where one is malformed or stands twice with two values."""
    rows: tuple[_Limit, ...] = rows_of(body, "Quotas", _Limit)
    found: dict[str, _Limit] = {}
    for row in rows:
        if found.setdefault(row.quota_code, row).value != row.value:
            raise ValueError(f"{row.quota_code!r:.40} has two values")
    return found


def entry(place: Place, kinds: tuple[str, ...], status: Status, error: str | None) -> Coverage:
    """Coverage of a place for these kinds."""
    return Coverage(
        region=place.region, account=place.account, kinds=kinds, status=status, error=error
    )


def _name(record: AnyRecord) -> str:
    return f"{getattr(record, 'provider_model', None) or getattr(record, 'name', '')!r}"[:90]


def _clash(one: AnyRecord, other: AnyRecord) -> str:
    """The first field in which two records differ, with both values."""
    for field in one.__struct_fields__:
        left, right = getattr(one, field), getattr(other, field)
        if left != right:
            return f"{field} is {left!r:.60} and {right!r:.60}"
    return "equal"
