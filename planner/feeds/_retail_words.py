"""The words of Azure's meters: "gpt 4o 0806 cached Inp Data Zone" told apart into what they say.

A meter's name is a run of abbreviations: the model, perhaps its version, the deployment type, the
kind of token, batch, priority, fine-tuning. Each word is looked up; what no list knows is taken
for the model's name, so that a new model needs no new rule. Which model that is, `_retail_models`
tells; what cannot be told surely is left unread.
"""

import re

import msgspec

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APART = re.compile(r"[^a-z0-9.+]+")
# Words that are written together: "aud1217", "turbo16k", "gpt4omini", "4omini".
_JOINED = (
    (re.compile(r"^(aud|audio|txt|text|img|turbo|trb|mini|rt)(\d{4}|\d+k)$"), r"\1 \2"),
    (re.compile(r"^gpt(\d.*)$"), r"gpt \1"),
    (re.compile(r"^(\d(?:\.\d)?o?)(mini|nano|pro|chat|codex|realtime|audio)(.*)$"), r"\1 \2 \3"),
    (re.compile(r"^(realtime|rtime)(prvw|preview)(.*)$"), r"realtime preview \3"),
)

_SCOPES = {
    "global": "Global", "glbl": "Global", "glb": "Global", "gl": "Global", "gbl": "Global",
    "dzone": "DataZone", "dz": "DataZone", "dzn": "DataZone", "datazone": "DataZone",
    "regional": "Regional", "regnl": "Regional", "rgnl": "Regional", "regn": "Regional",
    "rgn": "Regional", "reg": "Regional", "regl": "Regional", "rg": "Regional",
}  # fmt: skip
_WAYS = {
    "input": "input", "inp": "input", "inpt": "input", "in": "input", "inputs": "input",
    "output": "output", "outp": "output", "outpt": "output", "out": "output", "opt": "output",
    "otpt": "output", "outputs": "output",
}  # fmt: skip
_KINDS = {
    "audio": "audio", "aud": "audio", "image": "image", "img": "image", "imgs": "image",
    "text": "text", "txt": "text",
}  # fmt: skip
_TIERS = {
    "priority": "priority", "prty": "priority", "prio": "priority", "pp": "priority",
    "flex": "flex", "flx": "flex",
}  # fmt: skip
_FLAGS = (
    ({"cached", "cchd", "cched", "ccchd", "cache", "cd", "ch"}, "cached"),
    ({"write", "wrt", "wr", "writes"}, "cache_write"),
    ({"batch", "btch"}, "batch"),
    ({"ft", "finetuned", "finetune", "rft", "finetuning"}, "fine_tuned"),
    ({"dev", "developer"}, "developer"),
    ({"hosting", "hstng"}, "hosting"),
    ({"training", "trng", "train"}, "training"),
    ({"grader", "grdr"}, "grader"),
)
_GRADED = {"model", "mdl", "mdel"}  # "model grader"
_BEFORE_GRADED = {"grader", "grdr", "ft"}
_LONG = {"long", "longco", "longctx", "lctx"}
_SHORT = {"short", "shortco", "shortctx", "sctx"}
_CONTEXT = {"ctx", "context"}
# Words that say nothing of what is priced: units, and Azure's own marks.
_UNITS = {"tokens", "token", "tkn", "tkns", "1m", "1k", "unit", "units", "ep", "deployment"}


class Words(msgspec.Struct, kw_only=True):
    """What the words of a meter say; `model` are those that no list knows, joined by dashes.

    `kinds` are audio, image and text, as the words name them in turn; `grader` is the use of a
    model as the judge in fine-tuning; `twice` names a fact that they state in two ways.
    """

    scope: str | None = None
    way: str | None = None
    kinds: tuple[str, ...] = ()
    cached: bool = False
    cache_write: bool = False
    batch: bool = False
    tier: str | None = None
    fine_tuned: bool = False
    developer: bool = False
    hosting: bool = False
    training: bool = False
    grader: bool = False
    long_context: bool = False
    model: str = ""
    twice: str | None = None


def read_words(text: str) -> Words:
    """What the words of a meter say."""
    found = Words()
    model: list[str] = []
    words = _split(text)
    for number, word in enumerate(words):
        if not (word in _UNITS and model) and not _note(found, words, number):
            model.append(word)
    if model[-1:] == ["l"]:  # "Grok 4.3 Inp DZ L"
        found.long_context = True
        model.pop()
    found.model = "-".join(model)
    return found


def _split(text: str) -> list[str]:
    """The words, those that are written together apart, "data zone" together."""
    spelled = _CAMEL.sub(" ", text).lower()
    spelled = re.sub(r"\bdata[ -]?zone\b", "dzone", spelled)
    spelled = re.sub(r"\breal[ -]time\b", "realtime", spelled)
    spelled = re.sub(r"\b(long|short) co\b", r"\1co", spelled)
    pending = [word for word in _APART.split(spelled) if word]
    for pattern, apart in _JOINED:
        pending = [part for word in pending for part in pattern.sub(apart, word).split()]
    return pending


def _note(found: Words, words: list[str], number: int) -> bool:
    """Keep what a word says; False for one that says nothing of its own."""
    word = words[number]
    before = words[number - 1] if number else ""
    following = words[number + 1] if number + 1 < len(words) else ""
    for names, field in ((_SCOPES, "scope"), (_WAYS, "way"), (_TIERS, "tier")):
        if word in names:
            return _set(found, field, names[word])
    if word in _KINDS and not _is_a_name(before, word, following):
        found.kinds = (*found.kinds, _KINDS[word])
        return True
    if word in _LONG:
        found.long_context = True
        return True
    if word in _SHORT | _CONTEXT or (word in _GRADED and following in _BEFORE_GRADED):
        return True
    flags = [field for names, field in _FLAGS if word in names]
    for field in flags:
        setattr(found, field, True)
    return bool(flags)


def _is_a_name(before: str, word: str, after: str) -> bool:
    """Whether "text", "image" or "audio" belongs to a model's name: "text-embedding", "image-1"."""
    if word == "text":
        return after in ("embedding", "davinci", "ada", "curie", "babbage", "to")
    if word in ("image", "img"):
        return before in ("gpt", "mai", "") and (after[:1].isdigit() or after in ("mini", "dall"))
    return False


def _set(found: Words, field: str, value: str) -> bool:
    before = getattr(found, field)
    if before not in (None, value):
        found.twice = field
    setattr(found, field, value)
    return True
