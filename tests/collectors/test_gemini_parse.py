"""Claims about reading Gemini's models list: bodies in, offers out, also by the old package."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from planner.collectors import Facts, Harvest, Piece
from planner.collectors import _gemini_legacy as legacy
from planner.collectors.gemini import GeminiCollector
from planner.core.names import ModelFacts, ModelNames
from planner.core.offers import Billing, Offer, Scope
from planner.core.regions import Regions
from planner.core.snapshots import Status
from tests.cloud.gemini import embedding, model

FACTS = Facts(ModelNames(()), Regions(()))


def parsed(*pages: Any) -> Harvest:
    """What is read of page bodies."""
    pieces = [Piece(what="models", region="global", body=page) for page in pages]
    return GeminiCollector().parse(pieces, FACTS)


def offers(*entries: dict[str, Any]) -> list[Offer]:
    """The offers of a list of entries."""
    return [r for r in parsed({"models": list(entries)}).records if isinstance(r, Offer)]


def outcome(harvest: Harvest) -> tuple[Status, str | None]:
    """How the one entry of coverage ended."""
    (entry,) = harvest.coverage
    return entry.status, entry.error


def test_a_model_is_two_offers() -> None:
    """A model with a batch method is offered on demand and in batches, anywhere in the world."""
    standard, batch = offers(model("gemini-2.5-flash"))
    assert standard == Offer(
        provider="gemini",
        region="global",
        model="gemini-2.5-flash",
        version="001",
        deployment_type="standard",
        usage_name=None,
        publisher="Google",
        provider_model="gemini-2.5-flash",
        billing=Billing.ON_DEMAND,
        scope=Scope.GLOBAL,
        boundary="anywhere",
        tasks=("chat",),
        capabilities=(
            "batchGenerateContent",
            "countTokens",
            "createCachedContent",
            "generateContent",
            "maxTemperature=2",
            "temperature=1",
            "thinking",
            "topK=64",
            "topP=0.95",
        ),
        context_tokens=1048576,
        output_tokens_maximum=65536,
    )
    assert (batch.deployment_type, batch.billing) == ("batch", Billing.BATCH)


def test_several_ids_of_one_version_are_told_apart() -> None:
    """The shortest id has no usage name, the others have their own."""
    found = offers(
        model("gemini-2.0-flash-001", version="2.0"), model("gemini-2.0-flash", version="2.0")
    )
    named = {(o.model, o.provider_model, o.usage_name) for o in found}
    assert named == {
        ("gemini-2.0-flash", "gemini-2.0-flash", None),
        ("gemini-2.0-flash", "gemini-2.0-flash-001", "gemini-2.0-flash-001"),
    }
    assert len({o.identity for o in found}) == 4


def test_a_models_own_name_comes_before_a_shorter_nickname() -> None:
    """Which id is the first of several does not hang on a nickname that comes and goes."""
    names = ModelNames((ModelFacts(model="gemini-3-pro-image", aliases=("banana",), source="x"),))
    page = {"models": [model("banana", version="3.0"), model("gemini-3-pro-image", version="3.0")]}
    harvest = GeminiCollector().parse(
        [Piece(what="models", region="global", body=page)], Facts(names, Regions(()))
    )
    named = {(r.provider_model, r.usage_name) for r in harvest.records if isinstance(r, Offer)}
    assert named == {("gemini-3-pro-image", None), ("banana", "banana")}


TASKS = [
    (model(), ("chat",)),
    (embedding(), ("embedding",)),
    (model("imagen-4.0-generate-001", supportedGenerationMethods=["predict"]), ("image",)),
    (model("other-1", supportedGenerationMethods=["predict"]), ()),
    (model("veo-3.0-generate-001", supportedGenerationMethods=["predictLongRunning"]), ("video",)),
    (model("gemini-2.5-flash-image"), ("chat", "image")),
    (model("gemini-2.5-flash-preview-tts"), ("audio",)),
    (
        model("gemini-2.5-flash-native-audio", supportedGenerationMethods=["bidiGenerateContent"]),
        ("audio",),
    ),
    (model("aqa", supportedGenerationMethods=["generateAnswer"]), ("chat",)),
    (model("new", supportedGenerationMethods=["dream"]), ()),
]


@pytest.mark.parametrize(("entry", "tasks"), TASKS, ids=lambda value: str(value)[:40])
def test_methods_tell_tasks(entry: dict[str, Any], tasks: tuple[str, ...]) -> None:
    """What a model is for follows from its methods; a method not seen before tells none."""
    assert {offer.tasks for offer in offers(entry)} == {tasks}


def test_embeddings_come_in_batches_too() -> None:
    """Their batch method has a name of its own."""
    assert [o.deployment_type for o in offers(embedding())] == ["standard", "batch"]


def test_a_name_alone_is_a_model() -> None:
    """Every other field may be absent: then it is unknown."""
    (found,) = offers({"name": "models/gemini-9"})
    assert (found.version, found.tasks, found.capabilities) == (None, (), ())
    assert (found.context_tokens, found.output_tokens_maximum) == (None, None)


def test_strange_fields_do_no_harm() -> None:
    """Fields of other types than usual are unknown, fields never seen before are ignored."""
    strange = {
        "name": "models/gemini-9",
        "version": 9,
        "inputTokenLimit": "many",
        "outputTokenLimit": True,
        "supportedGenerationMethods": ["generateContent", 5, None, ["x"], {}, "dream", ""],
        "temperature": "warm",
        "topP": None,
        "topK": True,
        "thinking": "yes",
        "mood": {"colour": "blue"},
    }
    (found,) = offers(strange)
    assert (found.version, found.context_tokens, found.output_tokens_maximum) == (None, None, None)
    assert (found.tasks, found.capabilities) == (("chat",), ("dream", "generateContent"))


def test_the_same_entry_twice_is_one() -> None:
    """Two pages that overlap say nothing twice."""
    page = {"models": [model()]}
    assert len(parsed(page, page).records) == 2


def test_entries_that_contradict_make_the_list_failed() -> None:
    """Both are named, with the field in which they differ."""
    harvest = parsed({"models": [model(outputTokenLimit=1), model(outputTokenLimit=2)]})
    said = "'gemini-2.5-flash' stands twice, with outputTokenLimit 1 and 2"
    assert outcome(harvest) == (Status.FAILED, said)
    assert harvest.records == ()


def test_notes_say_what_the_api_does_not() -> None:
    """Quotas are unknown, and the tier that answers assume is named."""
    limits, tier = parsed({"models": [model()]}).notes
    assert limits == "the API tells no limits, so quotas are unknown"
    assert "assume the paid one" in tier


# --- google-generativeai


def legacy_model(**fields: Any) -> SimpleNamespace:
    """An object as google-generativeai gives it: everything is set, to nothing where unknown."""
    usual: dict[str, Any] = {
        "name": "models/gemini-2.5-flash",
        "base_model_id": "",
        "version": "001",
        "display_name": "Gemini 2.5 Flash",
        "description": "",
        "input_token_limit": 1048576,
        "output_token_limit": 65536,
        "supported_generation_methods": ("generateContent", "batchGenerateContent"),
        "temperature": 1.0,
        "max_temperature": 2.0,
        "top_p": 0.949999988079071,
        "top_k": 64,
    }
    return SimpleNamespace(**usual | fields)


def test_objects_of_the_old_package_read_like_the_wire() -> None:
    """The same model gives the same offers, but for what the old package drops."""
    page = legacy.to_wire(SimpleNamespace(models=[legacy_model()], next_page_token=""))
    methods = ["generateContent", "batchGenerateContent"]
    wire = model(supportedGenerationMethods=methods, thinking=None)
    assert parsed(json.loads(json.dumps(page))).records == parsed({"models": [wire]}).records


def test_what_the_old_package_did_not_get_is_left_out() -> None:
    """Its 0 and "" are no values of the API."""
    bare = legacy_model(
        version="",
        display_name="",
        input_token_limit=0,
        output_token_limit=0,
        supported_generation_methods=(),
        temperature=None,
        max_temperature=None,
        top_p=None,
        top_k=None,
    )
    page = legacy.to_wire(SimpleNamespace(models=[bare], next_page_token="t2"))  # noqa: S106
    assert page == {"models": [{"name": "models/gemini-2.5-flash"}], "nextPageToken": "t2"}


def test_an_empty_page_of_the_old_package_is_no_list() -> None:
    """It makes no models of {} either, so no models is no answer."""
    page = legacy.to_wire(SimpleNamespace(models=[], next_page_token=""))
    assert outcome(parsed(page)) == (Status.FAILED, "the answer holds no list of models")


def test_an_error_of_the_old_package_is_the_answer_it_came_from() -> None:
    """Code, body and waiting time are those of the wire."""
    response = SimpleNamespace(content=b'{"error": {}}', headers={"retry-after": "7"})
    answer = legacy.refused(SimpleNamespace(code=429, response=response))
    assert (answer.code, answer.body, answer.retry_after) == (429, b'{"error": {}}', "7")
    assert legacy.refused(SimpleNamespace(code=503, response=None)).body == b""


def test_the_old_package_is_named_in_a_note() -> None:
    """Who reads with it learns that it has ended and what it leaves out."""
    pieces = [
        Piece(what="package", region="global", body="google-generativeai"),
        Piece(what="models", region="global", body={"models": [model()]}),
    ]
    notes = GeminiCollector().parse(pieces, FACTS).notes
    assert notes[-1].startswith("read with google-generativeai, which ended on 2025-09-30")
