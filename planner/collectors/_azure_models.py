"""A region's list of models as offers and meters.

Every model stands twice in the list, as kind AIServices and as one of OpenAI, MaaS and MAI: only
the first is read. One SKU name can stand several times in a model, for base and for fine-tuned
deployments: SKU and usage name together tell them apart, mostly; where even these are the same, the
rows are one offer with all their dates and meters.
"""

import hashlib
from typing import Any

import msgspec

from planner.collectors import Facts
from planner.collectors._azure_errors import TroubleError
from planner.collectors._azure_json import count, items, mapping, raw_list, text
from planner.collectors._azure_rows import (
    Rows,
    agreed,
    billing_of,
    capabilities_of,
    charges_of,
    is_fine_tuned,
    rate_of,
    retirements_of,
    scope_of,
    snake,
    tasks_of,
    unit_of,
)
from planner.core.boundaries import ANYWHERE, ZONES, processing_boundary
from planner.core.offers import Meter, Offer, Scope
from planner.core.snapshots import Status


class Reading(msgspec.Struct):
    """What a region's list says; `unread` counts the entries that could not be understood."""

    offers: list[Offer]
    meters: list[Meter]
    unread: int = 0


class _Listed(msgspec.Struct):
    """An entry of the list, its model not yet decoded."""

    kind: Any = None
    model: msgspec.Raw = msgspec.Raw(b"null")


class _Model(msgspec.Struct):
    """A model as read in one region: the provider's name for it, and its records by identity."""

    name: str
    whole: str
    area: str | None
    records: list[tuple[Offer, Meter | None]]
    unread: int = 0

    def place(self) -> tuple[int, str]:
        """Return a sort key that puts the plainest name first."""
        return len(self.name), self.whole


class ModelReader:
    """Reads lists of models, one region after the other.

    Sixty regions say much the same, so a model that was read before, byte for byte, is not read
    again: its records are moved to the new region.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._names: dict[tuple[str, str | None], str] = {}
        self._boundaries: dict[tuple[str, Scope], str | None] = {}
        self._shared: dict[Any, Any] = {}
        self._models: dict[bytes, _Model] = {}

    def read(self, body: Any, region: str) -> Reading:
        """Return the offers and meters of a region from a list of models, JSON or decoded.

        Raises TroubleError where the body is no list, or two entries contradict one another.
        """
        reading = Reading([], [])
        models = []
        for raw in raw_list(body):
            try:
                entry = msgspec.json.decode(raw, type=_Listed)
            except msgspec.ValidationError:
                reading.unread += 1
                continue
            if entry.kind == "AIServices":
                models.append(self._model(bytes(entry.model), region))
        known: dict[tuple[Any, ...], tuple[str, Offer, Meter | None]] = {}
        for model in sorted(models, key=_Model.place):
            reading.unread += model.unread
            for offer, meter in model.records:
                _add(reading, known, model.whole, (offer, meter))
        return reading

    def _model(self, raw: bytes, region: str) -> _Model:
        """Return a model in a region, from an earlier region where that said the same."""
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        before = self._models.get(digest)
        if before is not None:
            return self._moved(before, region)
        model = mapping(msgspec.json.decode(raw))
        name, version = text(model.get("name")), text(model.get("version"))
        if name is None:
            return _Model(name="", whole="", area=None, records=[], unread=1)
        area = text(mapping(model.get("capabilities")).get("area"))
        read = _Model(name=name, whole=f"{model.get('format')}.{name}", area=area, records=[])
        groups: dict[tuple[str, str | None], Rows] = {}
        for row in items(model.get("skus")):
            sku = text(row.get("name"))
            if sku is None:
                read.unread += 1
            else:
                groups.setdefault((sku, text(row.get("usageName"))), []).append(row)
        for rows in groups.values():
            read.records.append(self._read_rows(model, name, version, rows, region))
        self._models[digest] = read
        return read

    def _moved(self, model: _Model, region: str) -> _Model:
        """Return the records of a model as another region's."""
        records = []
        for offer, meter in model.records:
            boundary = self.boundary(region, offer.scope, model.area)
            moved = msgspec.structs.replace(offer, region=region, boundary=boundary)
            records.append((moved, meter and msgspec.structs.replace(meter, region=region)))
        return msgspec.structs.replace(model, records=records)

    def canonical(self, name: str, version: str | None) -> str:
        """Return the canonical model of Azure's name and version."""
        key = (name, version)
        if key not in self._names:
            turbo = name == "gpt-4" and (version or "").startswith("turbo-")
            self._names[key] = "gpt-4-turbo" if turbo else self._facts.names.canonical(name)
        return self._names[key]

    def boundary(self, region: str, scope: Scope | None, area: str | None = None) -> str | None:
        """Return where a request is processed; `area` is the data zone that the model names."""
        if scope is Scope.GEOGRAPHIC and area is not None:
            zone = area.lower()
            return zone if zone in ZONES else None
        if scope is None:
            return None
        key = (region, scope)
        if key not in self._boundaries:
            regions = self._facts.regions
            place = regions.get("azure", region)
            known = None if place is None else processing_boundary(scope.value, place, regions)
            self._boundaries[key] = ANYWHERE if scope is Scope.GLOBAL else known
        return self._boundaries[key]

    def _read_rows(
        self,
        model: dict[str, Any],
        name: str,
        version: str | None,
        rows: Rows,
        region: str,
    ) -> tuple[Offer, Meter | None]:
        """Return the offer of the SKU rows of one identity, and its meters."""
        told = mapping(model.get("capabilities"))
        abilities = {k: v for k, v in told.items() if text(k) and isinstance(v, str) and v}
        deployment_type, usage = str(rows[0]["name"]), text(rows[0].get("usageName"))
        scope, billing = scope_of(deployment_type), billing_of(deployment_type)
        canonical = self.canonical(name, version)
        target = mapping(model.get("replacementConfig"))
        successor = text(target.get("targetModelName"))
        capacity = [mapping(row.get("capacity")) for row in rows]
        fine_tuned = is_fine_tuned(usage)
        default = model.get("isDefaultVersion")
        offer = Offer(
            provider="azure",
            region=region,
            model=canonical,
            version=version,
            deployment_type=deployment_type,
            usage_name=usage,
            publisher=text(model.get("publisher")) or text(model.get("format")),
            provider_model=name,
            billing=billing,
            scope=scope,
            boundary=self.boundary(region, scope, text(told.get("area"))),
            tasks=self._share(tasks_of(abilities)),
            capabilities=self._share(capabilities_of(abilities)),
            context_tokens=count(told.get("maxContextToken")),
            output_tokens_maximum=count(told.get("maxOutputToken")),
            lifecycle=snake(model.get("lifecycleStatus")),
            default_version=default if isinstance(default, bool) else None,
            fine_tuned=True if fine_tuned else (None if len(rows) > 1 else False),
            retirement_dates=self._share(retirements_of(model, rows, fine_tuned=fine_tuned)),
            replacement=successor
            and self.canonical(successor, text(target.get("targetModelVersion"))),
            quota_names=self._share((usage,) if usage else ()),
            tokens_per_minute_per_unit=agreed(rate_of(row, "token") for row in rows),
            requests_per_minute_per_unit=agreed(rate_of(row, "request") for row in rows),
            unit=unit_of(billing),
            units_minimum=agreed(count(c.get("minimum")) for c in capacity),
            units_maximum=agreed(count(c.get("maximum")) for c in capacity),
            units_step=agreed(count(c.get("step")) for c in capacity),
            units_default=agreed(count(c.get("default")) for c in capacity),
        )
        charges = self._share(charges_of(rows))
        meter = Meter(
            provider="azure",
            region=region,
            model=canonical,
            version=version,
            deployment_type=deployment_type,
            usage_name=usage,
            charges=charges,
        )
        return offer, meter if charges else None

    def _share(self, value: Any) -> Any:
        """Return the equal value that was seen first: sixty regions say much the same."""
        return self._shared.setdefault(value, value)


