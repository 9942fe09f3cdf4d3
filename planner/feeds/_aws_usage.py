"""What a Bedrock meter bills, told by its usage type and the attributes beside it.

Two offers, several grammars, one meaning each; a word that is not known leaves the meter unread,
since it may be what tells two prices apart:

    USE1-gpt-oss-120b-input-tokens-batch
    USE1-Nova2.0Lite-cache-read-input-token-count-cross-region-global
    USE1-xai.grok-4.6-mantle-output-tokens-global-standard
    USE1-MP:USE1_InputTokenCount_Global_Batch-Units
    USE1-MP:USE1_cache_write_tokens_1h_long_ctx_standard-Units
"""

import re
from typing import Literal

import msgspec

from planner.feeds._aws_offer_file import Product

MODELS = "AmazonBedrock"
MARKETPLACE = "AmazonBedrockFoundationModels"

Item = Literal["tokens", "images", "model_unit", "reserved_ktpm"]

_MARKETPLACE = re.compile(r"[A-Z0-9]+-MP:(?:[A-Z]{2,4}\d{0,2}_)?(?P<dimension>.+?)-Units")
_EDITION = re.compile(r"(.+?)\s*\(Amazon Bedrock Edition\)")
# The region's billing code stands first, then the model, then what is billed. "Text" is part of a
# model's name ("TitanEmbeddingsG1-Text-input-tokens"), "text" is not.
_NATIVE = re.compile(
    r"(?:[A-Z]{2,4}\d{0,2}-)?(?P<model>.+?)-(?:(?P<mantle>mantle)-)?"
    r"(?P<dimension>(?:(?:text-)?(?:input|output)|cached?|reserved)-.+"
    r"|(?:ProvisionedThroughput|Customization|RFT)-.+)"
)
_BILLING = re.compile(r"[A-Z]{2,4}\d{0,2}-")
# Of Bedrock, but no model's: not what is priced here.
_PLATFORM = re.compile(
    r"(?:[A-Z]{2,4}\d{0,2}-)?(?:Guardrail|Bedrock|KnowledgeBase|DataAutomation|Flows|GenerateSQL"
    r"|Prompt|AgentCore|ModelEvaluation|APO|BDA)",
    re.IGNORECASE,
)

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TTL = "(?P<ttl>5m|30m|1h|1-hour)"
_TOKENS = r"tokens?(?:-count)?"
_KINDS = (
    ("cached_input", rf"(?:cache-read-(?:input-)?|cached-input-){_TOKENS}"),
    ("cache_write", rf"cache-write-?{_TTL}-(?:input-)?{_TOKENS}"),
    ("cache_write", rf"cache-write-(?:input-)?{_TOKENS}-{_TTL}"),
    ("cache_write", rf"cache-write-(?:input-)?{_TOKENS}"),
    ("image_input", rf"input-image-{_TOKENS}"),
    ("image_output", rf"output-image-{_TOKENS}"),
    ("audio_input", rf"input-audio-{_TOKENS}"),
    ("audio_output", rf"output-audio-{_TOKENS}"),
    ("input", rf"(?:text-)?input-{_TOKENS}"),
    ("output", rf"(?:text-)?(?:output|response)-{_TOKENS}"),
    ("training", "customization-training"),
)
_IMAGES = (
    ("image", "(?:created-image|output-image-count)"),
    ("image_input", "input-image-count"),
)
_CHARGES: list[tuple[Item, str, re.Pattern[str]]] = [
    *(("tokens", charge, re.compile(rf"{pattern}(?=-|$)")) for charge, pattern in _KINDS),
    *(("images", charge, re.compile(rf"{pattern}(?=-|$)")) for charge, pattern in _IMAGES),
]
_WRITES = {None: "", "5m": "", "1h": "_1h", "1-hour": "_1h"}
_UNITS = re.compile(
    r"provisioned-throughput-(?P<term>no|1-?months?|6-?months?)(?:-commit)?"
    r"-model-units(?:-usage)?"
)
_RESERVED = re.compile(
    r"reserved-(?P<term>1|3)-?months?-(?P<way>input|output)-(?:tpm|tokens-per-minute)(?=-|$)"
)
_TERMS = {"no": "on_demand", "1": "1_month", "3": "3_months", "6": "6_months"}
_QUALIFIER = re.compile(
    r"-(?:(?P<tier>standard|priority|flex|batch)|(?P<long>long-ctx|lctx|long-context)"
    r"|cross-region-(?P<to>global|geo|us|eu|apac|jp|au|ca|in)|(?P<route>global|geo)"
    r"|(?P<custom>custom-model))(?=-|$)"
)
_SAID = re.compile(r"\b(priority|flex|batch)\b")
_OTHER_MEDIA = re.compile(r"image|video|audio|speech")
_REASONS = (
    (re.compile("latency-?optimi[sz]ed"), "latency-optimized inference has no word here"),
    (re.compile("search-?units?"), "a search unit is no request: many documents count as several"),
    (re.compile("video"), "video is billed by length and resolution, which have no words here"),
    (re.compile("audio|speech"), "audio and speech units have no word here"),
    (
        re.compile("t2-?i|i2-?i|image"),
        "an image is billed by size and quality, which have no words",
    ),
    (re.compile("storage"), "the storage of a customized model has no word here"),
    (re.compile("customization|rft"), "this way of customizing has no word here"),
)


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter bills: which charge of which model, by which route.

    `model` is the feed's own name; `route` is "regional", "geographic", "global" or the prefix of
    one geographic profile ("eu"). `term` is of model units and reserved tokens, whose `charge` is
    "input" or "output". `words` are the meter's, without the region in them.
    """

    item: Item
    model: str
    words: str
    charge: str = ""
    term: str = "on_demand"
    route: str = "regional"
    tier: str = "default"
    batch: bool = False
    long_context: bool = False
    fine_tuned: bool = False
    mantle: bool = False


class Unread(msgspec.Struct, frozen=True):
    """A meter that could not be read, in its words, and why."""

    words: str
    reason: str


class _Place(msgspec.Struct, frozen=True):
    """Where a usage type says what: the model, the dimension in lower case with dashes."""

    model: str
    dimension: str
    words: str
    mantle: bool = False


def read_usage(offer: str, product: Product) -> Usage | Unread | None:
    """Return what a product of a Bedrock offer bills; None for what is no model's or is outdated.

    The names with "(100K)" repeat models of 2023 at old prices.
    """
    place = _marketplace(product) if offer == MARKETPLACE else _native(product)
    if not isinstance(place, _Place):
        return place
    found = _item(place)
    if isinstance(found, Unread):
        return found
    usage, rest = found
    told = _qualified(usage, rest, place)
    return told if isinstance(told, Unread) else _beside(told, product)


def _marketplace(product: Product) -> _Place | Unread | None:
    name, usage_type = product.get("servicename"), product.get("usagetype")
    if "(100K)" in name:
        return None
    edition, match = _EDITION.fullmatch(name), _MARKETPLACE.fullmatch(usage_type)
    model = edition[1] if edition else name
    if not (model and match):
        return Unread(_words(model, usage_type), "its usage type has a form never seen before")
    return _Place(model, _dashed(match["dimension"]), _words(model, match["dimension"]))


def _native(product: Product) -> _Place | Unread | None:
    name, usage_type = product.get("model", "titanModel"), product.get("usagetype")
    match = _NATIVE.fullmatch(usage_type)
    if match is None:
        if not name and _PLATFORM.match(usage_type):
            return None
        bare = _BILLING.sub("", usage_type, count=1)
        return _unknown(_words(name, bare), _dashed(bare))
    if match["mantle"]:
        name = match["model"]  # the id itself
    return _Place(
        model=name or match["model"],
        dimension=_dashed(match["dimension"]),
        words=_words(usage_type[match.start("model") :]),
        mantle=match["mantle"] is not None,
    )


def _item(place: _Place) -> tuple[Usage, str] | Unread:
    """The item and charge that a dimension begins with, and what follows them."""
    text = place.dimension
    base = Usage(item="tokens", model=place.model, words=place.words, mantle=place.mantle)
    change = msgspec.structs.replace
    if match := _UNITS.fullmatch(text):
        term = _TERMS[match["term"] if match["term"] == "no" else match["term"][0]]
        return change(base, item="model_unit", term=term), ""
    if match := _RESERVED.match(text):
        term, way = _TERMS[match["term"]], match["way"]
        return change(base, item="reserved_ktpm", term=term, charge=way), text[match.end() :]
    for item, charge, pattern in _CHARGES:
        if match := pattern.match(text):
            ttl = match.groupdict().get("ttl")
            if ttl not in _WRITES:
                return Unread(place.words, f"a cache write of {ttl} has no word here")
            usage = change(base, item=item, charge=f"{charge}{_WRITES[ttl]}")
            return usage, text[match.end() :]
    return _unknown(place.words, text)


def _qualified(usage: Usage, rest: str, place: _Place) -> Usage | Unread:
    """A usage with what the words after its charge say of it."""
    said: dict[str, set[str]] = {"tier": set(), "route": set(), "long": set(), "custom": set()}
    at = 0
    while match := _QUALIFIER.match(rest, at):
        for kind, word in match.groupdict().items():
            if word is not None:
                said["route" if kind == "to" else kind].add(word)
        at = match.end()
    if at < len(rest):
        return _unknown(place.words, rest[at:])
    tiers, routes = said["tier"] - {"standard"}, said["route"]
    if len(routes) > 1 or len(tiers) > 1:
        return Unread(place.words, "its words contradict one another")
    route = next(iter(routes), "regional")
    return msgspec.structs.replace(
        usage,
        tier=next(iter(tiers - {"batch"}), "default"),
        batch="batch" in tiers,
        route="geographic" if route == "geo" else route,
        long_context=bool(said["long"]),
        fine_tuned=bool(said["custom"]) or usage.charge == "training",
    )


def _beside(usage: Usage, product: Product) -> Usage | Unread:
    """A usage with what the other attributes say: older meters tell the tier there alone."""
    inference = product.get("inferenceType").lower()
    feature = product.get("feature").lower()
    tier = product.get("service_tier", "serviceTier").lower()
    if "latency" in inference or "latency" in usage.model.lower():
        return Unread(usage.words, _REASONS[0][1])
    if "customization" in feature and not usage.fine_tuned:
        return Unread(usage.words, "it belongs to the customization of a model, its words do not")
    if usage.item != "tokens":
        return usage
    if usage.charge in ("input", "output"):
        other = "output" if usage.charge == "input" else "input"
        if inference.startswith(other) or _OTHER_MEDIA.search(inference):
            return Unread(usage.words, f"its inference type is {inference!r:.60}")
    said = {match[1] for match in _SAID.finditer(f"{inference} {tier}")}
    if "batch" in feature or product.get("batch").lower() in ("true", "yes"):
        said.add("batch")
    told = {usage.tier} - {"default"} | ({"batch"} if usage.batch else set())
    everywhere = "global" in inference.split()
    astray = everywhere and usage.route not in ("global", "regional")
    if astray or len(said) > 1 or (told and said and said != told):
        return Unread(usage.words, "its attributes contradict its usage type")
    word = next(iter(said - {"batch"}), usage.tier)
    long_context = usage.long_context or "long context" in inference
    return msgspec.structs.replace(
        usage,
        tier=word,
        route="global" if everywhere else usage.route,
        batch=usage.batch or "batch" in said,
        long_context=long_context,
    )


def _unknown(words: str, text: str) -> Unread:
    for pattern, reason in _REASONS:
        if pattern.search(text):
            return Unread(words, reason)
    return Unread(words, f"its words {text.strip('-')!r:.80} are not known")


def _words(*parts: str) -> str:
    text = " ".join(" ".join(parts).split())
    return "".join(c for c in text if c.isprintable())[:200].strip() or "(no words)"


def _dashed(dimension: str) -> str:
    """Lower case with dashes: "CacheReadInput_Global" as "cache-read-input-global"."""
    return _HUMP.sub("-", dimension).replace("_", "-").lower()
