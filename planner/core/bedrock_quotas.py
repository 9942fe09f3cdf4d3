"""Which service quotas of Amazon Bedrock limit which offers.

AWS tells a quota's code and a sentence, and no model id. A reviewed table says what a code is for;
where it is silent, a sentence that names exactly one model and version of the offers at hand is
taken at its word. All other quotas stay unmapped: a wrong limit is worse than none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from planner.core.names import ModelNames
from planner.core.offers import AnyRecord, Billing, Offer, Quota, Scope

Kind = Literal["tokens", "requests", "units"]
Deployment = Literal["on-demand", "geographic", "global", "provisioned"]

_PER_MINUTE = re.compile(
    r"(?P<how>global cross-region|cross-region|on-demand) (?:model inference|invokemodel) "
    r"(?P<kind>tokens|requests) per minute for (?P<model>.+)"
)
_UNITS = re.compile(r"model units per provisioned model for (?P<model>.+?)(?: (?P<context>\d+k))?")
_HOW: dict[str, Deployment] = {
    "on-demand": "on-demand",
    "cross-region": "geographic",
    "global cross-region": "global",
}
_BY_THE_WAY = {"ai", "labs"}  # "Writer AI Palmyra X5", "AI21 Labs Jamba"


class QuotaCode(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table: the offers that a quota code limits, and what it counts.

    `kind` is tokens or requests per minute, or model units; `deployment` geographic or global
    stands for inference profiles of that scope. `version` None: every version of the model;
    `context` ("200k") as at the end of a provisioned version's id, None: any.
    """

    quota_code: str
    kind: Kind
    deployment: Deployment
    model: str
    version: str | None = None
    context: str | None = None
    quota_name: str = ""

    def limits(self, offer: Offer) -> bool:
        """Whether an offer counts against this quota."""
        if offer.model != self.model or _deployment(offer) != self.deployment:
            return False
        version, context = _apart(offer.version)
        return self.version in (None, version) and self.context in (None, context)


def with_quota_names(
    records: Iterable[AnyRecord], codes: Iterable[QuotaCode], names: ModelNames
) -> tuple[AnyRecord, ...]:
    """Records of Bedrock, their offers with the codes of the quotas that limit them.

    Only quotas that an account has in the offer's region count. Other records stay as they are.
    """
    known = tuple(records)
    offers = [r for r in known if isinstance(r, Offer) and r.provider == "bedrock"]
    quotas = [r for r in known if isinstance(r, Quota) and r.provider == "bedrock"]
    meaning = _meanings(quotas, codes, offers, names)
    by_region: dict[str, dict[str, QuotaCode]] = {}
    for quota in quotas:
        if (code := meaning.get(quota.name)) is not None:
            by_region.setdefault(quota.region, {})[quota.name] = code
    return tuple(
        _limited(r, by_region.get(r.region, {}))
        if isinstance(r, Offer) and r.provider == "bedrock"
        else r
        for r in known
    )


def unmapped(records: Iterable[AnyRecord]) -> tuple[Quota, ...]:
    """The quotas of records with quota names that limit no offer of their region."""
    known = tuple(records)
    limited = {(r.region, name) for r in known if isinstance(r, Offer) for name in r.quota_names}
    quotas = (r for r in known if isinstance(r, Quota))
    return tuple(q for q in quotas if (q.region, q.name) not in limited)


def unmapped_note(records: Iterable[AnyRecord]) -> str | None:
    """How many quota codes limit no offer anywhere, in words; None where all do."""
    known = tuple(records)
    codes = {r.name for r in known if isinstance(r, Quota)}
    limited = {name for r in known if isinstance(r, Offer) for name in r.quota_names}
    lost = {q.name: q for q in unmapped(known) if q.name not in limited}
    if not lost:
        return None
    rates = sum(kind_of(q) is not None for q in lost.values())
    return (
        f"{len(lost):,} of {len(codes):,} quotas limit no offer that was read, {rates:,} of them "
        "rates or model units; they are unmapped: planner quotas --provider bedrock --unmapped"
    )


def kind_of(quota: Quota) -> Kind | None:
    """What a quota counts by its sentence, None for what is no rate and no model unit."""
    sentence = (quota.unit or "").lower()
    if "tokens per minute" in sentence:
        return "tokens"
    if "requests per minute" in sentence:
        return "requests"
    return "units" if sentence.startswith("model units per provisioned model") else None


def _meanings(
    quotas: Sequence[Quota], codes: Iterable[QuotaCode], offers: list[Offer], names: ModelNames
) -> dict[str, QuotaCode]:
    """What each quota code at hand is for."""
    table = {code.quota_code: code for code in codes}
    found: dict[str, QuotaCode] = {}
    for quota in {q.name: q for q in quotas}.values():
        code = table.get(quota.name)
        if code is None:
            code = _by_name(quota, offers, names)
        elif kind_of(quota) not in (None, code.kind):
            code = None  # the code has come to mean something else
        if code is not None:
            found[quota.name] = code
    return found


def _by_name(quota: Quota, offers: list[Offer], names: ModelNames) -> QuotaCode | None:
    """What a sentence says, where it fits one model and one version of it alone."""
    sentence = " ".join((quota.unit or "").lower().split())
    kind: Kind | None = kind_of(quota)
    deployment: Deployment = "provisioned"
    context = None
    if match := _PER_MINUTE.fullmatch(sentence):
        deployment = _HOW[match["how"]]
    elif match := _UNITS.fullmatch(sentence):
        context = match["context"]
    if match is None or kind is None:
        return None
    there = [offer for offer in offers if _deployment(offer) == deployment]
    models = set(_models(match["model"], there, names))
    if len(models) != 1:
        return None
    model = models.pop()
    versions = {_apart(offer.version)[0] for offer in there if offer.model == model}
    if len(versions) != 1:
        return None
    return QuotaCode(
        quota_code=quota.name,
        kind=kind,
        deployment=deployment,
        model=model,
        version=versions.pop(),
        context=context,
        quota_name=sentence,
    )


def _models(text: str, offers: list[Offer], names: ModelNames) -> Iterator[str]:
    """The models that a text names, with or without their publisher before and "v1" behind."""
    publishers = {offer.model: offer.publisher or "" for offer in offers}
    words = text.split()
    for behind in (words, words[:-1] if words[-1:] == ["v1"] else words):
        for start in range(min(3, len(behind))):
            model = names.find(" ".join(behind[start:]), publishers)
            if model is not None:
                said = set(publishers[model].lower().split()) | _BY_THE_WAY
                if set(behind[:start]) <= said:
                    yield model


def _limited(offer: Offer, codes: dict[str, QuotaCode]) -> Offer:
    quotas = tuple(sorted(name for name, code in codes.items() if code.limits(offer)))
    return msgspec.structs.replace(offer, quota_names=quotas) if quotas else offer


def _deployment(offer: Offer) -> Deployment | None:
    if offer.billing is Billing.PROVISIONED:
        return "provisioned"
    if offer.scope is Scope.GEOGRAPHIC:
        return "geographic"
    if offer.scope is Scope.GLOBAL:
        return "global"
    return "on-demand" if offer.scope is Scope.REGIONAL else None


def _apart(version: str | None) -> tuple[str | None, str | None]:
    """A version and the context at its end: "v1:0:24k" gives ("v1:0", "24k")."""
    stem, colon, context = (version or "").rpartition(":")
    if colon and ":" in stem:
        return stem, context
    return version, None
