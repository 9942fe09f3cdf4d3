"""What a meter of the Retail Prices API bills, told by its words: charge, model, deployment type.

What the words do not tell for sure is an Unread with its reason; a price is never guessed.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from planner.core.names import ModelNames
from planner.feeds._azure_models import Named, family_of, models_of
from planner.feeds._azure_rows import FeedRow, Unit, unit_of
from planner.feeds._azure_words import Words, read_words

_TYPES = {"global": "GlobalStandard", "zone": "DataZoneStandard", "regional": "Standard"}
_BATCHES = {"global": "GlobalBatch", "zone": "DataZoneBatch"}
_MTOK = Decimal(1_000_000)
_NO_MODEL = re.compile(
    r"assistants|interpreter|tool.calls|free meter|\bsearch|grounding|safety|guardrail",
    re.IGNORECASE,
)
_WHISPER = re.compile(r"speech-to-text-batch-whisper-(?P<scope>\w+)", re.IGNORECASE)
_SPEECH = re.compile(r"speech-text to speech(?P<hd> hd)?-(?P<scope>\w+)", re.IGNORECASE)
_UNPRICED = {
    "Images": "an image is billed by size and quality, which have no words here",
    "Video": "video is billed by length and resolution, which have no words here",
    "Videos": "video is billed by length and resolution, which have no words here",
    "Pages": "a page has no word here",
}
_SIZED = re.compile(r"\b(?:HD|Std|HighRes|LowRes|\d+x\d+|\d+p)\b", re.IGNORECASE)
# The prompt length above which the whole request is priced anew. Sources: Azure's prices of gpt-5.4
# in 2026-07 (one request of 300,000 tokens); LiteLLM's price map 1.109.1 for the rest, which has
# this length for every one of them that it knows.
_LONG = ((re.compile(r"gpt-[56](?:\.\d+)?\b"), 272_000), (re.compile(r"grok-4\b"), 200_000))
_UNTOLD = "its words tell no deployment type; such models are sold as GlobalStandard alone"


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter bills: `charges` for an amount used, or an `item` by the hour.

    The feed's amount times `times`, in `parts` parts, is the money for one `per` (or for one `unit`
    and hour).
    """

    models: tuple[tuple[str, str | None], ...]
    deployment_type: str | None
    charges: tuple[str, ...] = ()
    per: str = "mtok"
    item: str = ""
    unit: str = ""
    times: Decimal = Decimal(1)
    parts: int = 1
    tier: str = "default"
    context_over_tokens: int = 0
    fine_tuned: bool = False
    doubt: str | None = None


class Unread(msgspec.Struct, frozen=True):
    """Why nobody can say what a meter prices."""

    reason: str


class Reader:
    """Reads meters, each kind once. `known` are the versions that offers have, by model."""

    def __init__(self, names: ModelNames, known: Mapping[str, Collection[str]]) -> None:
        self._names = names
        self._known = known

    def read(self, row: FeedRow, began: date) -> Meter | Unread | None:
        """Return what a row's meter bills; None for what is no model's."""
        family = family_of(row.product_name)
        if family is None or _NO_MODEL.search(f"{row.product_name} {row.meter_name}"):
            return None
        unit = unit_of(row.unit_of_measure)
        if unit is None:
            return Unread(f"its unit {row.unit_of_measure!r:.40} was never seen before")
        counted = row.counted.removeprefix("1M ").removeprefix("1K ")
        try:
            if counted == "Tokens":
                return self._tokens(row, family, unit, began)
            if unit.period == "hour" and counted in ("Unit", "Units", "Deployment Hosting Unit"):
                return self._hours(row, family, unit, began)
            return self._media(row, family, unit, counted, began)
        except ValueError as error:
            return Unread(str(error))

    def _tokens(self, row: FeedRow, family: str, unit: Unit, began: date) -> Meter:
        if unit.period or (row.counted.startswith("1M ") and unit.count != _MTOK):
            raise ValueError(f"its unit {row.unit_of_measure!r:.40} contradicts its name")
        words = read_words(row.sku_name)
        named = self._named(words, family, began)
        charges = _charges(words, named)
        kind, doubt = _deployment_type(words, family)
        model = named.models[0][0]
        return Meter(
            models=named.models,
            deployment_type=kind,
            charges=charges,
            times=_MTOK,
            parts=unit.count,
            tier=words.tier,
            context_over_tokens=_length(model) if words.long_context else 0,
            fine_tuned=words.fine_tuned and words.does != "grading",
            doubt=named.doubt or doubt,
        )

    def _hours(self, row: FeedRow, family: str, unit: Unit, began: date) -> Meter | None:
        if match := _WHISPER.fullmatch(row.sku_name):
            hour = _sound("whisper", match["scope"], "audio", "minute")
            return msgspec.structs.replace(hour, parts=60 * unit.count)
        words = read_words(row.sku_name)
        if row.counted == "Deployment Hosting Unit":
            words = msgspec.structs.replace(words, does="hosting")
        if words.does not in ("hosting", "training") or unit.count != 1:
            raise ValueError("its words tell no kind of hour")
        named = self._named(words, family, began)
        kind, doubt = _deployment_type(words, family)
        return Meter(
            models=named.models,
            deployment_type=kind,
            item=words.does,
            unit="deployment" if words.does == "hosting" else "job",
            fine_tuned=True,
            doubt=named.doubt or doubt,
        )

    def _media(
        self, row: FeedRow, family: str, unit: Unit, counted: str, began: date
    ) -> Meter | Unread:
        if counted == "Characters" and (match := _SPEECH.fullmatch(row.sku_name)):
            model = "tts-hd" if match["hd"] else "tts"
            spoken = _sound(model, match["scope"], "speech", "mchar")
            return msgspec.structs.replace(spoken, times=_MTOK, parts=unit.count)
        if counted == "Images" and not unit.period and not _SIZED.search(row.sku_name):
            words = msgspec.structs.replace(read_words(row.sku_name), modality=None)
            named = self._named(words, family, began)
            kind, doubt = _deployment_type(words, family)
            return Meter(
                models=named.models,
                deployment_type=kind,
                charges=("image",),
                per="image",
                parts=unit.count,
                doubt=named.doubt or doubt,
            )
        return Unread(_UNPRICED.get(counted, "its words tell no kind of charge"))

    def _named(self, words: Words, family: str, began: date) -> Named:
        if words.twice:
            raise ValueError(f"its words contradict one another ({words.twice})")
        return models_of(words, family, began, self._names, self._known)


