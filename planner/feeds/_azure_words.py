"""The grammar of Azure's meter words: a few words with one meaning each, in any order.

    gpt-4o-rt-aud-0603 cchd Inp DZn        gpt 4.1 mini Batch Outp DZone
    5.6 sol LongCo Cd Wr Std Gl            gpt-4.1-mini-ft mdl grdr cchd inpt
    gpt4o realtimePrvwAudInp DataZone      Phi-3.5-MoE-Instruct-Output-FT

Every word that is known here is taken out; what remains names the model and perhaps its version.
"""

import re
from typing import Literal

import msgspec

Scope = Literal["global", "zone", "regional"]

# "realtimePrvwAudInp" and "3bFTregnl" are several words, "DZone" and "MoE" are one.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z][A-Za-z])|(?<=[a-z])(?=[A-Z]\d)")
_SPLIT = re.compile(r"[^\w.]+|_+")
_GLUED = (
    re.compile(r"([a-z]{3,})((?:0[1-9]|1[0-2])[0-3]\d)"),  # aud1217, mini0718
    re.compile(r"(tur?bo?|trb)(\d+k)"),  # turbo16k, trb16k
    re.compile(r"(ft)(reg?nl|glbl|dz)"),
    re.compile(r"(gpt)(\d.*)"),
    re.compile(r"(\d(?:\.\d)?o)(mini)"),  # 4omini
    re.compile(r"(grok|llama|mm)(\d.*)"),
)
_PAIRS = {
    ("data", "zone"): "datazone",
    ("d", "zone"): "datazone",
    ("long", "co"): "longco",
    ("long", "context"): "longco",
    ("long", "ctx"): "longco",
    ("short", "co"): "shortco",
    ("short", "context"): "shortco",
    ("fine", "tuned"): "ft",
    ("fine", "tuning"): "ft",
    ("deep", "seek"): "deepseek",
    ("mini", "max"): "minimax",
}
# One word, one meaning. A meaning is "field:value"; "noise" says nothing.
_MEANINGS = {
    "scope:global": "global glbl globl glb gbl gl",
    "scope:zone": "datazone dzone dzon dzn dz",
    "scope:regional": "regional regnl rgnl regn regl reg rgn rg",
    "way:input": "input inputs inpt inp in",
    "way:output": "output outputs outpt outp out opt otpt",
    "way:total": "base",
    "cache:read": "cached cache cchd cched ccchd cachd cche cd",
    "cache:write": "write wr writes",
    "modality:audio": "audio aud",
    "modality:text": "text txt",
    "modality:image": "image img",
    "tier:priority": "priority pp prio prty",
    "tier:flex": "flex flx",
    "tier:default": "std standard",
    "context:long": "longco lctx",
    "context:short": "shortco sctx",
    "mode:batch": "batch btch",
    "tuned:yes": "ft rft finetuned finetune finetuning",
    "tuned:dev": "dev developer",
    "does:training": "training trng train",
    "does:hosting": "hosting hstng host",
    "does:grading": "grader grdr grading",
    "noise": "ep tkn tokens rsng model mdl mdel",
}
_KNOWN = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}
# A model that takes or makes audio as it goes names its kinds of token; others are named by one.
_STREAMS = {"rt", "rtime", "realtime", "tts", "transcribe", "tcrb", "trscb", "trnscb", "trnscrb"}
_GPT = re.compile(r"gpt|\d[\d.]*o?|mini|mn")


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter's words say; `name` are the ones that remain, in lower case, in their order.

    `way` is "input", "output" or "total" (both), `cache` "read" or "write", `does` "training",
    "hosting" or "grading"; None where no word says. `twice` names a field with two values.
    """

    name: tuple[str, ...]
    scope: Scope | None = None
    way: str | None = None
    cache: str | None = None
    modality: str | None = None
    tier: str = "default"
    long_context: bool = False
    batch: bool = False
    fine_tuned: bool = False
    developer: bool = False
    does: str | None = None
    twice: str | None = None


def read_words(text: str) -> Words:
    """Return what the words of a meter say; always answers, for any text."""
    tokens = _tokens(text)
    own = _names_a_model(tokens)
    said: dict[str, set[str]] = {}
    name: list[str] = []
    for at, token in enumerate(tokens):
        meaning = None if at == own else _meaning(tokens, at)
        if meaning is None:
            name.append(token)
        elif meaning != "noise":
            field, _, value = meaning.partition(":")
            said.setdefault(field, set()).add(value)
    if said.get("cache") == {"read", "write"}:
        said["cache"] = {"write"}  # "cd wr", "cache write"
    tuned = said.pop("tuned", set())
    twice = next((field for field, values in sorted(said.items()) if len(values) > 1), None)
    one = {field: min(values) for field, values in said.items()}
    does = one.get("does")
    return Words(
        name=tuple(name),
        scope=one.get("scope"),  # type: ignore[arg-type]  # the table above holds no other
        way=one.get("way"),
        cache=one.get("cache"),
        modality=one.get("modality"),
        tier=one.get("tier", "default"),
        long_context=one.get("context") == "long",
        batch="mode" in one,
        fine_tuned=bool(tuned) or does is not None,
        developer="dev" in tuned,
        does=does,
        twice=twice,
    )


def _tokens(text: str) -> list[str]:
    rough = [token.lower() for token in _SPLIT.split(_HUMP.sub(" ", text)) if token.strip(".")]
    tokens = [part for token in rough for part in _unglued(token.strip("."))]
    found: list[str] = []
    for token in tokens:
        if found and (pair := _PAIRS.get((found[-1], token))):
            found[-1] = pair
        else:
            found.append(token)
    return found


def _unglued(token: str) -> list[str]:
    if token in _KNOWN:
        return [token]
    for glue in _GLUED:
        if match := glue.fullmatch(token):
            return [part for half in match.groups() for part in _unglued(half)]
    return [token]


def _names_a_model(tokens: list[str]) -> int | None:
    """Where the word of a modality is a part of the model's name: "gpt aud mini txt", "Image 2".

    It is the first one, with nothing but the generation before it; unless the model streams.
    """
    if _STREAMS & set(tokens):
        return None
    for at, token in enumerate(tokens):
        if _KNOWN.get(token, "").startswith("modality:"):
            rest = tokens[at + 1 : at + 2]
            if at == 0 and rest and not (rest[0][0].isdigit() or rest[0] == "embedding"):
                return None
            return at if all(_GPT.fullmatch(before) for before in tokens[:at]) else None
    return None


def _meaning(tokens: list[str], at: int) -> str | None:
    """What the word at a place means; a few mean something beside another word alone."""
    token = tokens[at]
    if tokens[at : at + 2] == ["model", "router"]:
        return None  # that is a model's name
    following = _KNOWN.get(tokens[at + 1], "") if at + 1 < len(tokens) else ""
    if token == "ch":  # noqa: S105 - a word of a meter
        return "cache:read" if following.startswith("way:") else None
    if token == "l":  # noqa: S105 - a word of a meter
        return "context:long" if at == len(tokens) - 1 and at > 0 else None
    return _KNOWN.get(token)
