"""From Bedrock's answers to records; pure, and wary of every field."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from planner.collectors import Facts, Harvest, Piece
from planner.collectors._aws_parse import Place, entry, places, quotas_of, rows_of, settle, worst
from planner.collectors._bedrock_agreements import agreement_note, with_agreements
from planner.collectors._bedrock_mantle import MANTLE
from planner.collectors._bedrock_offers import (
    Listed,
    Model,
    Profile,
    Region,
    Text,
    World,
    offers_of,
)
from planner.core.offers import AnyRecord, Deployment
from planner.core.snapshots import Coverage, Status


class _Throughput(msgspec.Struct, rename="camel"):
    provisioned_model_name: Text
    foundation_model_arn: str = ""
    model_units: int | None = None
    status: str | None = None


def read_pieces(pieces: Iterable[Piece], facts: Facts) -> Harvest:
    """Records, coverage and notes of a fetch; what is malformed makes its region failed."""
    found, coverage, notes = places(pieces, kinds=("offer", "quota", "deployment"))
    regions = [_decoded(place) for place in found]
    world = _world(regions, facts)
    records: list[AnyRecord] = []
    for region in regions:
        more, entries, remarks = _read_region(region, world)
        records += more
        coverage += entries
        notes += remarks
    return Harvest(
        records=tuple(records), coverage=tuple(coverage), notes=tuple(dict.fromkeys(notes))
    )


def _decoded(place: Place) -> Region:
    region = Region(place=place)
    try:
        region.models = rows_of(place.body("models"), "modelSummaries", Model)
        region.profiles = rows_of(place.body("profiles"), "inferenceProfileSummaries", Profile)
        region.mantle = rows_of(place.body(MANTLE), "data", Listed)
    except ValueError as error:
        region.broken = str(error)
    return region


def _world(regions: Sequence[Region], facts: Facts) -> World:
    summaries: dict[str, Model] = {}
    ids: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for region in regions:
        for model in region.models:
            summaries.setdefault(model.model_id, model)
        profiled = (d.model_id for profile in region.profiles for d in profile.models)
        listed = (entry.id for entry in region.mantle)
        for model_id in (*(m.model_id for m in region.models), *profiled, *listed):
            ids[facts.names.split(model_id)].add(model_id)
    first = {named: min(of_it, key=lambda i: (len(i), i)) for named, of_it in ids.items()}
    return World(facts=facts, summaries=summaries, first_ids=first)


def _read_region(region: Region, world: World) -> tuple[list[AnyRecord], list[Coverage], list[str]]:
    """A region's records, its coverage (offers and quotas; deployments apart), and notes."""
    place = region.place
    offers, status, error = _offers(region, world)
    quotas = quotas_of(place, "bedrock")
    mantle = place.pieces.get(MANTLE)
    half = mantle is not None and mantle.status is not Status.OK
    mantle_error = mantle.error if half and mantle is not None else None
    errors = (error, quotas.told_beside(error), mantle_error)
    asked = {"models", "profiles"} <= place.pieces.keys() or status is Status.NOT_OFFERED
    coverage = [
        Coverage(
            region=place.region,
            account=place.account,
            kinds=("offer", "quota"),
            complete=asked and not half and quotas.whole,
            status=status,
            quota_status=quotas.status,
            error="; ".join(filter(None, errors)) or None,
        )
    ]
    deployments: list[AnyRecord] = []
    if "provisioned" in place.pieces:
        deployments, told = _deployments(place, world.facts)
        coverage.append(told)
    notes = [*quotas.notes, *filter(None, [agreement_note(place)])]
    return [*offers, *quotas.records, *deployments], coverage, notes


def _offers(region: Region, world: World) -> tuple[list[AnyRecord], Status, str | None]:
    status, error = worst(region.place.pieces, "models", "profiles")
    if status is Status.NOT_OFFERED and region.place.body("models") is not None:
        status = Status.OK  # models there, and no profiles that lead elsewhere
    if status is not Status.OK:
        return [], status, error
    if region.broken is not None:
        return [], Status.FAILED, region.broken
    try:
        found = with_agreements(offers_of(region, world), region.place)
        return settle(found), Status.OK, None
    except ValueError as problem:
        return [], Status.FAILED, str(problem)


def _deployments(place: Place, facts: Facts) -> tuple[list[AnyRecord], Coverage]:
    """The provisioned throughputs that the account has bought."""
    status, error = worst(place.pieces, "provisioned")
    found: list[AnyRecord] = []
    try:
        rows = rows_of(place.body("provisioned"), "provisionedModelSummaries", _Throughput)
        found = settle(_deployment(place, row, facts) for row in rows)
    except ValueError as problem:
        status, error = Status.FAILED, str(problem)
    told = f"deployments: {error}" if error else None
    return found, entry(place, ("deployment",), status, told)


def _deployment(place: Place, row: _Throughput, facts: Facts) -> Deployment:
    model_id = row.foundation_model_arn.rpartition("/")[2]
    model, version = facts.names.split(model_id) if model_id else (None, None)
    return Deployment(
        provider="bedrock",
        account=place.account or "unknown",
        region=place.region,
        name=row.provisioned_model_name,
        model=model,
        version=version,
        deployment_type="provisioned",
        units=row.model_units,
    )