def _charges(words: Words, named: Named) -> tuple[str, ...]:
    """What tokens are charged for; raises ValueError where the words do not tell."""
    model = named.models[0][0]
    if words.does in ("training", "hosting"):
        if words.does == "hosting" or words.way or words.cache:
            raise ValueError("its words contradict one another (what is done, and with what)")
        return ("training",)
    way = words.way or ("input" if words.cache or "embed" in model else None)
    if way is None and words.fine_tuned and words.does is None and words.modality is None:
        return ("training",)  # "OSS-20b FT": what fine-tuning itself costs
    if way is None:
        raise ValueError("its words tell no direction")
    if way == "total":
        return ("input", "output")
    return (_charge(words, way, words.modality or _modality(model, way)),)


def _charge(words: Words, way: str, modality: str) -> str:
    """The charge of tokens that go one way."""
    kind = "" if modality == "text" else f"{modality}_"
    if words.cache and way == "output":
        raise ValueError("its words contradict one another (cached output)")
    if kind and (words.does == "grading" or words.cache == "write"):
        raise ValueError("sound or images that are graded or cached anew have no word here")
    if words.cache == "write":
        return "cache_write"
    if words.does == "grading":
        kind = "grader_"
    return f"{'cached_' if words.cache else ''}{kind}{way}"


def _modality(model: str, way: str | None) -> str:
    """The kind of token where no word names it; raises ValueError where it could be several."""
    if "realtime" in model or "transcribe" in model or "tts" in model.split("-"):
        raise ValueError("its words tell no kind of token")
    if "audio" in model:
        return "audio"
    if "image" in model:
        if way != "output":
            raise ValueError("its words tell no kind of token")
        return "image"
    return "text"


def _deployment_type(words: Words, family: str) -> tuple[str | None, str | None]:
    """The deployment type as Azure's offers name it, and a doubt where no word names it.

    A grader has none: it judges the answers of a fine-tuning job. Raises ValueError where the type
    cannot be told.
    """
    if words.does == "grading":
        return None, None
    if words.developer:
        if words.batch or words.scope not in (None, "global"):
            raise ValueError("a developer tier is global, its words say more")
        return "DeveloperTier", None
    if words.scope is None:
        if words.batch or family in ("gpt", ""):
            raise ValueError("its words tell no deployment type")
        return "GlobalStandard", _UNTOLD
    if words.batch:
        if words.tier != "default":
            raise ValueError("its words contradict one another (batch and tier)")
        if words.scope not in _BATCHES:
            raise ValueError("a regional batch is no deployment type")
        return _BATCHES[words.scope], None
    return _TYPES[words.scope], None


def _length(model: str) -> int:
    for pattern, tokens in _LONG:
        if pattern.match(model):
            return tokens
    raise ValueError("from which length on its long prompts count is not known")


def _sound(model: str, scope: str, charge: str, per: str) -> Meter:
    kind = read_words(scope).scope
    if kind is None:
        raise ValueError("its words tell no deployment type")
    return Meter(
        models=((model, "001"),),
        deployment_type=_TYPES[kind],
        charges=(charge,),
        per=per,
    )