def _add(
    reading: Reading,
    known: dict[tuple[Any, ...], tuple[str, Offer, Meter | None]],
    whole: str,
    records: tuple[Offer, Meter | None],
) -> None:
    """Add the records of one identity to a region's; `whole` is the provider's name of the model.

    Equal ones are one. Where two of the provider's models are one by the canonical name, the
    second has its own name beside the usage name. Raises TroubleError where one model stands twice
    with different content.
    """
    offer, meter = records
    key = (offer.model, offer.version, offer.deployment_type, offer.usage_name)
    other = known.get(key)
    if other is not None and other[0] != whole:
        told = f"{offer.usage_name or ''} ({whole})".strip()
        offer = msgspec.structs.replace(offer, usage_name=told)
        meter = meter and msgspec.structs.replace(meter, usage_name=told)
        key = (*key[:-1], told)
        other = known.get(key)
    if other is not None:
        _agree(other[1:], (offer, meter))
        return
    known[key] = (whole, offer, meter)
    reading.offers.append(offer)
    if meter is not None:
        reading.meters.append(meter)


def _agree(one: tuple[Offer, Meter | None], other: tuple[Offer, Meter | None]) -> None:
    """Raise TroubleError, naming both, where two readings of one identity differ."""
    if one == other:
        return
    first, second = one[0], other[0]
    what = next(
        (
            f"{name} {getattr(first, name)!s:.60} and {getattr(second, name)!s:.60}"
            for name in Offer.__struct_fields__
            if getattr(first, name) != getattr(second, name)
        ),
        "their meters",
    )
    label = " ".join(filter(None, (first.provider_model, first.version, first.deployment_type)))
    raise TroubleError(Status.FAILED, f"{label} stands twice and differs: {what}")
