"""The ways to buy a model as people see them: what they are called, which of them are one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from planner.core.price_ways import is_batch
from planner.core.prices_answer import PriceEntry
from planner.render.money import money
from planner.render.safe import plain

_BATCH, _FINE_TUNED, _TIERS, _LENGTHS, _OTHERS = (
    "batch", "fine-tuned", "request tiers", "prompt lengths", "other charges",
)  # fmt: skip


class Way(msgspec.Struct, frozen=True):
    """Entries that differ in their region and version alone."""

    first: PriceEntry
    regions: tuple[str, ...]
    versions: tuple[str, ...]


def ways_of(entries: Iterable[PriceEntry]) -> list[Way]:
    """The entries by what they cost, in the order of the answer."""
    groups: dict[tuple[object, ...], list[PriceEntry]] = defaultdict(list)
    for entry in entries:
        key = (
            entry.provider, entry.deployment_type, entry.tier, entry.context_over_tokens,
            entry.fine_tuned, entry.term, entry.input_usd_per_mtok, entry.output_usd_per_mtok,
            entry.cached_input_usd_per_mtok, entry.usd_per_unit_hour, entry.usd_per_request,
            entry.term_total_usd, None if bills_text(entry) else entry.other,
        )  # fmt: skip
        groups[key].append(entry)
    return [
        Way(
            own[0],
            tuple(sorted({e.region for e in own if e.region})),
            tuple(sorted({e.version for e in own if e.version}, reverse=True)),
        )
        for own in groups.values()
    ]


class Names:
    """How ways are called beside each other: what all of them share is left out."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self._providers = len({way.first.provider for way in ways}) > 1
        self._versions = len({way.versions for way in ways if way.versions}) > 1

    def of(self, way: Way) -> str:
        """The name of a way: "azure GlobalStandard priority, 2025-08-07"."""
        versions = way.versions if self._versions else ()
        return named(way.first, versions, provider=self._providers)


def named(entry: PriceEntry, versions: Sequence[str] = (), *, provider: bool = False) -> str:
    """A way in words: "azure GlobalStandard priority over 272,000 in, 2025-08-07"."""
    parts = [entry.provider if provider else "", entry.deployment_type or "no deployment type"]
    parts += [entry.tier] if entry.tier != "default" else []
    parts += ["fine-tuned"] if entry.fine_tuned else []
    if entry.context_over_tokens:
        parts.append(f"over {entry.context_over_tokens:,} in")
    told = " ".join(filter(None, parts))
    if versions:
        more = f" +{len(versions) - 1}" if len(versions) > 1 else ""
        told += f", {versions[0]}{more}"
    return plain(told)


def kind_of(entry: PriceEntry) -> str:
    """Why a way is folded away on a screen that has little room; "" where it is shown."""
    if is_hourly(entry):
        return ""
    checks = {
        _FINE_TUNED: entry.fine_tuned,
        _BATCH: is_batch(entry.deployment_type),
        _TIERS: entry.tier != "default",
        _OTHERS: entry.deployment_type is None,
        _LENGTHS: entry.input_usd_per_mtok is not None and entry.usd_per_request is None,
    }
    return next((kind for kind, holds in checks.items() if holds), "")


def answers_at_once(entry: PriceEntry) -> bool:
    """Whether it is the plain way: neither batch, nor another tier, nor fine-tuned."""
    return not is_batch(entry.deployment_type) and entry.tier == "default" and not entry.fine_tuned


def is_hourly(entry: PriceEntry) -> bool:
    """Whether it is paid by the hour alone."""
    return not bills_text(entry) and entry.usd_per_unit_hour is not None


def bills_text(entry: PriceEntry) -> bool:
    """Whether text is paid by the token."""
    return entry.input_usd_per_mtok is not None or entry.output_usd_per_mtok is not None


def charges(entry: PriceEntry) -> Iterator[tuple[str, str]]:
    """The charges of an entry without text: what they are for, and the amount."""
    for field in entry.__struct_fields__:
        usd = getattr(entry, field)
        charge, found, per = field.partition("_usd_per_")
        if found and charge and usd is not None:
            yield _per(charge, per), money(usd)
    for other in entry.other:
        yield _per(other.charge, other.per), money(other.usd)


def _per(charge: str, per: str) -> str:
    return (charge if charge == per else f"{charge} per {per}").replace("_", " ")
