"""From what Bedrock lists in a region to offers."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

from planner.collectors import Facts
from planner.collectors._aws_parse import Place
from planner.collectors._bedrock_mantle import MANTLE
from planner.core.boundaries import ANYWHERE, join_places, processing_boundary
from planner.core.offers import Billing, Offer, Retirement, Scope

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
_HOW = {
    "ON_DEMAND": ("on-demand", Billing.ON_DEMAND),
    "PROVISIONED": ("provisioned", Billing.PROVISIONED),
}
_BY_PROFILE = "INFERENCE_PROFILE"
_TASKS = {
    "EMBEDDING": "embedding",
    "IMAGE": "image",
    "SPEECH": "audio",
    "AUDIO": "audio",
    "VIDEO": "video",
}
_MODEL_UNIT = "model unit"


class Life(msgspec.Struct, rename="camel"):
    status: str | None = None
    start_of_life_time: dt.datetime | None = None
    legacy_time: dt.datetime | None = None
    end_of_life_time: dt.datetime | None = None
    public_extended_access_time: dt.datetime | None = None


class Model(msgspec.Struct, rename="camel"):
    model_id: Text
    provider_name: str | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    inference_types_supported: tuple[str, ...] = ()
    customizations_supported: tuple[str, ...] = ()
    response_streaming_supported: bool | None = None
    model_lifecycle: Life | None = None


class Destination(msgspec.Struct, rename="camel"):
    model_arn: str

    @property
    def region(self) -> str:
        """The region, "" where the profile may process anywhere."""
        return [*self.model_arn.split(":"), "", "", "", ""][3]

    @property
    def model_id(self) -> str:
        return self.model_arn.rpartition("/")[2]


class Profile(msgspec.Struct, rename="camel"):
    inference_profile_id: Text
    models: tuple[Destination, ...] = ()
    status: str | None = None
    type: str | None = None


class Listed(msgspec.Struct):
    id: Text


class Region(msgspec.Struct, kw_only=True):
    """What the lists of one region say, as far as they were read."""

    place: Place
    models: tuple[Model, ...] = ()
    profiles: tuple[Profile, ...] = ()
    mantle: tuple[Listed, ...] = ()
    broken: str | None = None


class World(msgspec.Struct, kw_only=True):
    """What the regions know together: each model's summary, and which ids name one model."""

    facts: Facts
    summaries: dict[str, Model]
    first_ids: dict[tuple[str, str | None], str]

    def usage_name(self, model_id: str) -> str | None:
        """None for the first of the ids of one model and version, the id for the others."""
        named = self.facts.names.split(model_id)
        return None if self.first_ids.get(named, model_id) == model_id else model_id


def offers_of(region: Region, world: World) -> Iterator[Offer]:
    here = {model.model_id: model for model in region.models}
    for model in region.models:
        for how in model.inference_types_supported:
            if how in _HOW:
                yield _direct(region.place, model, how, world)
    for profile in region.profiles:
        if profile.type in ("SYSTEM_DEFINED", None) and profile.models:
            yield _through_profile(region.place, profile, here, world)
    known = {world.facts.names.canonical(model_id) for model_id in here}
    for entry in region.mantle:
        if world.facts.names.canonical(entry.id) not in known:
            yield _offer(
                region.place,
                entry.id,
                world,
                deployment_type="on-demand",
                billing=Billing.ON_DEMAND,
                capabilities=(f"endpoint={MANTLE}",),
            )


def _direct(place: Place, model: Model, how: str, world: World) -> Offer:
    """An offer on demand or by provisioned units, processed in the region's own country."""
    deployment_type, billing = _HOW[how]
    regions = world.facts.regions
    home = regions.get("bedrock", place.region)
    return _offer(
        place,
        model.model_id,
        world,
        deployment_type=deployment_type,
        billing=billing,
        scope=Scope.REGIONAL,
        boundary=processing_boundary("regional", home, regions) if home else None,
        unit=_MODEL_UNIT if billing is Billing.PROVISIONED else None,
        **_told_of(model),
    )


def _through_profile(place: Place, profile: Profile, here: dict[str, Model], world: World) -> Offer:
    """An offer that a profile routes to other regions; where to depends on the region it enters."""
    prefix, _, rest = profile.inference_profile_id.partition(".")
    ids = {destination.model_id for destination in profile.models}
    if rest not in ids and len(ids) > 1:
        raise ValueError(f"profile {profile.inference_profile_id!r:.80} routes to several models")
    model_id = rest if rest in ids else ids.pop()
    to = sorted({destination.region for destination in profile.models})
    anywhere = prefix == "global" or "" in to
    told = _told_of(here[model_id]) if model_id in here else {}
    if profile.status not in ("ACTIVE", None):
        told["capabilities"] = (*told.get("capabilities", ()), f"profile={profile.status}")
    return _offer(
        place,
        model_id,
        world,
        deployment_type=f"{prefix}. inference profile" if rest == model_id else "inference profile",
        billing=Billing.ON_DEMAND,
        scope=Scope.GLOBAL if anywhere else Scope.GEOGRAPHIC,
        boundary=ANYWHERE if anywhere else _countries(to, world.facts),
        destinations=() if anywhere else tuple(to),
        **(told | {"provider_model": profile.inference_profile_id}),
    )


def _countries(names: Iterable[str], facts: Facts) -> str | None:
    """The countries of regions, as a boundary; None where one is unknown."""
    found = [facts.regions.get("bedrock", name) for name in names]
    countries = [region.country if region else None for region in found]
    return None if None in countries else join_places(c for c in countries if c)


def _offer(place: Place, model_id: str, world: World, **told: Any) -> Offer:
    name, version = world.facts.names.split(model_id)
    known = world.summaries.get(model_id)
    return Offer(
        **{
            "provider": "bedrock",
            "region": place.region,
            "model": name,
            "version": version,
            "usage_name": world.usage_name(model_id),
            "publisher": known.provider_name if known else None,
            "provider_model": model_id,
            "tasks": _tasks(known) if known else (),
            "accounts": (place.account,) if place.account else (),
        }
        | told
    )


def _told_of(model: Model) -> dict[str, Any]:
    """What a region's own summary tells of a model: its life, and its abilities."""
    life = model.model_lifecycle or Life()
    days = {
        "launched": life.start_of_life_time,
        "legacy_from": life.legacy_time,
        "extended_access_from": life.public_extended_access_time,
    }
    strange = set(model.inference_types_supported) - _HOW.keys() - {_BY_PROFILE}
    words = [
        *(f"input={word.lower()}" for word in model.input_modalities),
        *(f"output={word.lower()}" for word in model.output_modalities),
        *(f"customization={word.lower()}" for word in model.customizations_supported),
        *(f"inference={word.lower()}" for word in strange),
        *(f"{name}={when.date()}" for name, when in days.items() if when is not None),
        *(["streaming"] if model.response_streaming_supported else []),
    ]
    end = life.end_of_life_time
    return {
        "capabilities": tuple(sorted(set(words))),
        "lifecycle": life.status.lower() if life.status else None,
        "retirement_dates": (Retirement(on=end.date()),) if end is not None else (),
    }


def _tasks(model: Model) -> tuple[str, ...]:
    if "rerank" in model.model_id:
        return ("rerank",)  # its modalities read like a chat model's
    made = {_TASKS[word] for word in model.output_modalities if word in _TASKS}
    if "TEXT" in model.output_modalities and not made:
        made.add("chat")
    return tuple(sorted(made))
