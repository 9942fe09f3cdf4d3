"""Under which licence the weights of an open model stand, and who says so."""

import datetime as dt
from enum import StrEnum

import msgspec


class LicenceStatus(StrEnum):
    """Whether a source was read that states a licence, or it is known from memory alone."""

    VERIFIED = "verified"
    RECALLED = "recalled"


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """The licence of a model's weights: its SPDX id in lower case, else the Hugging Face name.

    `commercial_use` is what the source says of it, None where it says nothing. One that is only
    recalled has no date.
    """

    model: str
    licence: str
    commercial_use: str | None = None
    status: LicenceStatus
    source: str
    retrieved_on: dt.date | None = None

    def __post_init__(self) -> None:
        if self.licence != self.licence.casefold():
            raise ValueError(f"licence of {self.model} is {self.licence}; write it in lower case")
        if (self.retrieved_on is None) != (self.status is LicenceStatus.RECALLED):
            raise ValueError(
                f"{self.model}: a verified licence has a date, a recalled one has none"
            )


def unknown(_model: str) -> Licence | None:
    """What a supply knows of licences that was told nothing."""
    return None
