"""What one region's list of models says, each identity once."""

from typing import Any

import msgspec

from planner.collectors._azure_errors import TroubleError
from planner.core.offers import Meter, Offer
from planner.core.snapshots import Status


class Reading:
    """The offers and meters of a region; `unread` says of each entry why it was not understood."""

    def __init__(self) -> None:
        self.offers: list[Offer] = []
        self.meters: list[Meter] = []
        self.unread: list[str] = []
        self._known: dict[tuple[Any, ...], tuple[str, Offer, Meter | None]] = {}

    def add(self, whole: str, offer: Offer, meter: Meter | None) -> None:
        """Add the records of one identity; `whole` is the provider's name of the model.

        Equal ones are one. Where two of the provider's models are one by the canonical name, the
        second has its own name beside the usage name. Raises TroubleError where one model stands
        twice with different content.
        """
        key = (offer.model, offer.version, offer.deployment_type, offer.usage_name)
        other = self._known.get(key)
        if other is not None and other[0] != whole:
            told = f"{offer.usage_name or ''} ({whole})".strip()
            offer = msgspec.structs.replace(offer, usage_name=told)
            meter = meter and msgspec.structs.replace(meter, usage_name=told)
            key = (*key[:-1], told)
            other = self._known.get(key)
        if other is not None:
            _agree(other[1:], (offer, meter))
            return
        self._known[key] = (whole, offer, meter)
        self.offers.append(offer)
        if meter is not None:
            self.meters.append(meter)


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
