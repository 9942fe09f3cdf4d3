"""Pages of the Gemini API's models list as offers. Pure: JSON in, records out."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from planner.core.boundaries import ANYWHERE
from planner.core.names import ModelNames
from planner.core.offers import Billing, Offer, Scope

# What the API's methods are for; "predict" alone says nothing ("imagen-" ids make images by it).
_TASKS = {
    "bidiGenerateContent": "audio",
    "embedContent": "embedding",
    "embedText": "embedding",
    "generateAnswer": "chat",
    "generateContent": "chat",
    "predictLongRunning": "video",
}
_BATCH = {"batchGenerateContent", "asyncBatchEmbedContent"}
_SETTINGS = ("temperature", "topP", "topK", "maxTemperature")


def read_models(pages: Iterable[Any], names: ModelNames) -> tuple[Offer, ...]:
    """The offers of all pages; ValueError, in one line, where they are malformed.

    One model of one version can stand under several ids ("gemini-2.0-flash" and
    "gemini-2.0-flash-001"): all but the model's own name, else the shortest, are told apart by
    their usage name.
    """
    entries = _entries(pages)
    ids: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for name, entry in entries.items():
        ids[names.canonical(name), _text(entry.get("version"))].append(name)
    offers: list[Offer] = []
    for (model, version), same in ids.items():
        first, *others = sorted(same, key=lambda name: (name != model, len(name), name))
        for name, usage_name in ((first, None), *((other, other) for other in others)):
            offers += _offers(entries[name], name, model, version, usage_name)
    return tuple(offers)


def _entries(pages: Iterable[Any]) -> dict[str, Mapping[str, Any]]:
    """Entries by the model's id. The same one twice is one; two that differ are refused."""
    found: dict[str, Mapping[str, Any]] = {}
    for page in pages:
        models = page.get("models") if isinstance(page, dict) else None
        if not isinstance(models, list):
            raise ValueError("the answer holds no list of models")  # noqa: TRY004 - data, no bug
        for entry in models:
            name = _text(entry.get("name")) if isinstance(entry, dict) else None
            name = (name or "").removeprefix("models/").strip()
            if not name:
                raise ValueError("an entry of the list of models has no name")
            before = found.setdefault(name, entry)
            if before != entry:
                raise ValueError(_conflict(name, before, entry))
    return found


def _conflict(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    field = min(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    values = " and ".join(repr(entry.get(field))[:40] for entry in (one, other))
    return f"{name[:80]!r} stands twice, with {field[:40]} {values}"


def _offers(
    entry: Mapping[str, Any], name: str, model: str, version: str | None, usage_name: str | None
) -> list[Offer]:
    methods = entry.get("supportedGenerationMethods")
    words = {word for word in methods if _text(word)} if isinstance(methods, list) else set()
    types = [("standard", Billing.ON_DEMAND)]
    if words & _BATCH:
        types.append(("batch", Billing.BATCH))
    return [
        Offer(
            provider="gemini",
            region="global",
            model=model,
            version=version,
            deployment_type=deployment_type,
            usage_name=usage_name,
            publisher="Google",
            provider_model=name,
            billing=billing,
            scope=Scope.GLOBAL,
            boundary=ANYWHERE,
            tasks=_tasks(model, words),
            capabilities=_capabilities(entry, words),
            context_tokens=_count(entry.get("inputTokenLimit")),
            output_tokens_maximum=_count(entry.get("outputTokenLimit")),
        )
        for deployment_type, billing in types
    ]


def _tasks(model: str, methods: set[str]) -> tuple[str, ...]:
    parts = set(re.split(r"[-.]", model))
    if "tts" in parts:
        return ("audio",)
    tasks = {_TASKS[method] for method in methods & _TASKS.keys()}
    if "image" in parts or ("imagen" in parts and "predict" in methods):
        tasks.add("image")
    return tuple(sorted(tasks))


def _capabilities(entry: Mapping[str, Any], methods: set[str]) -> tuple[str, ...]:
    """The methods, whether it thinks, and the settings that it has, in the API's own words."""
    words = set(methods)
    if entry.get("thinking") is True:
        words.add("thinking")
    for setting in _SETTINGS:
        value = entry.get(setting)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            words.add(f"{setting}={value:g}")
    return tuple(sorted(words))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:
    """A number of tokens; a limit of 0 is none that could be used, so it is unknown."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return value if is_count else None
