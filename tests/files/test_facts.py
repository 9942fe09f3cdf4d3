"""Claims about the carried facts: every model id has a sensible name, every region its place."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from planner.core.boundaries import APAC, COUNTRIES, processing_boundary
from planner.errors import BadFileError
from planner.files.facts import latencies, model_names, regions

# Every id of the providers' lists that the carried snapshots come from, and of the open models.
LISTED = Path(__file__).with_name("model-names.csv").read_text(encoding="utf-8")
SPELLINGS = list(csv.DictReader(LISTED.splitlines()))


def test_every_listed_id_has_its_canonical_name() -> None:
    """All 572 listed ids give the model and the version written beside them."""
    names = model_names()
    given = [(row["spelling"], row["model"], row["version"] or None) for row in SPELLINGS]
    assert [(spelling, *names.split(spelling)) for spelling, _, _ in given] == given
    assert len(given) == 572


def test_every_listed_model_has_facts_and_its_name_is_its_own() -> None:
    """Each canonical name is in the table and gives itself."""
    names = model_names()
    models = {row["model"] for row in SPELLINGS}
    assert {names.canonical(model) for model in models} == models
    assert [model for model in models if names.facts(model) is None] == []


def test_only_these_ids_of_one_provider_are_one_model_and_version() -> None:
    """No two models of one provider fall together, but for those that are one model twice."""
    profiles = ("us.", "global.")
    together: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in SPELLINGS:
        if not row["spelling"].startswith(profiles):
            together[row["provider"], row["model"], row["version"]].append(row["spelling"])
    assert [ids for ids in together.values() if len(ids) > 1] == [
        ["moonshot.kimi-k2-thinking", "moonshotai.kimi-k2-thinking"],
        ["qwen.qwen3-next-80b-a3b", "qwen.qwen3-next-80b-a3b-instruct"],
        ["qwen.qwen3-vl-235b-a22b", "qwen.qwen3-vl-235b-a22b-instruct"],
        ["models/gemini-3-pro-image-preview", "models/nano-banana-pro-preview"],
    ]


@pytest.mark.parametrize(
    ("spelling", "model"),
    [
        ("gpt4o", "gpt-4o"),
        ("gpt-3.5-turbo", "gpt-35-turbo"),
        ("claude 3 opus", "claude-3-opus"),
        ("Claude 3.5 Sonnet", "claude-3-5-sonnet"),
        ("meta-llama/Llama-2-7b-chat-hf", "llama-2-7b"),
        ("elyza/Llama-3-ELYZA-JP-8B", "llama-3-elyza-jp-8b"),
        ("Mixtral 8x7B", "mixtral-8x7b"),
        ("llama 4 scout", "llama-4-scout-17b-16e"),
        ("databricks-meta-llama-3-3-70b-instruct", "llama-3.3-70b"),
        ("Command R+", "command-r-plus"),
    ],
)
def test_what_people_write_finds_the_model(spelling: str, model: str) -> None:
    """The names of articles, of Hugging Face and of other platforms find their model."""
    assert model_names().find(spelling, {row["model"] for row in SPELLINGS}) == model


def test_open_and_proprietary_models_are_told_apart() -> None:
    """Facts tell who publishes a model, what it does and whether its weights are open."""
    llama = model_names().facts("llama-2-7b")
    assert llama is not None
    assert (llama.publisher, llama.tasks, llama.open_weights) == ("Meta", ("chat",), True)
    assert (llama.hugging_face[0], llama.context_tokens) == ("meta-llama/Llama-2-7b-hf", 4096)
    whole = [model_names().facts(name) for name in ("gpt-4o", "gpt-35-turbo")]
    assert [(fact.open_weights, fact.context_tokens) for fact in whole if fact] == [
        (False, 128000),
        (False, None),  # 4,096 or 16,385 by version
    ]


def test_regions_of_the_three_providers() -> None:
    """58 Azure regions, 34 of AWS, and Gemini's one, each but the last in a country."""
    carried = list(regions())
    assert Counter(region.provider for region in carried) == {
        "azure": 58,
        "bedrock": 34,
        "gemini": 1,
    }
    assert [region.name for region in carried if region.country not in COUNTRIES] == ["global"]


def test_the_data_zones_of_azure() -> None:
    """A zone is claimed only for regions that a source puts into it; the UK is in none."""
    zones: dict[str | None, list[str]] = defaultdict(list)
    for region in regions():
        zones[region.zone].append(region.name)
    assert " ".join(zones["us"]) == (
        "centralus eastus eastus2 northcentralus southcentralus westus westus2 westus3"
    )
    assert " ".join(zones["eur"]) == (
        "francecentral germanywestcentral italynorth northeurope norwayeast polandcentral "
        "spaincentral swedencentral switzerlandnorth westeurope"
    )
    assert " ".join(zones["apac"]) == "australiaeast centralindia japaneast southeastasia"
    assert {region.country for region in regions() if region.zone == "apac"} == APAC


@pytest.mark.parametrize(
    ("provider", "name", "expected"),
    [
        ("azure", "westeurope", "ie+nl"),
        ("azure", "eastasia", "hk+sg"),
        ("azure", "japaneast", "jp"),
        ("azure", "uksouth", "gb"),
        ("bedrock", "eu-central-1", "de"),
        ("gemini", "global", None),
    ],
)
def test_a_regional_offer_claims_its_geography(
    provider: str, name: str, expected: str | None
) -> None:
    """Azure's geographies "Europe" and "Asia Pacific" span two countries; the others one."""
    region = regions().get(provider, name)
    assert region is not None
    assert processing_boundary("regional", region, regions()) == expected


def test_a_region_is_shown_as_azure_shows_it() -> None:
    """The long form is the portal's."""
    assert [region.full_name for region in regions().find("SouthAfricaNorth")] == [
        "(Africa) South Africa North"
    ]


def test_round_trips_between_azure_regions() -> None:
    """Between Japan and North America or Australia a round trip is 100 ms and more."""
    assert latencies().ms("japaneast", "eastus") == 162
    assert latencies().ms("japaneast", "australiaeast") == 103
    assert latencies().ms("germanywestcentral", "uaenorth") == 118
    assert latencies().ms("uaenorth", "germanywestcentral") == 100
    assert latencies().ms("japaneast", "japaneast") is None
    assert latencies().ms("japaneast", "chilecentral") is None


def test_a_malformed_file_names_its_line(tmp_path: Path) -> None:
    """A bad line in a facts file is an error with file and line, whatever the file."""
    models = tmp_path / "models.jsonl"
    models.write_text('{"model": "gpt-4o", "source": "x"}\n{"model": "GPT", "source": "x"}\n')
    with pytest.raises(BadFileError, match=r"models\.jsonl:2: model 'GPT' is no canonical name"):
        model_names(models)
    places = tmp_path / "regions.csv"
    places.write_text("provider,name,display_name,geography_group,source\nazure,here,,Europe,x\n")
    with pytest.raises(BadFileError, match=r"regions\.csv:2: .*display_name"):
        regions(places)
    trips = tmp_path / "latency.csv"
    trips.write_text("from,to,ms\na,b,7\na,c,fast\n")
    with pytest.raises(BadFileError, match=r"latency\.csv:3: .*'fast'"):
        latencies(trips)


def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    """A model that stands twice makes the whole table an error."""
    models = tmp_path / "models.jsonl"
    models.write_text('{"model": "gpt-4o", "source": "x"}\n' * 2)
    with pytest.raises(BadFileError, match=r"models\.jsonl: gpt-4o stands twice; keep one"):
        model_names(models)
