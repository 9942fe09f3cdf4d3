"""Whether an account may use a model of Bedrock at all: asked of the models that are named.

The answer is a hint: it can say "available" where a call is denied, so that only a no counts. It
takes a question for each model and region, and needs bedrock:GetFoundationModelAvailability.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from planner.collectors import Piece, Request
from planner.collectors._aws_calls import Question
from planner.collectors._aws_parse import Place
from planner.core.offers import Offer
from planner.core.snapshots import Status

_WHAT = "agreement "
_MOST_MODELS = 50  # of one region: no name means so many


class _State(msgspec.Struct, frozen=True):
    status: str | None = None


class _Answer(msgspec.Struct, rename="camel"):
    agreement_availability: _State = _State()
    authorization_status: str | None = None
    entitlement_availability: str | None = None

    def words(self) -> tuple[str, ...]:
        """What is told, as capabilities."""
        told = {
            "agreement": self.agreement_availability.status,
            "authorization": self.authorization_status,
            "entitlement": self.entitlement_availability,
        }
        return tuple(f"{name}={word.lower()}" for name, word in told.items() if word)


def agreement_questions(piece: Piece, request: Request) -> list[Question]:
    """What to ask once a region's models are known: one question for each that was named."""
    wanted = {request.canonical(name) for name in request.capacity_models}
    if not wanted or piece.what != "models" or piece.status is not Status.OK:
        return []
    rows: Iterable[Any] = piece.body["modelSummaries"]
    ids = {row.get("modelId") for row in rows if isinstance(row, dict)}
    named = sorted(i for i in ids if isinstance(i, str) and request.canonical(i) in wanted)
    return [
        Question(
            what=f"{_WHAT}{model_id}",
            service="bedrock",
            operation="get_foundation_model_availability",
            key="agreementAvailability",
            arguments={"modelId": model_id},
            single=True,
        )
        for model_id in named[:_MOST_MODELS]
    ]


def with_agreements(offers: Iterable[Offer], place: Place) -> Iterator[Offer]:
    """Offers with what was told of their model's agreement, in their capabilities."""
    told = {
        what.removeprefix(_WHAT): _words(piece.body)
        for what, piece in place.pieces.items()
        if what.startswith(_WHAT) and piece.status is Status.OK
    }
    for offer in offers:
        name = offer.provider_model or ""
        # A profile's id is a prefix and the model's id.
        words = told.get(name) or told.get(name.partition(".")[2]) or ()
        both = tuple(sorted({*offer.capabilities, *words}))
        yield msgspec.structs.replace(offer, capabilities=both) if words else offer


def agreement_note(place: Place) -> str | None:
    """Why an agreement could not be read; None where all were that were asked for."""
    lost = (
        p.error
        for what, p in place.pieces.items()
        if what.startswith(_WHAT) and p.status is not Status.OK
    )
    why = next(lost, None)
    return f"whether the account may use a model is unknown: {why}" if why else None


def _words(body: Any) -> tuple[str, ...]:
    try:
        return msgspec.convert(body, _Answer).words()
    except msgspec.ValidationError:
        return ()
