"""One canonical name per model, whatever a provider or a person calls it.

A canonical name is lower case and keeps the best-known public spelling: "gpt-4o", "gpt-35-turbo",
"claude-3-opus", "claude-opus-4-1", "llama-3.1-8b", "gemini-2.5-flash". A table of spellings decides
first; rules take what it does not hold, so that every id has a name.

Of an open model the base and its instruct or chat variant are one canonical model: the same
architecture, hence the same cost to run. Of a closed model they are not ("gpt-35-turbo" and
"gpt-35-turbo-instruct" are two).
"""

import re
from collections.abc import Collection, Iterable

import msgspec

_LONGEST_ID = 200

# Inference profiles and publishers as the ids of Amazon Bedrock spell them.
_PROFILE = re.compile(r"(?:us-gov|us|eu|apac|jp|au|ca|in|global)\.(?=.)")
_PUBLISHER = re.compile(
    r"(ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai"
    r"|nvidia|openai|qwen|stability|twelvelabs|writer|xai|zai)\.(?=[a-z0-9])"
)
_BARE_GENERATION = re.compile(r"[rv]\d")  # "deepseek.r1" is no model "r1"
_DATABRICKS = re.compile(r"databricks-(?=[a-z0-9])")

# What an id says of the version stands at its end.
_TAILS = (
    # Bedrock: -20240229-v1:0, -v2:0:48k, -v3-5:0, -1:0
    re.compile(r"(.+?)[-@]((?:\d{8}-)?(?:v\d+(?:-\d+)?|\d+):\d+(?::\w+)?)"),
    re.compile(r"(.+)[-@](20\d{6}(?:-v\d+)?)"),  # Anthropic: -20240229, @20240229
    re.compile(r"(.+)-(v1)"),  # Bedrock, of late without its ":0"
    re.compile(r"(.+)-(20\d\d-\d\d-\d\d)"),  # OpenAI: -2024-08-06
    re.compile(r"(gpt-(?:3\.5|35|4)\b.*?)-([01]\d[0-3]\d(?:-preview)?)"),  # OpenAI: -0613
    re.compile(r"((?:gemini-\d|imagen-|veo-).*)-(00\d|latest)"),  # Gemini: -001, -latest
    re.compile(r"(.*-(?:preview|exp))-(\d\d-\d\d(?:\d\d)?)"),  # Gemini: -preview-09-2025
)
_VARIANT = re.compile(r"(.+)-(?:instruct|chat|it|hf|base)")
_CONTEXT = re.compile(r"(.+:\d+):\w+")  # Bedrock: -v1:0:48k, one context length of a model


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a model whoever serves it.

    `aliases` are spellings that the rules alone would not lead to `model`; `tasks` are chat,
    completion, embedding, image, audio, video, rerank (empty: unknown); `context_tokens` is what
    one request may bring in, None where it is unknown or differs by version (some sources count
    the answer in); `source` names where each of these comes from, "recalled" what has no source.
    """

    model: str
    source: str
    publisher: str | None = None
    aliases: tuple[str, ...] = ()
    hugging_face: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    open_weights: bool | None = None
    context_tokens: int | None = None

    def __post_init__(self) -> None:
        if not self.model or self.model != _tidy(self.model):
            raise ValueError(f"model {self.model!r} is no canonical name; write it in lower case")
        if not self.source:
            raise ValueError(f"{self.model} has no source; name one with its date")
        if self.context_tokens is not None and self.context_tokens <= 0:
            raise ValueError(
                f"{self.model} has context_tokens {self.context_tokens}; give a count above 0"
            )


class ModelNames:
    """The table of model names, and the rules for names that it does not hold.

    Raises ValueError where a model stands twice or one spelling is given to two models.
    """

    def __init__(self, facts: Iterable[ModelFacts]) -> None:
        self._facts: dict[str, ModelFacts] = {}
        self._by_key: dict[str, str] = {}
        for fact in facts:
            if self._facts.setdefault(fact.model, fact) is not fact:
                raise ValueError(f"{fact.model} stands twice; keep one")
            ids = (name.rpartition("/")[2] for name in fact.hugging_face)
            for spelling in (fact.model, *fact.aliases, *ids):
                other = self._by_key.setdefault(_key(spelling), fact.model)
                if other != fact.model:
                    raise ValueError(f"{spelling!r} names both {other} and {fact.model}; keep one")

    def split(self, provider_model: str) -> tuple[str, str | None]:
        """Return the canonical model and the version that the id itself tells, or None.

        "us.anthropic.claude-3-opus-20240229-v1:0" gives ("claude-3-opus", "20240229-v1:0").
        Always answers, for any text.
        """
        body = _bare(provider_model)
        if len(body) > _LONGEST_ID:
            return body, None
        stem, version = _peel(body)
        whole = _CONTEXT.fullmatch(body)
        for name in (body, whole[1] if whole else body, stem):
            model = self._known(name)
            if model is not None:
                return model, version
        return stem, version

    def canonical(self, spelling: str) -> str:
        """Return the canonical model of a spelling; a canonical name gives itself."""
        return self.split(spelling)[0]

    def find(self, query: str, known: Collection[str]) -> str | None:
        """Return the one of the canonical names `known` that a person means, or None.

        Any provider's spelling in any case will do, and any dashes, dots and blanks.
        """
        canonical = self.canonical(query)
        for name in (query, canonical):
            if name in known:
                return name
        keys = {_key(query), _key(canonical)} - {""}
        matches = {name for name in known if _key(name) in keys}
        return matches.pop() if len(matches) == 1 else None

    def close(self, query: str, known: Collection[str], n: int = 3) -> list[str]:
        """Return up to `n` of the names `known` that resemble the query, the closest first."""
        import difflib  # noqa: PLC0415 - of use in an error message alone

        wanted = _key(self.canonical(query[:_LONGEST_ID]))
        by_key = {_key(name): name for name in sorted(known)}
        holding = [key for key in by_key if wanted and wanted in key]
        alike = difflib.get_close_matches(wanted, by_key, n=n)
        ranked = dict.fromkeys((*sorted(holding, key=len), *alike))
        return [by_key[key] for key in ranked][:n]

    def facts(self, model: str) -> ModelFacts | None:
        """Return what is known of a model, by any spelling; None where the table lacks it."""
        return self._facts.get(self.canonical(model))

    def _known(self, name: str) -> str | None:
        """Return the table's model of a spelling, of an open model also by a variant's name."""
        model = self._by_key.get(_key(name))
        while model is None and (variant := _VARIANT.fullmatch(name)):
            name = variant[1]
            base = self._by_key.get(_key(name))
            model = base if base is not None and self._facts[base].open_weights else None
        return model


def _tidy(text: str) -> str:
    return "-".join(text.lower().split())


def _key(spelling: str) -> str:
    """Return the letters and digits of a spelling alone; "+" reads "plus" (Command R+)."""
    return re.sub(r"[\W_]+", "", spelling.lower().replace("+", "plus"))


def _bare(text: str) -> str:
    """Return an id without what stands before the model's own name."""
    name = _tidy(text)
    if len(name) > _LONGEST_ID:
        return name
    name = name.rstrip("/").rpartition("/")[2] or name  # "models/", "meta-llama/", an ARN
    while True:
        shorter = _PROFILE.sub("", name, count=1) if _PROFILE.match(name) else name
        shorter = shorter[match.end() :] if (match := _DATABRICKS.match(shorter)) else shorter
        if match := _PUBLISHER.match(shorter):
            rest = shorter[match.end() :]
            shorter = f"{match[1]}-{rest}" if _BARE_GENERATION.match(rest) else rest
        if shorter == name:
            return name
        name = shorter


def _peel(body: str) -> tuple[str, str | None]:
    """Return the name without the version at its end, and the version."""
    told: list[str] = []
    stem = body
    while match := next((m for tail in _TAILS if (m := tail.fullmatch(stem))), None):
        stem = match[1]
        told.insert(0, match[2])
    return stem, "-".join(told) or None
