"""A region's list of models as offers and meters.

Every model stands twice in the list, as kind AIServices and as one of OpenAI, MaaS and MAI: only
the first is read. One SKU name can stand several times in a model, for base and for fine-tuned
deployments: SKU and usage name together tell them apart, mostly; where even these are the same, the
rows are one offer with all their dates and meters.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from planner.collectors import Facts
from planner.collectors._azure_json import NO_OBJECT, count, items, mapping, raw_list, text
from planner.collectors._azure_reading import Reading
from planner.collectors._azure_rows import (
    Rows,
    billing_of,
    capabilities_of,
    charges_of,
    figures_of,
    is_fine_tuned,
    retirements_of,
    scope_of,
    snake,
    tasks_of,
    unit_of,
)
from planner.core.boundaries import ANYWHERE, ZONES, processing_boundary
from planner.core.offers import Meter, Offer, Scope


def canonical_name(name: str, version: str | None, canonical: Callable[[str], str]) -> str:
    """Return the canonical model of Azure's name and version; `canonical` is that of any name."""
    turbo = name == "gpt-4" and (version or "").startswith("turbo-")
    return "gpt-4-turbo" if turbo else canonical(name)


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
    unread: list[str]

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
        reading = Reading()
        models = []
        for raw in raw_list(body):
            try:
                entry = msgspec.json.decode(raw, type=_Listed)
            except msgspec.ValidationError:
                reading.unread.append(NO_OBJECT)
                continue
            if entry.kind == "AIServices":
                models.append(self._model(bytes(entry.model), region))
        for model in sorted(models, key=_Model.place):
            reading.unread += model.unread
            for offer, meter in model.records:
                reading.add(model.whole, offer, meter)
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
            return _Model(name="", whole="", area=None, records=[], unread=["a model has no name"])
        area = text(mapping(model.get("capabilities")).get("area"))
        whole = f"{model.get('format')}.{name}"
        read = _Model(name=name, whole=whole, area=area, records=[], unread=[])
        groups: dict[tuple[str, str | None], Rows] = {}
        for row in items(model.get("skus")):
            sku = text(row.get("name"))
            if sku is None:
                read.unread.append(f"a SKU of {name} has no name")
            else:
                groups.setdefault((sku, text(row.get("usageName"))), []).append(row)
        shared = self._of_all_rows(model, name, version)
        for rows in groups.values():
            read.records.append(self._read_rows(model, shared, rows, region, area))
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
            self._names[key] = canonical_name(name, version, self._facts.names.canonical)
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

    def _of_all_rows(self, model: dict[str, Any], name: str, version: str | None) -> dict[str, Any]:
        """Return what the offers of a model have in common."""
        told = mapping(model.get("capabilities"))
        abilities = {k: v for k, v in told.items() if text(k) and isinstance(v, str) and v}
        target = mapping(model.get("replacementConfig"))
        successor = text(target.get("targetModelName"))
        default = model.get("isDefaultVersion")
        return {
            "model": self.canonical(name, version),
            "version": version,
            "publisher": text(model.get("publisher")) or text(model.get("format")),
            "provider_model": name,
            "tasks": self._share(tasks_of(abilities)),
            "capabilities": self._share(capabilities_of(abilities)),
            "context_tokens": count(told.get("maxContextToken"))
            or count(told.get("maxTotalToken")),
            "output_tokens_maximum": count(told.get("maxOutputToken")),
            "lifecycle": snake(model.get("lifecycleStatus")),
            "default_version": default if isinstance(default, bool) else None,
            "replacement": successor
            and self.canonical(successor, text(target.get("targetModelVersion"))),
        }

    def _read_rows(
        self,
        model: dict[str, Any],
        shared: dict[str, Any],
        rows: Rows,
        region: str,
        area: str | None,
    ) -> tuple[Offer, Meter | None]:
        """Return the offer of the SKU rows of one identity, and its meters."""
        deployment_type, usage = str(rows[0]["name"]), text(rows[0].get("usageName"))
        scope, billing = scope_of(deployment_type), billing_of(deployment_type)
        fine_tuned = is_fine_tuned(usage)
        offer = Offer(
            provider="azure",
            region=region,
            deployment_type=deployment_type,
            usage_name=usage,
            billing=billing,
            scope=scope,
            boundary=self.boundary(region, scope, area),
            fine_tuned=True if fine_tuned else (None if len(rows) > 1 else False),
            retirement_dates=self._share(retirements_of(model, rows, fine_tuned=fine_tuned)),
            quota_names=self._share((usage,) if usage else ()),
            unit=unit_of(billing),
            **shared,
            **figures_of(rows),
        )
        charges = self._share(charges_of(rows))
        if not charges:
            return offer, None
        meter = Meter(
            provider="azure",
            region=region,
            model=offer.model,
            version=offer.version,
            deployment_type=deployment_type,
            usage_name=usage,
            charges=charges,
        )
        return offer, meter

    def _share(self, value: Any) -> Any:
        """Return the equal value that was seen first: sixty regions say much the same."""
        return self._shared.setdefault(value, value)
